"""Handles the requests of one HTTP connection: a subclass of gevent's handler with strict checks and deadlines.

Created by wsgi_server for every connection whose first bytes are not a WebSocket handshake (connection_sniffer). Each
request is checked in this order: head (request_head), host name, body (request_body). Then the application is called,
or the connection is upgraded to a WebSocket.
"""

from __future__ import annotations

import errno
import socket
from io import BufferedReader, BytesIO
from time import monotonic
from typing import Protocol, cast
from wsgiref.types import WSGIEnvironment

import gevent
from gevent import pywsgi

from server.core.problem_details import TYPE, is_of_api, problem_details
from server.live.sockets.admission import Admission
from server.live.sockets.connection_table import OpenConnection, Stage
from server.live.sockets.patient_socket import WSGI_SOCKET, PatientSocket
from server.live.sockets.request_body import BodyTooSlowError, Input, NoRoomError
from server.live.sockets.request_head import BadRequestError, read_head
from server.live.sockets.websocket_upgrade import SOCKETS, WebSocketUpgrade, take_over

UPGRADED = "bangtin.upgraded"
KNOWN = "bangtin.known"
"""The key of a WSGI environ that says whether the request carries a key or session recently found valid."""
_PIECE = 64 * 1024
_SLOWEST_LINE = 512  # bytes a second
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 8 * 1024 * 1024
_TEXTS = {
    "400 Bad Request": "Yêu cầu không đúng quy cách",
    "404 Not Found": "Không có",
    "408 Request Timeout": "Nội dung gửi đến quá chậm",
    "411 Length Required": "Cần biết trước độ dài của điều được gửi",
    "413 Content Too Large": "Tệp quá lớn, hoặc chưa đăng nhập mà gửi tệp",
    "431 Request Header Fields Too Large": "Phần đầu của yêu cầu quá dài",
    "503 Service Unavailable": "Quá nhiều người xem, hãy thử lại sau",
    "507 Insufficient Storage": "Máy chủ đã hết chỗ chứa",
}


class ServerParts(Protocol):
    """The attributes of wsgi_server.Server that a handler uses."""

    upgrade: WebSocketUpgrade | None
    admission: Admission
    send_timeout: float


class Handler(pywsgi.WSGIHandler):
    """Answers the requests of one connection. ``connection`` is its entry in the connection table.

    A WebSocket that the library serves itself gets a PatientSocket. The header for WebSocket extensions is removed
    from its request, because simple-websocket would accept any extension.
    """

    connection: OpenConnection
    _of_api = False  # whether the request that is being read or answered is one to the HTTP API

    @property
    def parts(self) -> ServerParts:
        """The server of this handler, typed as ServerParts because gevent's type lacks these attributes."""
        return cast(ServerParts, self.server)

    # the head

    def read_request(self, raw_requestline: str) -> pywsgi.OldMessage:
        """Checks the head of a request strictly, and then has gevent's parser read it. Raises BadRequestError."""
        self._of_api = is_of_api(raw_requestline.partition(" ")[2])
        head = read_head(raw_requestline.encode("latin-1"), self.rfile)
        body, self.rfile = self.rfile, BufferedReader(BytesIO(head))
        try:
            return super().read_request(raw_requestline)
        finally:
            self.rfile = body

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        """Returns status and bytes of the response to an invalid head. Unlike gevent's, it is not logged.

        Anybody could fill the log with invalid requests.
        """
        status = ex.status if isinstance(ex, BadRequestError) else "400 Bad Request"
        return status[:3], _refusal(status, of_api=self._of_api)

    # the response

    def handle_one_response(self) -> None:
        """Passes a WebSocket upgrade to ``server.upgrade``, which takes over the connection; answers other requests.

        A request for a host name that is not accepted gets 400.
        """
        environ, upgrade, admission = self._environ(), self.parts.upgrade, self.parts.admission
        if not admission.accepts_host(environ):
            self._refuse("400 Bad Request", "Máy chủ này không mang tên ấy")
        elif upgrade is not None and upgrade.accepts(environ):
            self._hand_over(upgrade)
        elif self._takes_body():
            self._answer()

    def _environ(self) -> WSGIEnvironment:
        return cast(WSGIEnvironment, self.environ)  # None only until the head has been read

    def _hand_over(self, upgrade: WebSocketUpgrade) -> None:
        self.connection.leave()
        sock, early = take_over(self.socket, self.rfile)
        upgrade.upgrade(sock, self._environ(), early, send_timeout=self.parts.send_timeout)
        self.close_connection = True
        # The base class must not use the socket any more, because the EventSocket uses the connection now.
        self.socket.close()
        self.socket = None  # type: ignore[assignment] # as the base class does at its end

    def _takes_body(self) -> bool:
        """Reads the request's body into ``wsgi.input``; returns False if the request was refused instead."""
        environ, admission = self._environ(), self.parts.admission
        known = environ[KNOWN] = admission.visitors.known(environ)
        if UPGRADED in environ:
            return self._is_admitted()
        length = self.content_length or 0
        if not length:
            self._enter(Stage.BUSY, known)
            return True
        # The deadline of the head ends here, because asking the desk for this client's size limit may take longer.
        self._enter(Stage.BODY, known)
        if length > admission.visitors.largest_body(environ, length):
            self._refuse("413 Content Too Large")
            return False
        try:
            environ["wsgi.input"] = admission.body_rate.take(cast(Input, self.wsgi_input), length, monotonic)
        except BodyTooSlowError:
            self._refuse("408 Request Timeout")
            return False
        except NoRoomError:
            self._refuse("507 Insufficient Storage")
            return False
        self._enter(Stage.BUSY, known)
        return True

    def _answer(self) -> None:
        environ = self._environ()
        known = environ[KNOWN]
        try:
            super().handle_one_response()
        finally:
            body = environ.get("wsgi.input")
            if body is not None and body is not self.wsgi_input and hasattr(body, "close"):
                body.close()
            if not self.close_connection:
                # Behind a proxy an idle connection is the proxy's, so it is not counted for a client.
                self._enter(Stage.IDLE, known or bool(self.parts.admission.proxies))

    def _enter(self, stage: Stage, known: bool) -> None:
        """Moves the connection to ``stage`` in the connection table; does not count it if the client is ``known``."""
        self.connection.enter(stage, "" if known else self.parts.admission.address(self._environ()))

    def _is_admitted(self) -> bool:
        """Counts the connection as a viewer's if the library serves it as a WebSocket; False if it was refused."""
        self._enter(Stage.CONNECT, known=False)
        admitted = self.connection.watch()
        if not admitted:
            self._refuse("503 Service Unavailable")
        return admitted

    def get_environ(self) -> WSGIEnvironment:
        environ = super().get_environ()
        if not self.parts.admission.proxies:
            environ.pop("HTTP_X_FORWARDED_HOST", None)
        if not _may_upgrade(environ):
            # A request that cannot be a WebSocket handshake is treated as a plain request, with the same limits.
            environ.pop("HTTP_UPGRADE", None)
        elif environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ[WSGI_SOCKET] = PatientSocket(self.socket, self.parts.send_timeout)
            environ[UPGRADED] = True
        return environ

    def run_application(self) -> None:
        try:
            super().run_application()
        except (ConnectionError, OSError):
            # Engine.IO's wrapper raises this at the end of an upgraded connection, which gets no HTTP response.
            if not self.environ or UPGRADED not in self.environ:
                raise
            self.close_connection = True
            self.status = "101 Switching Protocols"
            self.headers_sent = True

    def _sendall(self, data: bytes) -> None:
        """Sends ``data`` in pieces; disconnects a client that does not accept a piece within ``piece_seconds``."""
        view = memoryview(data)
        for begin in range(0, len(data), _PIECE):
            piece = view[begin : begin + _PIECE]
            gone = ConnectionResetError(errno.ECONNRESET, "the client does not read")
            with gevent.Timeout(piece_seconds(len(piece), self.parts.send_timeout), gone):
                self.socket.sendall(piece)
        self.response_length += len(data)

    def _refuse(self, status: str, text: str = "") -> None:
        """Sends an error response and ends the connection; reads and discards what the client still sends.

        It reads for at most ``_LINGER_SECONDS`` and at most ``_LINGER_BYTES``. If the connection were closed with
        unread data, the kernel would reset it, and the client would not get the response.
        """
        self.close_connection = True
        self.status = status
        try:
            with gevent.Timeout(_LINGER_SECONDS, TimeoutError("it does not end")):
                self.socket.sendall(_refusal(status, text, of_api=self._of_api))
                self.socket.shutdown(socket.SHUT_WR)
                thrown = 0
                while thrown < _LINGER_BYTES and (piece := self.socket.recv(_PIECE)):
                    thrown += len(piece)
        except OSError:
            return


def piece_seconds(size: int, send_timeout: float) -> float:
    """Returns how many seconds a client may take to accept ``size`` bytes.

    It is long enough for forty screens that share a line of 1 Mbit/s and all load their page after a power cut.
    """
    return send_timeout + size / _SLOWEST_LINE


def _may_upgrade(environ: WSGIEnvironment) -> bool:
    """Whether a request can be a WebSocket handshake (RFC 6455, 4.1): a GET of Socket.IO's path without a body."""
    of_sockets = environ["REQUEST_METHOD"] == "GET" and environ.get("PATH_INFO") == SOCKETS
    return of_sockets and not (environ.get("CONTENT_LENGTH") or "0").strip("0")


def _refusal(status: str, text: str = "", *, of_api: bool = False) -> bytes:
    """The bytes of an error response with ``text``; if that is empty, with the Vietnamese sentence for ``status``.

    ``of_api``: as problem details instead of plain text.
    """
    sentence = text or _TEXTS[status]
    kind = TYPE if of_api else "text/plain; charset=utf-8"
    body = (problem_details(int(status[:3]), sentence) if of_api else f"{sentence}\n").encode()
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
