"""Lets WebSocket clients of Engine.IO in without the WSGI application: handshake, OPEN packet, event socket.

Asked by the porch for every connection, and by the transport's handler for every request that it reads. Whatever is
not exactly such a client's first request goes on to the library, which answers it, refusals included.
"""

from __future__ import annotations

import _socket
import base64
import binascii
import hashlib
import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from engineio import packet as engine

from server.live.sockets.event_socket import EventSocket
from server.live.sockets.frames import text_frame
from server.live.sockets.ping_timer import PingTimer

_SID = "SID"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# What handlers may ask about a client; a whole environ would be 30 times as large.
_KEPT = ("REMOTE_ADDR", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "QUERY_STRING")


class WebSocketUpgrade:
    """``engine_server`` is python-engineio's; ``path`` where it is reached."""

    def __init__(self, engine_server: Any, *, path: str = "/socket.io/") -> None:
        self._engine, self._path = engine_server, path
        self._ping_timer = PingTimer(engine_server.ping_interval, engine_server.ping_timeout)
        # How many of its clients were given up for not reading, since the start.
        self.deaf = 0
        self._on_deaf = self._count_deaf  # one for all clients
        self._before_sid, _, self._after_sid = _opening(engine_server).partition(_SID)

    def _count_deaf(self) -> None:
        self.deaf += 1

    def takes(self, environ: Mapping[str, Any]) -> bool:
        """Whether this is the first request of a WebSocket client that may come in."""
        if environ.get("PATH_INFO") != self._path or environ["REQUEST_METHOD"] != "GET":
            return False
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or not _is_handshake(environ):
            return False
        if not _asks_first(environ.get("QUERY_STRING", "")):
            return False
        origin = environ.get("HTTP_ORIGIN")
        allowed = self._engine._cors_allowed_origins(environ)
        return self._engine.cors_allowed_origins == [] or not origin or allowed is None or origin in allowed

    def admit(self, sock: _socket.socket, environ: Mapping[str, Any], early: bytes, *, patience: float) -> None:
        """Takes a non-blocking connection over, ``sock`` with it; ``early`` is what came behind the request."""
        server = self._engine
        sid = server.generate_id()
        client = EventSocket(server, sid, sock, self._ping_timer, patience=patience, on_deaf=self._on_deaf)
        server.sockets[sid] = client
        kept = {key: sys.intern(environ[key]) for key in _KEPT if key in environ}
        if server._trigger_event("connect", sid, kept, run_async=False) not in (None, True):
            client.close(wait=False, abort=True)
            return
        opening = f"{self._before_sid}{sid}{self._after_sid}"
        client.push(_accepted(environ["HTTP_SEC_WEBSOCKET_KEY"]) + text_frame(opening.encode()))
        if not client.closed:
            client.start(early)


def _opening(server: Any) -> str:
    """The OPEN packet, with a mark where the client's id belongs."""
    said: str = engine.Packet(
        engine.OPEN,
        {
            "sid": _SID,
            "upgrades": [],
            "pingTimeout": int(server.ping_timeout * 1000),
            "pingInterval": int(server.ping_interval * 1000),
            "maxPayload": server.max_http_buffer_size,
        },
    ).encode()
    return said


@lru_cache(maxsize=4_096)
def _asks_first(query: str) -> bool:
    """Boards are few and screens many: their first requests ask for the same."""
    said = parse_qs(query)
    return said.get("transport") == ["websocket"] and said.get("EIO") == ["4"] and "sid" not in said


def _is_handshake(environ: Mapping[str, Any]) -> bool:
    """RFC 6455, 4.2.1."""
    words = [word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")]
    if "upgrade" not in words or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return False
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == 16


def _accepted(key: str) -> bytes:
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + base64.b64encode(digest)
        + b"\r\n\r\n"
    )


def taken_over(sock: Any, reader: Any) -> tuple[_socket.socket, bytes]:
    """A gevent handler's connection for ``admit``, and what came behind its request; ``reader`` is that one's file.

    ``sock`` is to be closed afterwards, the client is not touched by that.
    """
    sock.settimeout(0.0)
    early: bytes = reader.peek()
    own = _socket.socket(sock.family, sock.type, sock.proto, os.dup(sock.fileno()))
    own.setblocking(False)
    return own, early
