"""A gevent WSGI server and a WebSocket class that avoid five problems of gevent, simple-websocket and Engine.IO.

Used by hub, which passes the WebSocket class to Engine.IO, and by server.processes.server, which starts the server.
The problems, all measured (docs/performance.md): Nagle's algorithm made an urgent notice that follows a slide 300
times slower; gevent's listen backlog of 128 lost clients when all reconnected at once; simple-websocket ignores short
writes under gevent and so corrupts the stream of a slow reader; permessage-deflate costs 69 KiB per client; the queue
of a client that does not read grows without limit.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from types import MethodType
from typing import Any, Protocol, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent.event
import gevent.selectors
import gevent.socket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.async_drivers.gevent import Thread
from engineio.socket import Socket
from gevent import pywsgi

from server.live.sockets.admission import Admission, unlimited
from server.live.sockets.connection_sniffer import Address, ConnectionSniffer
from server.live.sockets.connection_table import OpenConnection, Stage
from server.live.sockets.patient_socket import SEND_TIMEOUT, WSGI_SOCKET, PatientSocket
from server.live.sockets.request_handler import Handler
from server.live.sockets.websocket_upgrade import WebSocketUpgrade

BACKLOG = 4_096
LARGEST_FRAME = 64 * 1024
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4[0-6]")


class ErrorLog(Protocol):
    """The file-like object to which pywsgi writes error messages."""

    def write(self, text: str, /) -> object: ...
    def writelines(self, lines: Iterable[str], /) -> None: ...
    def flush(self) -> None: ...


class WebSocket(SimpleWebSocketWSGI):
    """Engine.IO's WebSocket for gevent, with a limit of ``LARGEST_FRAME`` bytes for a client's message."""

    def __init__(self, handler: MethodType, server: object) -> None:
        super().__init__(
            handler,
            server,
            thread_class=Thread,
            event_class=gevent.event.Event,
            selector_class=gevent.selectors.DefaultSelector,
            max_message_size=LARGEST_FRAME,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> object:
        """Serves the connection until it ends. Meanwhile fan-out can send frames directly with ``push``."""
        peer = cast(Socket, self.app.__self__)
        attributes = vars(peer)
        attributes["push"] = partial(_push, peer, environ[WSGI_SOCKET])
        try:
            return super().__call__(environ, start_response)
        finally:
            del attributes["push"]

    def close(self) -> None:
        """Closes the connection. Ignores OSError, because the library also calls this after the client has left."""
        try:
            super().close()
        except OSError:
            return

    def wait(self) -> str | bytes | None:
        """Waits for the next Engine.IO packet; None ends the connection.

        Returns None if the client has disconnected, or if its message is not an Engine.IO packet, which would raise
        an exception in the library and leave the connection open until the next ping.
        """
        packet = super().wait()
        return packet if isinstance(packet, bytes) or _PACKET.match(packet or "") else None


def _push(peer: Socket, sock: PatientSocket, frame: bytes, _urgent: bool) -> bool:
    """Sends ``frame`` at once; returns False and sends nothing if it would have to wait, or ``peer`` is not open."""
    if not peer.upgraded or peer.closing or not peer.queue.empty():
        return False
    return sock.push(frame)


class Server(pywsgi.WSGIServer):
    """The WSGI server. It disconnects a client that accepts no data for ``send_timeout`` seconds.

    ``upgrade`` serves clients that connect by WebSocket; if it is None, python-engineio serves all connections.
    ``admission`` holds the limits for clients; None means no limits.
    """

    def __init__(
        self,
        listener: Any,  # a socket.socket, which gevent has patched; the stubs of gevent accept only its own class
        application: WSGIApplication,
        *,
        error_log: ErrorLog | None = None,
        send_timeout: float = SEND_TIMEOUT,
        upgrade: WebSocketUpgrade | None = None,
        admission: Admission | None = None,
    ) -> None:
        self.send_timeout, self.upgrade = send_timeout, upgrade
        self.admission = admission or unlimited(monotonic)
        self._sniffer: ConnectionSniffer | None = None
        # The connection-table entries of connections whose handlers have not started yet.
        self._passed_on: dict[gevent.socket.socket, OpenConnection] = {}
        if upgrade is not None:
            upgrade.admission = self.admission
            self._sniffer = ConnectionSniffer(
                upgrade, self._pass_on, send_timeout=send_timeout, await_head=self._await_head
            )
        super().__init__(listener, application, log=None, error_log=error_log, handler_class=Handler)

    def do_read(self) -> Any:
        """Accepts the next connection; returns its socket and address, or None if none is waiting.

        With a sniffer the socket is a plain non-blocking one, otherwise gevent's.
        """
        if self._sniffer is None:
            return super().do_read()
        try:
            number, address = self.socket._accept()  # type: ignore[attr-defined] # inherited from _socket.socket
        except BlockingIOError:
            return None
        sock = _socket.socket(self.socket.family, self.socket.type, self.socket.proto, number)
        sock.setblocking(False)
        return sock, address

    def do_handle(self, *args: Any) -> None:
        """Passes a new connection (socket, address) to the ConnectionSniffer if it is used, else to a handler."""
        args[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._sniffer is None:
            super().do_handle(*args)
        else:
            self._sniffer.receive(*args)

    def handle(self, sock: gevent.socket.socket, address: Any) -> None:
        """Answers the requests of one connection until it ends."""
        handler = Handler(sock, address, self)
        passed_on = sock in self._passed_on
        handler.connection = self._passed_on.pop(sock) if passed_on else self._await_head(address, lambda: None)
        handler.connection.close = partial(_shut_down, sock)
        try:
            handler.handle()
        finally:
            handler.connection.leave()

    def _pass_on(self, sock: _socket.socket, address: Address, connection: OpenConnection | None) -> None:
        """Passes a connection to a handler in a greenlet of its own."""
        own = gevent.socket.socket(sock.family, sock.type, sock.proto, fileno=sock.detach())
        if connection is not None:
            connection.close = partial(_shut_down, own)
            self._passed_on[own] = connection
        super().do_handle(own, address)

    def _await_head(self, address: Address, close: Callable[[], object]) -> OpenConnection:
        """Adds a new connection to the connection table, and returns its entry.

        Behind a proxy it is not counted for any client until a request has arrived.
        """
        connection = self.admission.table.open(close)
        connection.enter(Stage.HEAD, "" if self.admission.proxies else str(address[0]))
        return connection


def _shut_down(sock: gevent.socket.socket) -> None:
    """Shuts down a connection; that also wakes the handler if it is waiting for data."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def listen(host: str, port: int) -> socket.socket:
    """Opens a non-blocking listening socket at an IPv4 or IPv6 address.

    Raises OSError if the port is in use or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
