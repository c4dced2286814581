"""The way from the server's port to the desk's own process: /desk, /api and the design gallery go there.

Made by assembly. The desk runs in plain threads in a process of its own (docs/decisions/0008): on this loop only
bytes are passed on, so no page, password or upload can delay a screen.
"""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

log = structlog.get_logger("beside")
# The gallery is a page of the glass for people with a right: only the desk knows who is signed in.
PREFIXES = ("/desk", "/api", "/glass/gallery")
LARGEST_BODY = 512 * 1024 * 1024
SECONDS = 120.0
_PIECE = 64 * 1024
_READS = {"GET", "HEAD", "OPTIONS"}
# Of this connection alone (RFC 9110, 7.6.1), and what we say ourselves.
_OWN = {
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
_AWAY = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Bảng Tin</title><h1>Bàn biên tập đang khởi động</h1>
<p>Trang này tự tải lại sau hai giây. Các bảng tin vẫn chạy.</p>
"""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


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
    """A WSGI application that passes a request to the desk's process; ``proxies`` stand in front of this server.

    ``on_write`` is called when the desk has done what somebody asked for, before its answer is passed on: what an
    editor pushes waits for no tick of the server.
    """

    def __init__(self, path: Callable[[], str], *, tls: bool, proxies: int = 0) -> None:
        self._path, self._tls, self._proxies = path, tls, proxies
        self.on_write: Callable[[], object] = lambda: None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in environ or not length.isdigit():
            return _said(start_response, "411 Length Required", "Cần biết trước độ dài của điều được gửi\n")
        if int(length) > LARGEST_BODY:
            return _said(start_response, "413 Content Too Large", "Tệp quá lớn\n")
        connection = _Connection(self._path())
        try:
            connection.request(
                environ["REQUEST_METHOD"],
                _target(environ),
                body=_Body(environ["wsgi.input"], int(length)) if int(length) else None,
                headers=self._headers(environ, length),
            )
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            log.warning("the desk does not answer", error=str(error))
            return _said(start_response, "503 Service Unavailable", _AWAY, "text/html; charset=utf-8")
        if environ["REQUEST_METHOD"] not in _READS and answer.status < http.client.BAD_REQUEST:
            self.on_write()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OWN]
        start_response(f"{answer.status} {answer.reason}", kept)
        return _Passing(connection, answer)

    def _headers(self, environ: Environ, length: str) -> dict[str, str]:
        given = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        kept = {name: value for name, value in given.items() if name.lower() not in _OWN}
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

    def _client(self, environ: Environ) -> str:
        """Who really asks: of what proxies have noted down only the entries that our own made are believed."""
        noted = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        if self._proxies and len(noted) >= self._proxies:
            return str(noted[-self._proxies])
        return str(environ.get("REMOTE_ADDR", ""))


def beside(app: Wsgi, desk: Wsgi) -> Wsgi:
    """One application of two, told apart by the first part of the path."""

    def choose(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        mine = any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)
        return (desk if mine else app)(environ, start_response)

    return choose


def _target(environ: Environ) -> str:
    # What the client wrote, still quoted: gevent keeps it.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw and raw.startswith("/"):
        return str(raw)
    asked = environ.get("QUERY_STRING", "")
    return quote(environ["PATH_INFO"].encode("latin-1")) + (f"?{asked}" if asked else "")


class _Body:
    """The body of a request, read piece by piece while it is passed on."""

    def __init__(self, source: Any, length: int) -> None:
        self._source, self._left = source, length

    def read(self, size: int = _PIECE) -> bytes:
        piece: bytes = self._source.read(min(size, self._left, _PIECE))
        self._left -= len(piece)
        return piece


class _Passing:
    """The answer, piece by piece; closed whatever happens."""

    def __init__(self, connection: _Connection, answer: http.client.HTTPResponse) -> None:
        self._connection, self._answer = connection, answer

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._answer.read(_PIECE):
            yield piece

    def close(self) -> None:
        self._connection.close()


def _said(
    start_response: StartResponse, status: str, text: str, kind: str = "text/plain; charset=utf-8"
) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", "2")])
    return [body]


def desk_socket(data: Path) -> tuple[socket.socket, Callable[[], str]]:
    """A listening Unix socket in ``data``, for the desk's process to inherit, and how to reach it.

    It stays open while the desk is started again, so that a request waits instead of failing. Reached through
    /proc/self/fd, because the path of a Unix socket may have 107 bytes only and data folders lie deep.
    """
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    short = f"/proc/self/fd/{folder}/desk-{os.getpid()}.sock"
    for old in data.glob("desk-*.sock"):
        if not Path(f"/proc/{old.stem.removeprefix('desk-')}").exists():
            old.unlink(missing_ok=True)
    Path(short).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(short)
    Path(short).chmod(0o600)
    made.listen(64)
    return made, lambda: short
