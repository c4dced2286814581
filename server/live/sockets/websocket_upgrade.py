"""Upgrades WebSocket clients of Engine.IO without the WSGI application: handshake, OPEN packet, event socket.

Called by connection_sniffer for every connection, and by wsgi_server's handler for every request that it reads. A
request that is not exactly such a client's first one is left to the library, which answers it, refusals included.
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
from io import BufferedReader
from urllib.parse import parse_qs

import gevent.socket
from engineio import packet
from engineio.server import Server

from server.live.sockets.event_socket import EventSocket
from server.live.sockets.frames import text_frame
from server.live.sockets.ping_timer import PingTimer

Environ = Mapping[str, str]  # of a WSGI environ the values that are text
_SID = "SID"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# What handlers may ask about a client; a whole environ would be 30 times as large.
_KEPT = ("REMOTE_ADDR", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "QUERY_STRING")


class WebSocketUpgrade:
    """``engine`` is python-engineio's server, reached at ``path``."""

    def __init__(self, engine: Server, *, path: str = "/socket.io/") -> None:
        self._engine, self._path = engine, path
        self._ping_timer = PingTimer(engine.ping_interval, engine.ping_timeout)
        # How many clients were disconnected because they did not read, since the start.
        self.slow_readers = 0
        self._on_slow_reader = self._count_slow_reader  # one bound method for all clients
        self._before_sid, _, self._after_sid = _open_packet(engine).partition(_SID)

    def _count_slow_reader(self) -> None:
        self.slow_readers += 1

    def accepts(self, environ: Environ) -> bool:
        """Whether this is the first request of a WebSocket client from an allowed origin."""
        if environ.get("PATH_INFO") != self._path or environ["REQUEST_METHOD"] != "GET":
            return False
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or not _is_handshake(environ):
            return False
        if not _opens_websocket(environ.get("QUERY_STRING", "")):
            return False
        origin = environ.get("HTTP_ORIGIN")
        allowed = self._engine._cors_allowed_origins(environ)
        return self._engine.cors_allowed_origins == [] or not origin or allowed is None or origin in allowed

    def upgrade(self, sock: _socket.socket, environ: Environ, early: bytes, *, send_timeout: float) -> None:
        """Takes over ``sock``, a non-blocking connection whose request ``accepts`` has checked.

        ``early`` is what arrived behind the request; ``send_timeout`` is EventSocket's.
        """
        engine = self._engine
        sid = engine.generate_id()
        client = EventSocket(
            engine, sid, sock, self._ping_timer, send_timeout=send_timeout, on_slow_reader=self._on_slow_reader
        )
        engine.sockets[sid] = client
        kept = {key: sys.intern(environ[key]) for key in _KEPT if key in environ}
        if engine._trigger_event("connect", sid, kept, run_async=False) not in (None, True):
            client.close(wait=False, abort=True)
            return
        opening = f"{self._before_sid}{sid}{self._after_sid}"
        client.push(_switching_protocols(environ["HTTP_SEC_WEBSOCKET_KEY"]) + text_frame(opening.encode()))
        if not client.closed:
            client.start(early)


def _open_packet(engine: Server) -> str:
    """The OPEN packet, with ``_SID`` where the client's id belongs."""
    return str(
        packet.Packet(
            packet.OPEN,
            {
                "sid": _SID,
                "upgrades": [],
                "pingTimeout": int(engine.ping_timeout * 1000),
                "pingInterval": int(engine.ping_interval * 1000),
                "maxPayload": engine.max_http_buffer_size,
            },
        ).encode()
    )


@lru_cache(maxsize=4_096)
def _opens_websocket(query: str) -> bool:
    """Whether a query string opens a session by WebSocket. Cached: screens of one board send the same one."""
    asked = parse_qs(query)
    return asked.get("transport") == ["websocket"] and asked.get("EIO") == ["4"] and "sid" not in asked


def _is_handshake(environ: Environ) -> bool:
    """Whether the headers are those of RFC 6455, 4.2.1."""
    tokens = [token.strip().lower() for token in environ.get("HTTP_CONNECTION", "").split(",")]
    if "upgrade" not in tokens or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return False
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == 16


def _switching_protocols(key: str) -> bytes:
    """The response that accepts a handshake with this Sec-WebSocket-Key."""
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + base64.b64encode(digest)
        + b"\r\n\r\n"
    )


def take_over(sock: gevent.socket.socket, reader: BufferedReader) -> tuple[_socket.socket, bytes]:
    """A gevent handler's connection for ``upgrade``, and what arrived behind its request.

    ``reader`` is the handler's file on ``sock``. The result is a duplicate: ``sock`` is to be closed afterwards,
    which does not affect the client.
    """
    sock.settimeout(0.0)
    early = reader.peek()
    duplicate = _socket.socket(sock.family, sock.type, sock.proto, os.dup(sock.fileno()))
    duplicate.setblocking(False)
    return duplicate, early
