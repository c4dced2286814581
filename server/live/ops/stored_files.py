"""Sends the files that the desk names in its responses; put before the application by processes.server.

The desk decides who may have a file, this process copies it: a reader on a slow line would otherwise occupy one of
the desk's few threads. As the decision is an ordinary response, server.live.ops.public_cache keeps it like a page,
until the store changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file
from werkzeug.wrappers import Response

from server.security_headers import FILE_HEADER

if TYPE_CHECKING:
    from _typeshed import OptExcInfo

_NAME = re.compile(r"[0-9a-f]{16}\.[a-z0-9]{2,5}")
_OF_BODY = {"content-length", "content-encoding", FILE_HEADER.lower()}

Headers = list[tuple[str, str]]


class StoredFiles:
    """A WSGI application that replaces the body of each response of ``app`` that names a file of ``folder``."""

    def __init__(self, app: WSGIApplication, folder: Path) -> None:
        self._app, self._folder = app, folder

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = _Begin(start_response)
        body = self._app(environ, begun)
        if not begun.name:
            return body
        if (close := getattr(body, "close", None)) is not None:
            close()
        answer = self._file(begun, environ)
        sent = answer(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD" or answer.status_code == HTTPStatus.NOT_MODIFIED:
            answer.close()  # nobody reads the opened file
        return sent

    def _file(self, begun: _Begin, environ: WSGIEnvironment) -> Response:
        path = self._folder / begun.name
        if not _NAME.fullmatch(begun.name) or not path.is_file():
            return Response("Không còn tệp này.\n", 410, content_type="text/plain; charset=utf-8")
        answer = send_file(path, environ, mimetype="application/octet-stream", etag=False, conditional=False)
        size = answer.content_length or 0
        for name, value in begun.headers:
            if name.lower() not in _OF_BODY:
                answer.headers[name] = value
        try:
            return answer.make_conditional(environ, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable as error:
            answer.close()
            return Response("", 416, error.get_headers(environ))


class _Begin:
    """A ``start_response`` that holds back a successful response that names a file, and passes on every other one.

    ``name`` is the name of the file; "" for other responses.
    """

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self.name = ""
        self.headers: Headers = []

    def __call__(
        self, status: str, headers: Headers, exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        name = next((value for name, value in headers if name.lower() == FILE_HEADER.lower()), "")
        if name and status.startswith("200"):
            self.name, self.headers = name, headers
            return _write_nothing
        shown = [pair for pair in headers if pair[0].lower() != FILE_HEADER.lower()]
        return self._start_response(status, shown, exc_info)


def _write_nothing(_: bytes) -> None:
    """Does nothing. WSGI's ``start_response`` must return a function ``write``, which nothing here calls."""
