"""Lets WebSocket clients of Engine.IO in without the WSGI application: handshake, OPEN packet, event socket.

Asked by the transport's handler for every request; called with what hub and server are made of. Whatever is not
exactly such a client's first request goes on to the library, which answers it, refusals included.
"""

from __future__ import annotations

import _socket
import base64
import binascii
import hashlib
import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from engineio import packet as engine

from server.live.eventsocket import EventSocket
from server.live.frames import text_frame
from server.live.wheel import Wheel

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# What handlers may ask about a client; a whole environ would be 30 times as large.
_KEPT = ("REMOTE_ADDR", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "QUERY_STRING")


class Doorway:
    """``engine_server`` is python-engineio's; ``path`` where it is reached."""

    def __init__(self, engine_server: Any, *, path: str = "/socket.io/") -> None:
        self._engine, self._path = engine_server, path
        self._wheel = Wheel(engine_server.ping_interval, engine_server.ping_timeout)

    def takes(self, environ: Mapping[str, Any]) -> bool:
        """Whether this is the first request of a WebSocket client that may come in."""
        if environ.get("PATH_INFO") != self._path or environ["REQUEST_METHOD"] != "GET":
            return False
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or not _is_handshake(environ):
            return False
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if query.get("transport") != ["websocket"] or query.get("EIO") != ["4"] or "sid" in query:
            return False
        origin = environ.get("HTTP_ORIGIN")
        allowed = self._engine._cors_allowed_origins(environ)
        return self._engine.cors_allowed_origins == [] or not origin or allowed is None or origin in allowed

    def admit(self, sock: Any, environ: Mapping[str, Any], early: bytes, *, patience: float) -> None:
        """Takes the connection over: ``sock`` may be closed afterwards, the client is not touched by that."""
        own = _socket.socket(sock.family, sock.type, sock.proto, os.dup(sock.fileno()))
        own.setblocking(False)
        server = self._engine
        sid = server.generate_id()
        client = EventSocket(server, sid, own, self._wheel, patience=patience)
        server.sockets[sid] = client
        kept = {key: sys.intern(environ[key]) for key in _KEPT if key in environ}
        if server._trigger_event("connect", sid, kept, run_async=False) not in (None, True):
            client.close(wait=False, abort=True)
            return
        client.push(_accepted(environ["HTTP_SEC_WEBSOCKET_KEY"]) + text_frame(self._opening(sid)))
        if not client.closed:
            client.start(early)

    def _opening(self, sid: str) -> bytes:
        server = self._engine
        said: str = engine.Packet(
            engine.OPEN,
            {
                "sid": sid,
                "upgrades": [],
                "pingTimeout": int(server.ping_timeout * 1000),
                "pingInterval": int(server.ping_interval * 1000),
                "maxPayload": server.max_http_buffer_size,
            },
        ).encode()
        return said.encode()


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


def what_came_early(sock: Any, reader: Any) -> bytes:
    """What a client sent behind its handshake without waiting for the answer; ``reader`` is the request's file."""
    sock.settimeout(0.0)
    early: bytes = reader.peek()
    return early
