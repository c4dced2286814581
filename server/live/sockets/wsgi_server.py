"""The server's sockets: a gevent WSGI server whose WebSockets carry Socket.IO without five known faults of the stack.

Used by hub, which hands the WebSocket class to Engine.IO, and by server.processes.server, which starts the server.
Each fault was measured (docs/performance.md): Nagle's algorithm made an urgent notice behind a slide 300 times
slower; gevent's backlog of 128 lost clients when all returned at once; simple-websocket ignores short writes under
gevent and so corrupts the stream of a slow reader; permessage-deflate costs 69 KiB a client; the queue of a client
that does not read grows without limit.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Iterable
from functools import partial
from types import MethodType
from typing import Any, Protocol, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent
import gevent.event
import gevent.lock
import gevent.selectors
import gevent.socket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.async_drivers.gevent import Thread
from engineio.socket import Socket
from gevent import pywsgi

from server.live.sockets.connection_sniffer import Address, ConnectionSniffer
from server.live.sockets.websocket_upgrade import WebSocketUpgrade, take_over

BACKLOG = 4_096
SEND_TIMEOUT = 10.0
LARGEST_FRAME = 64 * 1024
_UPGRADED = "bangtin.upgraded"
_SOCKET = "werkzeug.socket"  # the name under which simple-websocket looks for a socket of its own
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4[0-6]")


class ErrorLog(Protocol):
    """Where pywsgi writes about broken requests."""

    def write(self, text: str, /) -> object: ...
    def writelines(self, lines: Iterable[str], /) -> None: ...
    def flush(self) -> None: ...


class PatientSocket:
    """A socket whose ``send`` sends everything, or closes after ``send_timeout`` seconds without progress."""

    def __init__(self, sock: gevent.socket.socket, send_timeout: float = SEND_TIMEOUT) -> None:
        self._sock = sock
        self._send_timeout = send_timeout
        # The reading greenlet answers a WebSocket ping while the writing one may be in the middle of a frame.
        self._lock = gevent.lock.RLock()
        self._tail = b""

    def send(self, data: bytes) -> int:
        """Sends all of ``data`` and returns its length. Raises OSError if the client does not read, or is gone."""
        with self._lock:
            rest, self._tail = memoryview(self._tail + data), b""
            while rest:
                try:
                    with gevent.Timeout(self._send_timeout, TimeoutError("the client does not read")):
                        sent = self._sock.send(rest)
                except TimeoutError:
                    self.close()
                    raise
                rest = rest[sent:]
        return len(data)

    def push(self, frame: bytes) -> bool:
        """Sends a frame without waiting; False, and nothing sent, if a send is under way or the system is full.

        What the system does not accept at once is sent by a greenlet, before anything else.
        """
        if self._lock.locked() or self._tail:
            return False
        try:
            sent = self._sock.send(frame, 0, timeout=0.0)  # type: ignore[call-arg] # not in the stubs of gevent
        except OSError:
            return False
        if sent < len(frame):
            self._tail = frame[sent:]
            gevent.spawn(self._send_tail)
        return True

    def _send_tail(self) -> None:
        try:
            self.send(b"")
        except OSError:
            # The reading greenlet notices that the socket is closed, and ends the connection.
            return

    def recv(self, size: int) -> bytes:
        return self._sock.recv(size)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        # Shut down first: that wakes a greenlet which is blocked in send or recv on the same socket.
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        self._sock.close()


class WebSocket(SimpleWebSocketWSGI):
    """Engine.IO's WebSocket on gevent, refusing messages larger than a screen ever sends."""

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
        """Serves the connection to its end; meanwhile fan-out may ``push`` frames past Engine.IO's queue."""
        peer = cast(Socket, self.app.__self__)
        attributes = vars(peer)
        attributes["push"] = partial(_push, peer, environ[_SOCKET])
        try:
            return super().__call__(environ, start_response)
        finally:
            del attributes["push"]

    def close(self) -> None:
        """Closes; ignores that the client is gone, because the library's writer closes when sending has failed."""
        try:
            super().close()
        except OSError:
            return

    def wait(self) -> str | bytes | None:
        """The next Engine.IO packet; None, which ends the connection, for anything else.

        Anything else would raise in the library's handler, and the connection would be noticed only at its next ping.
        """
        packet = super().wait()
        return packet if isinstance(packet, bytes) or _PACKET.match(packet or "") else None


def _push(peer: Socket, sock: PatientSocket, frame: bytes, _urgent: bool) -> bool:
    """Sends ``frame`` at once; False, sending nothing, if packets are queued or ``peer`` is no open WebSocket."""
    if not peer.upgraded or peer.closing or not peer.queue.empty():
        return False
    return sock.push(frame)


class Handler(pywsgi.WSGIHandler):
    """Gives WebSocket requests a PatientSocket, and hides the extension that simple-websocket would always accept."""

    server: Server

    def handle_one_response(self) -> None:
        """Hands WebSocket upgrades to ``server.upgrade``, which takes the connection over."""
        upgrade = self.server.upgrade
        if upgrade is None or self.environ is None or not upgrade.accepts(self.environ):
            super().handle_one_response()
            return
        sock, early = take_over(self.socket, self.rfile)
        upgrade.upgrade(sock, self.environ, early, send_timeout=self.server.send_timeout)
        self.close_connection = True
        # The base class must not read from the socket or shut it down: the event socket uses the connection now.
        self.socket.close()
        self.socket = None  # type: ignore[assignment] # the base class leaves it so at its end

    def get_environ(self) -> WSGIEnvironment:
        environ = super().get_environ()
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ[_SOCKET] = PatientSocket(self.socket, self.server.send_timeout)
            environ[_UPGRADED] = True
        return environ

    def run_application(self) -> None:
        try:
            super().run_application()
        except (ConnectionError, OSError):
            # Raised by Engine.IO's wrapper when an upgraded connection is over and needs no HTTP response.
            if not self.environ or _UPGRADED not in self.environ:
                raise
            self.close_connection = True
            self.status = "101 Switching Protocols"
            self.headers_sent = True


class Server(pywsgi.WSGIServer):
    """Sends small messages at once; disconnects a client that accepts nothing for ``send_timeout`` seconds.

    ``upgrade`` serves clients that connect by WebSocket; if it is None, python-engineio serves all connections.
    """

    def __init__(
        self,
        listener: Any,  # a socket.socket, which gevent has patched; the stubs of gevent accept only its own class
        application: WSGIApplication,
        *,
        error_log: ErrorLog | None = None,
        send_timeout: float = SEND_TIMEOUT,
        upgrade: WebSocketUpgrade | None = None,
    ) -> None:
        self.send_timeout, self.upgrade = send_timeout, upgrade
        self._sniffer = (
            ConnectionSniffer(upgrade, self._handle, send_timeout=send_timeout) if upgrade is not None else None
        )
        super().__init__(listener, application, log=None, error_log=error_log, handler_class=Handler)

    def do_read(self) -> Any:
        """The next connection and its address: a plain socket for the sniffer if there is one, else gevent's own."""
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
        """Passes what ``do_read`` gave (socket, address) to the sniffer if there is one, else to a handler."""
        args[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._sniffer is None:
            super().do_handle(*args)
        else:
            self._sniffer.receive(*args)

    def _handle(self, sock: _socket.socket, address: Address) -> None:
        """Passes a connection to a handler in a greenlet of its own."""
        own = gevent.socket.socket(sock.family, sock.type, sock.proto, fileno=sock.detach())
        super().do_handle(own, address)


def listen(host: str, port: int) -> socket.socket:
    """A bound, listening socket. Raises OSError if the port is taken or the address is not this machine's."""
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
