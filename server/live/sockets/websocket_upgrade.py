"""Upgrades WebSocket clients of Engine.IO without the WSGI application: handshake, OPEN packet, EventSocket.

Created by hub; called by connection_sniffer for every connection, and by request_handler for every request that it
reads. Accepts only valid requests that open a new Engine.IO session by WebSocket; python-engineio answers all other
requests.
"""

from __future__ import annotations

import _socket
import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from io import BufferedReader
from time import monotonic
from urllib.parse import parse_qs

import gevent.socket
from engineio import packet
from engineio.server import Server

from server.live.loop.refusals import Refusals
from server.live.sockets.admission import Admission
from server.live.sockets.connection_table import Stage
from server.live.sockets.event_socket import EventSocket
from server.live.sockets.frame_pacer import FramePacer
from server.live.sockets.frames import text_frame
from server.live.sockets.ping_timer import PingTimer

Environ = Mapping[str, str]  # the text values of a WSGI environ
SOCKETS = "/socket.io/"
"""The URL path of Socket.IO."""
_SID = "SID"
_FORWARDED_HOST = "HTTP_X_FORWARDED_HOST"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# The values of the environ that are kept for event handlers; the whole environ would take 30 times the memory.
_KEPT = ("REMOTE_ADDR", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "QUERY_STRING")


class WebSocketUpgrade:
    """Performs WebSocket handshakes. ``engine`` is python-engineio's server.

    ``refusals`` counts the clients whose connections are ended because they break a rule.
    """

    def __init__(self, engine: Server, *, refusals: Refusals | None = None) -> None:
        self._engine = engine
        # Set by wsgi_server.Server, which accepts the connections.
        self.admission: Admission | None = None
        self._ping_timer, self._pacer = PingTimer(engine.ping_interval, engine.ping_timeout), FramePacer()
        self.refusals = refusals or Refusals(monotonic)
        self._before_sid, _, self._after_sid = _open_packet(engine).partition(_SID)

    def accepts(self, environ: Environ) -> bool:
        """Whether a request is a valid handshake for a new session, with an accepted host name and origin."""
        if environ.get("PATH_INFO") != SOCKETS or environ["REQUEST_METHOD"] != "GET":
            return False
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or not _is_handshake(environ):
            return False
        if not _opens_websocket(environ.get("QUERY_STRING", "")):
            return False
        if self.admission is not None and not self.admission.accepts_host(environ):
            return False
        if _FORWARDED_HOST in environ and not (self.admission is not None and self.admission.proxies):
            environ = {key: value for key, value in environ.items() if key != _FORWARDED_HOST}
        origin = environ.get("HTTP_ORIGIN")
        allowed = self._engine._cors_allowed_origins(environ)
        return self._engine.cors_allowed_origins == [] or not origin or allowed is None or origin in allowed

    def close_all(self) -> None:
        """Sends every client the Close frame "going away"; called when the process ends."""
        for client in list(self._engine.sockets.values()):
            if isinstance(client, EventSocket):
                client.send_going_away()

    def upgrade(self, sock: _socket.socket, environ: Environ, early: bytes, *, send_timeout: float) -> None:
        """Takes over the non-blocking ``sock`` and completes the handshake of a request that ``accepts`` has checked.

        ``early`` are the bytes that arrived after the request; ``send_timeout`` (seconds) is passed to EventSocket.
        """
        engine = self._engine
        sid = engine.generate_id()
        client = EventSocket(
            engine,
            sid,
            sock,
            self._ping_timer,
            self._pacer,
            send_timeout=send_timeout,
            refusals=self.refusals,
        )
        engine.sockets[sid] = client
        if self.admission is not None:
            client.connection = connection = self.admission.table.open(client.give_up_connecting)
            connection.enter(Stage.CONNECT, self.admission.address(environ))
        kept = {key: _shared(environ[key]) for key in _KEPT if key in environ}
        if engine._trigger_event("connect", sid, kept, run_async=False) not in (None, True):
            client.close(wait=False, abort=True)
            return
        opening = f"{self._before_sid}{sid}{self._after_sid}"
        client.push(_switching_protocols(environ["HTTP_SEC_WEBSOCKET_KEY"]) + text_frame(opening.encode()))
        if not client.closed:
            client.start(early)


def _open_packet(engine: Server) -> str:
    """The text of Engine.IO's OPEN packet, with ``_SID`` in place of the client's id."""
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
def _shared(text: str) -> str:
    """Returns the same object for equal texts, to save memory: many clients send the same headers.

    ``sys.intern`` is not used, because it may keep every text for ever.
    """
    return text


@lru_cache(maxsize=4_096)
def _opens_websocket(query: str) -> bool:
    """Whether a query string asks for a new Engine.IO session by WebSocket. Cached: many clients send the same."""
    asked = parse_qs(query)
    return asked.get("transport") == ["websocket"] and asked.get("EIO") == ["4"] and "sid" not in asked


def _is_handshake(environ: Environ) -> bool:
    """Whether the headers are those of a valid WebSocket handshake (RFC 6455, 4.2.1)."""
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
    """Takes the connection from a gevent handler. Returns a socket for ``upgrade`` and the bytes after the request.

    ``sock`` is the handler's socket, and ``reader`` the handler's file object on it. The returned socket is a
    non-blocking duplicate: the caller must close ``sock`` afterwards, which does not close the client's connection.
    """
    sock.settimeout(0.0)
    early = reader.peek()
    duplicate = _socket.socket(sock.family, sock.type, sock.proto, os.dup(sock.fileno()))
    duplicate.setblocking(False)
    return duplicate, early
