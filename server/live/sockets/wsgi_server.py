"""The server's sockets: a gevent WSGI server whose WebSockets carry Socket.IO without the known traps.

Called by the hub, which hands the WebSocket class to Engine.IO, and by assembly, which starts the server.
Each trap was measured (PERFORMANCE): Nagle made an urgent notice behind a slide 300 times slower; gevent's backlog
of 128 lost clients when all returned; simple-websocket ignores short writes under gevent and so corrupts the stream
of a slow reader; permessage-deflate costs 69 KiB a client; the queue of a reader that does not read grows for ever.
"""

from __future__ import annotations

import _socket
import re
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent
import gevent.event
import gevent.lock
import gevent.selectors
import gevent.socket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.async_drivers.gevent import Thread
from gevent import pywsgi

from server.live.sockets.connection_sniffer import ConnectionSniffer
from server.live.sockets.websocket_upgrade import WebSocketUpgrade, taken_over

BACKLOG = 4_096
PATIENCE = 10.0
LARGEST_FRAME = 64 * 1024
_UPGRADED = "bangtin.upgraded"
_SOCKET = "werkzeug.socket"  # the name under which simple-websocket looks for a socket of its own
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4[0-6]")


class PatientSocket:
    """A socket whose ``send`` sends all or, after ``patience`` seconds without progress, gives the reader up."""

    def __init__(self, sock: Any, patience: float = PATIENCE) -> None:
        self._sock = sock
        self._patience = patience
        # The reader answers a WebSocket ping while the writer may be in the middle of a frame.
        self._one_at_a_time = gevent.lock.RLock()
        self._tail = b""

    def send(self, data: bytes) -> int:
        """Raises OSError when the other side did not read in time or is gone."""
        with self._one_at_a_time:
            rest, self._tail = memoryview(self._tail + data), b""
            while rest:
                try:
                    with gevent.Timeout(self._patience, TimeoutError("the other side does not read")):
                        sent = self._sock.send(rest)
                except TimeoutError:
                    self.close()
                    raise
                rest = rest[sent:]
        return len(data)

    def push(self, frame: bytes) -> bool:
        """Writes a frame without waiting; False, and nothing written, where somebody writes or nothing would go.

        What the system does not take at once follows by itself, before anything else is sent.
        """
        if self._one_at_a_time.locked() or self._tail:
            return False
        try:
            sent = self._sock.send(frame, 0, timeout=0.0)
        except OSError:
            return False
        if sent < len(frame):
            self._tail = frame[sent:]
            gevent.spawn(self._finish)
        return True

    def _finish(self) -> None:
        try:
            self.send(b"")
        except OSError:
            # The reader's own greenlet sees that the socket is closed, and says goodbye.
            return

    def recv(self, size: int) -> bytes:
        data: bytes = self._sock.recv(size)
        return data

    def fileno(self) -> int:
        number: int = self._sock.fileno()
        return number

    def close(self) -> None:
        # shutdown first: it wakes a greenlet that is blocked in send or recv on the same socket
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        self._sock.close()


class WebSocket(SimpleWebSocketWSGI):  # type: ignore[misc] # engineio carries no types
    """Engine.IO's WebSocket on gevent, refusing messages larger than a screen ever sends."""

    def __init__(self, handler: Callable[..., Any], server: Any) -> None:
        super().__init__(
            handler,
            server,
            thread_class=Thread,
            event_class=gevent.event.Event,
            selector_class=gevent.selectors.DefaultSelector,
            max_message_size=LARGEST_FRAME,
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Serves the connection to its end; meanwhile fan-out may ``push`` frames past Engine.IO's queue."""
        peer = self.app.__self__
        peer.push = partial(_push, peer, environ[_SOCKET])
        try:
            return super().__call__(environ, start_response)
        finally:
            del peer.push

    def close(self) -> None:
        """Says goodbye where somebody is left to hear it: the library's writer closes when sending has failed."""
        try:
            super().close()
        except OSError:
            return

    def wait(self) -> str | bytes | None:
        """The next Engine.IO packet; None, which ends the connection, for what is none.

        Anything else would break the library's handler, and the connection would be forgotten only at its next ping.
        """
        packet: str | bytes | None = super().wait()
        return packet if isinstance(packet, bytes) or _PACKET.match(packet or "") else None


def _push(peer: Any, sock: PatientSocket, frame: bytes, _urgent: bool) -> bool:
    """False, and nothing written, where a packet is waiting or the connection has not yet, or no more, this road."""
    if not peer.upgraded or peer.closing or not peer.queue.empty():
        return False
    return sock.push(frame)


class Handler(pywsgi.WSGIHandler):
    """Hands WebSocket requests their own socket, without the extension that simple-websocket would always accept."""

    server: Server

    def handle_one_response(self) -> None:
        """Past the application where the doorway takes the client; the connection is then no more this handler's."""
        upgrade = self.server.upgrade
        if upgrade is None or self.environ is None or not upgrade.takes(self.environ):
            super().handle_one_response()
            return
        own, early = taken_over(self.socket, self.rfile)
        upgrade.admit(own, self.environ, early, patience=self.server.patience)
        self.close_connection = True
        # Not to be drained and shut by the base class: what comes from now on is the client's conversation.
        self.socket.close()
        self.socket = None  # type: ignore[assignment] # as the base class has it at its end

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ[_SOCKET] = PatientSocket(self.socket, self.server.patience)
            environ[_UPGRADED] = True
        return environ

    def run_application(self) -> None:
        try:
            super().run_application()
        except (ConnectionError, OSError):
            # How Engine.IO's wrapper says that an upgraded connection is over and wants no HTTP response.
            if not self.environ or _UPGRADED not in self.environ:
                raise
            self.close_connection = True
            self.status = "101 Switching Protocols"
            self.headers_sent = True


class Server(pywsgi.WSGIServer):
    """Sends small messages at once; a reader that takes nothing for ``patience`` seconds is given up."""

    def __init__(
        self,
        listener: Any,
        application: Any,
        *,
        error_log: Any = None,
        patience: float = PATIENCE,
        upgrade: WebSocketUpgrade | None = None,
    ) -> None:
        self.patience, self.upgrade = patience, upgrade
        self._sniffer = ConnectionSniffer(upgrade, self._onward, patience=patience) if upgrade is not None else None
        super().__init__(listener, application, log=None, error_log=error_log, handler_class=Handler)

    def do_read(self) -> Any:
        """The next connection; a bare socket where there is a doorway, gevent's own only for whoever goes past it."""
        if self._sniffer is None:
            return super().do_read()
        try:
            number, address = self.socket._accept()  # type: ignore[attr-defined] # it is _socket's
        except BlockingIOError:
            return None
        sock = _socket.socket(self.socket.family, self.socket.type, self.socket.proto, number)
        sock.setblocking(False)
        return sock, address

    def do_handle(self, *args: Any) -> None:
        args[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._sniffer is None:
            super().do_handle(*args)
        else:
            self._sniffer.receive(*args)

    def _onward(self, sock: _socket.socket, address: Any) -> None:
        """To a handler in a greenlet of its own."""
        own = gevent.socket.socket(sock.family, sock.type, sock.proto, fileno=sock.detach())
        super().do_handle(own, address)


def listen(host: str, port: int) -> socket.socket:
    """A bound, listening socket. Raises OSError where the port is taken or the address is not this machine's."""
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
