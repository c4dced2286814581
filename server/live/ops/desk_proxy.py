"""Forwards requests for /desk, /api and the design gallery to the desk's process; made by server.processes.server.

The desk runs in plain threads in a process of its own (docs/decisions/0008). On this loop bytes are only copied, so
no page, password or upload can delay a screen.
"""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

import structlog

log = structlog.get_logger("desk_proxy")
# The gallery looks like the screens' pages but needs a right, and only the desk knows who is signed in.
PREFIXES = ("/desk", "/api", "/glass/gallery")
LARGEST_BODY = 512 * 1024 * 1024
SECONDS = 120.0
_CHUNK = 64 * 1024
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Headers of one connection alone (RFC 9110, 7.6.1), and those that the proxy sets itself.
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
_STARTING = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Bảng Tin</title><h1>Bàn biên tập đang khởi động</h1>
<p>Trang này tự tải lại sau hai giây. Các bảng tin vẫn chạy.</p>
"""


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("desk", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class DeskProxy:
    """A WSGI application that forwards requests to the desk's process, at the Unix socket that ``path`` gives.

    ``tls`` is whether clients use HTTPS; ``proxies`` is the number of trusted proxies in front of this server.
    ``on_write`` is called when the desk has carried out a request that changes something, before its response is
    returned, so that an editor's notice does not wait for the next tick.
    """

    def __init__(self, path: Callable[[], str], *, tls: bool, proxies: int = 0) -> None:
        self._path, self._tls, self._proxies = path, tls, proxies
        self.on_write: Callable[[], object] = lambda: None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in environ or not length.isdigit():
            return _respond(start_response, "411 Length Required", "Cần biết trước độ dài của điều được gửi\n")
        if int(length) > LARGEST_BODY:
            return _respond(start_response, "413 Content Too Large", "Tệp quá lớn\n")
        connection = _Connection(self._path())
        try:
            connection.request(
                environ["REQUEST_METHOD"],
                _target(environ),
                body=_RequestBody(environ["wsgi.input"], int(length)) if int(length) else None,
                headers=self._headers(environ, length),
            )
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            log.warning("the desk does not answer", error=str(error))
            return _respond(start_response, "503 Service Unavailable", _STARTING, "text/html; charset=utf-8")
        if environ["REQUEST_METHOD"] not in _SAFE_METHODS and response.status < http.client.BAD_REQUEST:
            self.on_write()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _NOT_FORWARDED]
        start_response(f"{response.status} {response.reason}", kept)
        return _ResponseBody(connection, response)

    def _headers(self, environ: WSGIEnvironment, length: str) -> dict[str, str]:
        given = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        kept = {name: value for name, value in given.items() if name.lower() not in _NOT_FORWARDED}
        if environ.get("CONTENT_TYPE"):
            kept["Content-Type"] = environ["CONTENT_TYPE"]
        if int(length) or environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH"):
            kept["Content-Length"] = length
        return kept | {
            "Connection": "close",
            "X-Forwarded-For": self._client(environ),
            "X-Forwarded-Proto": "https" if self._tls else "http",
            "X-Forwarded-Host": environ.get("HTTP_HOST", ""),
        }

    def _client(self, environ: WSGIEnvironment) -> str:
        """The client's address. Of X-Forwarded-For only the entries that our own proxies have added are trusted."""
        hops = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        if self._proxies and len(hops) >= self._proxies:
            return str(hops[-self._proxies])
        return str(environ.get("REMOTE_ADDR", ""))


def with_desk(app: WSGIApplication, desk: WSGIApplication) -> WSGIApplication:
    """One application of two: paths that begin with one of ``PREFIXES`` go to ``desk``, all others to ``app``."""

    def choose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        of_desk = any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)
        return (desk if of_desk else app)(environ, start_response)

    return choose


def _target(environ: WSGIEnvironment) -> str:
    """Path and query, still percent-encoded as the client sent them; gevent has the raw form in RAW_URI."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw and raw.startswith("/"):
        return str(raw)
    query = environ.get("QUERY_STRING", "")
    return quote(environ["PATH_INFO"].encode("latin-1")) + (f"?{query}" if query else "")


class _RequestBody:
    """A file-like request body, read in chunks while it is forwarded."""

    def __init__(self, source: InputStream, length: int) -> None:
        self._source, self._left = source, length

    def read(self, size: int = _CHUNK) -> bytes:
        chunk = self._source.read(min(size, self._left, _CHUNK))
        self._left -= len(chunk)
        return chunk


class _ResponseBody:
    """The desk's response in chunks; the WSGI server calls ``close`` in any case."""

    def __init__(self, connection: _Connection, response: http.client.HTTPResponse) -> None:
        self._connection, self._response = connection, response

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._response.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        self._connection.close()


def _respond(
    start_response: StartResponse, status: str, text: str, kind: str = "text/plain; charset=utf-8"
) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", "2")])
    return [body]


def desk_socket(data: Path) -> tuple[socket.socket, Callable[[], str]]:
    """A listening Unix socket in ``data`` for the desk's process to inherit, and a function that gives its path.

    It stays open while the desk is restarted, so that a request waits instead of failing. The path is one through
    /proc/self/fd, because a Unix socket's path may have at most 107 bytes and the data folder may have a longer one.
    """
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    short = f"/proc/self/fd/{folder}/desk-{os.getpid()}.sock"
    for old in data.glob("desk-*.sock"):
        if not Path(f"/proc/{old.stem.removeprefix('desk-')}").exists():
            old.unlink(missing_ok=True)
    Path(short).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(short)
    Path(short).chmod(0o600)
    listener.listen(64)
    return listener, lambda: short
