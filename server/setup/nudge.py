"""Tells running servers that a shell command has changed the store, so that they read it at once.

Called by server.cli.stores and live.broadcast.redis_bus. The servers poll the store ten times a second anyway, so
errors are ignored here.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

SOCKET_NAME = "nudge"
CHANNEL = "bangtin"
"""The Redis channel that python-socketio uses and on which `nudge` messages are sent (live.broadcast.redis_bus)."""
NUDGE = "look"
"""The value of "method" in a `nudge` message; python-socketio's own messages on the channel have other values."""
_REDIS_SECONDS = 0.5


def tell_servers(data: Path, queue_url: str, revision: Callable[[], int]) -> None:
    """Tells every server that runs on the data folder ``data``; if there is none, those that use Redis.

    ``queue_url`` is the address of Redis, "" for none. ``revision`` returns the store's revision; it is called only
    if Redis is used.
    """
    if not _tell_local(data) and queue_url:
        _tell_redis(queue_url, revision())


def nudge(revision: int, sender: str) -> dict[str, object]:
    """The Redis message that asks servers to read the store, which has this ``revision``."""
    return {"method": NUDGE, "revision": revision, "host_id": sender}


def _tell_local(data: Path) -> int:
    """Sends a datagram to the socket of every server on this data folder; returns how many it reached."""
    told = 0
    try:
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in data.glob(f"{SOCKET_NAME}-*.sock"):
            try:
                # Through /proc, because a Unix socket's path may have at most 107 bytes.
                sender.sendto(b"look", f"/proc/self/fd/{folder}/{path.name}")
            except OSError:  # the server was killed, or its socket's buffer is full
                continue
            told += 1
    os.close(folder)
    return told


def _tell_redis(url: str, revision: int) -> None:
    import redis  # imported only here, because it also imports asyncio, which other commands do not need

    client = redis.Redis.from_url(
        url, socket_connect_timeout=_REDIS_SECONDS, socket_timeout=_REDIS_SECONDS, retry=None
    )
    try:
        client.publish(CHANNEL, json.dumps(nudge(revision, "shell")))
    except (redis.RedisError, OSError):
        return
    finally:
        client.close()
