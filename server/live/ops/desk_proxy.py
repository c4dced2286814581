"""Forwards requests for the desk, the API, the public pages and the design gallery to the desk's process.

Created by server.processes.server; visitors and cli.processes call its functions. The desk runs in plain threads in a
process of its own (docs/decisions/0008). This process's event loop only copies bytes, so no page, password check or
upload of the desk can delay a screen.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterable, Iterator
from math import inf
from pathlib import Path
from time import monotonic
from urllib.parse import quote
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from gevent.lock import Semaphore

from server.core.problem_details import TYPE, is_of_api, problem_details
from server.live.glass.board_pages import BoardParts
from server.live.loop.refusals import Refusals
from server.live.loop.unix_sockets import bind_in
from server.live.ops.known_sessions import KnownSessions, has_session
from server.live.ops.public_paths import is_of_desk, is_public
from server.live.sockets.client_address import client_address
from server.security_headers import HOLDS_HEADER, SESSION_ADDRESS, SESSION_HEADER

LARGEST_BODY = 512 * 1024 * 1024
SECONDS = 120.0
ASK_SECONDS = 5.0
_CHUNK = 64 * 1024
# How many of the desk's eight threads strangers (clients without a valid session or key) may occupy at a time.
STRANGERS_AT_ONCE = 6
# How many of those six serve public pages and alerts. The other four stay free for signing in.
READERS_AT_ONCE = 2
# How long a stranger's request waits for one of these threads, in seconds.
PLACE_SECONDS = 10.0
# How long a board's page waits for its list, in seconds: boards go on without the desk.
PARTS_SECONDS = 2.0
# For how long pages of boards do not ask for their list again after the desk did not give one in time.
PARTS_PAUSE = 5.0
SHORT_RESPONSE = 1024 * 1024
_OF_SESSION = {"Cookie": "HTTP_COOKIE", "Authorization": "HTTP_AUTHORIZATION"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Hop-by-hop headers (RFC 9110, 7.6.1), and those that the proxy sets itself.
_NOT_FORWARDED = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-prefix",
}
_NOT_RETURNED = _NOT_FORWARDED | {SESSION_HEADER.lower()}
_LATER = "Máy chủ đang bận hoặc đang khởi động. Hãy gửi lại sau vài giây."
_BUSY = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Bảng Tin</title>
<h1>Bàn biên tập đang bận</h1><p>Có quá nhiều yêu cầu cùng một lúc. Hãy thử lại sau ít phút.</p>
"""
_STARTING = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Bảng Tin</title><h1>Bàn biên tập đang khởi động</h1>
<p>Trang này tự tải lại sau hai giây. Các bảng tin vẫn chạy.</p>
"""


class _Connection(http.client.HTTPConnection):
    """An HTTP connection over the Unix socket at ``path``, with a timeout of ``seconds``."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("desk", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class DeskProxy:
    """A WSGI application that forwards requests to the desk's process, at the Unix socket that ``path`` returns.

    ``tls`` is whether clients use HTTPS; ``proxies`` is the number of trusted proxies in front of this server.
    ``without_desk`` answers "/" while the desk does not.
    ``on_write`` is called after the desk has carried out a request that may change the store, before its response is
    returned, so that the server reads an editor's notice at once. ``sessions`` caches valid sessions and API keys. At
    most ``STRANGERS_AT_ONCE`` requests without a cached session or key are forwarded at a time, so that some of the
    desk's threads stay free for people who are signed in.
    """

    def __init__(self, path: Callable[[], str], *, tls: bool, proxies: int = 0) -> None:
        self._path, self._tls, self._proxies = path, tls, proxies
        self.on_write: Callable[[], object] = lambda: None
        self.without_desk: WSGIApplication | None = None
        self.sessions = KnownSessions(monotonic)
        self._unanswered = Refusals(monotonic, event="the desk does not answer")
        self._places = Semaphore(STRANGERS_AT_ONCE - READERS_AT_ONCE)
        self._readers = Semaphore(READERS_AT_ONCE)
        self._no_parts_until = -inf

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in environ or not length.isdigit():
            return _refuse(environ, start_response, "411 Length Required", "Cần biết trước độ dài của điều được gửi")
        if int(length) > LARGEST_BODY:
            return _refuse(environ, start_response, "413 Content Too Large", "Tệp quá lớn")
        if environ["PATH_INFO"] == SESSION_ADDRESS:
            return _refuse(environ, start_response, "404 Not Found", "Không có")
        stranger = not self.sessions.access(environ)
        places = self._readers if is_public(environ["PATH_INFO"]) else self._places
        if stranger and not places.acquire(timeout=PLACE_SECONDS):
            return self._instead(environ, start_response, _BUSY)
        try:
            return self._forward(environ, start_response, int(length), places.release if stranger else _nothing)
        except (OSError, http.client.HTTPException) as error:
            if stranger:
                places.release()
            self._unanswered.count("page", error)
            return self._instead(environ, start_response, _STARTING)

    def _instead(self, environ: WSGIEnvironment, start_response: StartResponse, page: str) -> Iterable[bytes]:
        """Responds while the desk does not: at "/" with the plain list of boards, else with 503.

        People get ``page``, programs problem details.
        """
        if environ["PATH_INFO"] == "/" and self.without_desk is not None:
            return self.without_desk(environ, start_response)
        if is_of_api(environ["PATH_INFO"]):
            return _refuse(environ, start_response, "503 Service Unavailable", _LATER)
        return _respond(start_response, "503 Service Unavailable", page, "text/html; charset=utf-8")

    def ask_parts(self, slug: str, environ: WSGIEnvironment) -> BoardParts | None:
        """Asks the desk for a board's content as a list (BoardParts), for the page of the board with this slug.

        Returns None if the desk does not answer within ``PARTS_SECONDS``, or did not answer a similar request a short
        time ago.
        """
        if monotonic() < self._no_parts_until or not self._readers.acquire(timeout=PARTS_SECONDS):
            return None
        given = {name: environ[key] for name, key in _OF_SESSION.items() if key in environ}
        connection = _Connection(self._path(), PARTS_SECONDS)
        try:
            connection.request("GET", f"/board/{quote(slug)}/parts", headers=given | self._forwarded(environ))
            response = connection.getresponse()
            body = response.read(SHORT_RESPONSE)
        except (OSError, http.client.HTTPException) as error:
            self._unanswered.count("list", error)
            self._no_parts_until = monotonic() + PARTS_PAUSE
            return None
        finally:
            connection.close()
            self._readers.release()
        if response.status != http.client.OK:
            return None
        found = json.loads(body)
        return BoardParts(found["head"], found["body"], response.headers.get(HOLDS_HEADER, ""))

    def _forward(
        self, environ: WSGIEnvironment, start_response: StartResponse, length: int, on_end: Callable[[], object]
    ) -> Iterable[bytes]:
        """Forwards a request, whose body has ``length`` bytes, and returns the desk's response in chunks.

        ``on_end`` is called when the whole response has been read. If this method raises (OSError or HTTPException),
        ``on_end`` is not called.
        """
        connection = _Connection(self._path(), SECONDS)
        try:
            body = _RequestBody(environ["wsgi.input"], length) if length else None
            connection.request(environ["REQUEST_METHOD"], _target(environ), body, self._headers(environ, length))
            response = connection.getresponse()
            answer = _ResponseBody(connection, response, on_end)
            answer.read_if_short()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        self.sessions.note(
            environ, response.headers.get(SESSION_HEADER, ""), response.headers.get_all("Set-Cookie") or ()
        )
        if environ["REQUEST_METHOD"] not in _SAFE_METHODS and response.status < http.client.BAD_REQUEST:
            self.on_write()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _NOT_RETURNED]
        start_response(f"{response.status} {response.reason}", kept)
        return answer

    def ask_session(self, environ: WSGIEnvironment) -> str:
        """Asks the desk which access the session or key of a request gives: SIGNED_IN, MAY_UPLOAD or "".

        "" means that it is not valid, that the request has none, that the desk does not respond, or that none of the
        desk's threads for strangers became free within ``PLACE_SECONDS``.
        """
        if not has_session(environ) or not self._places.acquire(timeout=PLACE_SECONDS):
            return ""
        given = {name: environ[key] for name, key in _OF_SESSION.items() if key in environ}
        connection = _Connection(self._path(), SECONDS)
        try:
            connection.request("GET", SESSION_ADDRESS, headers=given | self._forwarded(environ))
            response = connection.getresponse()
            access = response.headers.get(SESSION_HEADER, "")
        except (OSError, http.client.HTTPException) as error:
            self._unanswered.count("session", error)
            return ""
        finally:
            connection.close()
            self._places.release()
        self.sessions.note(environ, access)
        return access

    def answers(self) -> bool:
        """Whether the desk's process responds within ``ASK_SECONDS``, whatever the status."""
        connection = _Connection(self._path(), ASK_SECONDS)
        try:
            connection.request("GET", "/desk/healthz", headers={"Host": "desk", "Connection": "close"})
            return bool(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _headers(self, environ: WSGIEnvironment, length: int) -> dict[str, str]:
        """The headers of the forwarded request: the client's, without hop-by-hop headers, and the proxy's own."""
        given = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        kept = {name: value for name, value in given.items() if name.lower() not in _NOT_FORWARDED}
        if environ.get("CONTENT_TYPE"):
            kept["Content-Type"] = environ["CONTENT_TYPE"]
        if length or environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH"):
            kept["Content-Length"] = str(length)
        return kept | self._forwarded(environ)

    def _forwarded(self, environ: WSGIEnvironment) -> dict[str, str]:
        """The headers that the proxy sets itself. Host names are safe to copy: Admission has checked them before."""
        host = str(environ.get("HTTP_HOST", ""))
        return {
            "Connection": "close",
            "X-Forwarded-For": client_address(environ, self._proxies),
            "X-Forwarded-Proto": "https" if self._tls else "http",
            "X-Forwarded-Host": str(environ.get("HTTP_X_FORWARDED_HOST", host)) if self._proxies else host,
        }


def with_desk(app: WSGIApplication, desk: WSGIApplication) -> WSGIApplication:
    """Returns an application that passes requests for which `is_of_desk` is true to ``desk``, others to ``app``."""

    def choose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        to_desk = is_of_desk(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
        return (desk if to_desk else app)(environ, start_response)

    return choose


def _target(environ: WSGIEnvironment) -> str:
    """The request's path and query string, percent-encoded as the client sent them.

    gevent provides them unchanged as RAW_URI; for other servers they are encoded again.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw and raw.startswith("/"):
        return str(raw)
    query = environ.get("QUERY_STRING", "")
    return quote(environ["PATH_INFO"].encode("latin-1")) + (f"?{query}" if query else "")


class _RequestBody:
    """The request body as a file object of ``length`` bytes, which http.client reads in chunks."""

    def __init__(self, source: InputStream, length: int) -> None:
        self._source, self._left = source, length

    def read(self, size: int = _CHUNK) -> bytes:
        chunk = self._source.read(min(size, self._left, _CHUNK))
        self._left -= len(chunk)
        return chunk


class _ResponseBody:
    """Iterates over the chunks of the desk's response; the WSGI server calls ``close`` at its end or on an error."""

    def __init__(
        self,
        connection: _Connection,
        response: http.client.HTTPResponse,
        on_end: Callable[[], object],
    ) -> None:
        self._connection, self._response, self._on_end = connection, response, on_end
        self._first = b""

    def read_if_short(self) -> None:
        """Reads the whole response now if it has at most ``SHORT_RESPONSE`` bytes.

        So a client that reads slowly does not occupy a thread of the desk.
        """
        if (self._response.length or 0) <= SHORT_RESPONSE:
            self._first = self._response.read(SHORT_RESPONSE)
            if self._response.isclosed():
                self.close()

    def __iter__(self) -> Iterator[bytes]:
        if self._first:
            yield self._first
        while not self._response.isclosed() and (chunk := self._response.read(_CHUNK)):
            yield chunk

    def close(self) -> None:
        self._connection.close()
        on_end, self._on_end = self._on_end, _nothing
        on_end()


def _nothing() -> None:
    """Does nothing; passed where no function has to be called at the end of a response."""


def _refuse(environ: WSGIEnvironment, start_response: StartResponse, status: str, sentence: str) -> Iterable[bytes]:
    """Responds with an error: to a request to the API with problem details, else with the sentence as plain text."""
    if is_of_api(environ["PATH_INFO"]):
        return _respond(start_response, status, problem_details(int(status[:3]), sentence), TYPE)
    return _respond(start_response, status, f"{sentence}\n")


def _respond(
    start_response: StartResponse, status: str, text: str, kind: str = "text/plain; charset=utf-8"
) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", "2")])
    return [body]


def desk_socket(data: Path) -> tuple[socket.socket, Callable[[], str]]:
    """Opens a listening Unix socket in the folder ``data``, and returns it with a function that returns its path.

    The desk's process inherits the socket. It stays open while the desk is restarted, so that requests wait instead
    of failing. The path is valid in this process only (unix_sockets).
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path, _ = bind_in(data, "desk", listener)
    listener.listen(64)
    return listener, lambda: str(path)
