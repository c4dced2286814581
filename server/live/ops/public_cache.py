"""Caches the responses of public pages, so that the desk renders a page once for many readers.

Used by processes.server, which puts the cache before the application.

The desk says by a header for how long a response may be cached (server.desk.public.holding): until the store changes,
and at most until a given time. Requests with a session or a key are passed on, because their responses are for one
person.
"""

from __future__ import annotations

import gzip
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from gevent.event import Event

from server.live.ops.known_sessions import has_session
from server.live.ops.public_paths import is_public
from server.security_headers import HOLDS_HEADER

if TYPE_CHECKING:
    from _typeshed import OptExcInfo

MOST_BYTES = 64 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024
LONGEST_QUERY = 300
LONGEST_SECONDS = 60.0
# How long a request waits for another one that is fetching the same answer, in seconds.
PATIENCE = 10.0
_HOLDS = HOLDS_HEADER.lower()
_LANGUAGE = re.compile(r"(?:^|;\s*)language=(vi|en)(?:;|$)")
_PACKED = re.compile(r"text/|application/(?:[a-z.+-]+\+)?(?:json|xml)")
_WORTHWHILE = 500
_NOT_ASKED = ("HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")

Headers = list[tuple[str, str]]
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A cached response. ``packed`` is its ``body`` in gzip, b"" if that saves too little; ``tag`` is its ETag.

    It may be sent while the store has the same ``epoch`` and no higher revision than ``revision``, before ``until``
    (ms since 1970) and before the monotonic clock shows ``seconds``.
    """

    status: str
    headers: Headers
    body: bytes
    packed: bytes
    tag: str
    epoch: str
    revision: int
    until: int
    seconds: float

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class PublicCache:
    """A WSGI application that answers anonymous GET and HEAD requests for public pages from memory where it can.

    It passes all other requests to ``app``. ``read_at`` returns the store's epoch and the last revision of the store
    that this server has seen. ``now`` returns the time in ms since 1970, ``monotonic`` seconds of a monotonic clock.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        read_at: Callable[[], tuple[str, int]],
        now: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        self._app, self._read_at, self._now, self._monotonic = app, read_at, now, monotonic
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0
        self._fetching: dict[Key, Event] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._app(environ, _without_mark(start_response))
        found = self._get(key)
        if found is None and (running := self._fetching.get(key)) is not None:
            running.wait(PATIENCE)
            found = self._get(key)
        if found is not None:
            return _answer(found, environ, start_response)
        return self._fetch(key, environ, start_response)

    def _fetch(self, key: Key, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Gets the response from the application, and caches it if it says for how long it may be cached."""
        mine = self._fetching.setdefault(key, Event())
        # The application gets no more than the key names, so nothing else that a client sends changes the answer that
        # others get.
        asked: WSGIEnvironment = {name: value for name, value in environ.items() if name not in _NOT_ASKED}
        asked["REQUEST_METHOD"] = "GET"
        if language := key[-1]:
            asked["HTTP_COOKIE"] = f"language={language}"
        answer = _Collected()
        try:
            body = self._app(asked, answer)
            kept = self._made(answer, body)
            if kept is not None:
                self._keep(key, kept)
        finally:
            if self._fetching.get(key) is mine:
                del self._fetching[key]
            mine.set()
        if kept is not None:
            return _answer(kept, environ, start_response)
        if answer.status.startswith("200") and _is_known(answer.headers, environ):
            _close(body)
            return _not_modified(answer.headers, start_response)
        start_response(answer.status, answer.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(body)
            return []
        return body

    def _made(self, answer: _Collected, body: Iterable[bytes]) -> Kept | None:
        """Reads the whole ``body`` and returns the response as it will be cached.

        Returns None, and reads nothing, if the response must not be cached, does not state its length, or is larger
        than ``LARGEST_ANSWER``.
        """
        length = next((value for name, value in answer.headers if name.lower() == "content-length"), "")
        if not answer.holds or not length.isdigit() or int(length) > LARGEST_ANSWER:
            return None
        epoch, revision, until = answer.holds.split()
        whole = _read(body)
        kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
        packed = gzip.compress(whole, 6, mtime=0) if _PACKED.match(kind) and len(whole) > _WORTHWHILE else b""
        headers = [(name, value) for name, value in answer.headers if name.lower() not in ("content-length", "date")]
        if packed:
            headers = [(name, value) for name, value in headers if name.lower() != "vary"]
            headers.append(("Vary", "Cookie, Accept-Encoding"))
        tag = next((value for name, value in headers if name.lower() == "etag"), "")
        seconds = self._monotonic() + LONGEST_SECONDS
        return Kept(answer.status, headers, whole, packed, tag, epoch, int(revision), int(until), seconds)

    def _get(self, key: Key) -> Kept | None:
        """The cached response for ``key``; None if there is none or it is outdated."""
        found = self._kept.get(key)
        if found is None:
            return None
        epoch, revision = self._read_at()
        over = self._now() >= found.until or self._monotonic() >= found.seconds
        if over or found.epoch != epoch or found.revision < revision:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def _keep(self, key: Key, kept: Kept) -> None:
        self._drop(key)
        self._kept[key] = kept
        self._size += kept.size
        while self._size > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if (gone := self._kept.pop(key, None)) is not None:
            self._size -= gone.size


class _Collected:
    """A ``start_response`` that stores the status and the headers.

    ``holds`` is the value of HOLDS_HEADER, which is removed from ``headers``; "" means that there was none.
    """

    def __init__(self) -> None:
        self.status, self.holds = "500 Internal Server Error", ""
        self.headers: Headers = []

    def __call__(
        self, status: str, headers: Headers, _exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        self.status = status
        self.holds = next((value for name, value in headers if name.lower() == _HOLDS), "")
        self.headers = [(name, value) for name, value in headers if name.lower() != _HOLDS]
        return _write_nothing


def _write_nothing(_: bytes) -> None:
    """Does nothing. WSGI's ``start_response`` must return a function ``write``, which nothing here calls."""


def _key(environ: WSGIEnvironment) -> Key | None:
    """The cache key of a request: (host, path, query, language). None if the request must be passed on.

    The language is "vi" or "en" from the cookie, "" without one.
    """
    query = environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or len(query) > LONGEST_QUERY:
        return None
    if not is_public(environ["PATH_INFO"]) or has_session(environ):
        return None
    language = _LANGUAGE.search(environ.get("HTTP_COOKIE", ""))
    return environ.get("HTTP_HOST", ""), environ["PATH_INFO"], query, language[1] if language else ""


def _answer(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if kept.status.startswith("200") and _is_known(kept.headers, environ):
        return _not_modified(kept.headers, start_response)
    body, headers = kept.body, kept.headers
    if kept.packed and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body, headers = kept.packed, [*headers, ("Content-Encoding", "gzip")]
    start_response(kept.status, [*headers, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _without_mark(start_response: StartResponse) -> StartResponse:
    """Returns a ``start_response`` that removes HOLDS_HEADER, for requests that are passed on."""

    def begin(status: str, headers: Headers, exc_info: OptExcInfo | None = None, /) -> Callable[[bytes], object]:
        shown = [(name, value) for name, value in headers if name.lower() != _HOLDS]
        return start_response(status, shown, exc_info)

    return begin


def _read(body: Iterable[bytes]) -> bytes:
    """Reads a response's whole body, and closes it."""
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    """Closes a response's body if it has the method ``close``, as WSGI requires even if it was not read."""
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _is_known(headers: Headers, environ: WSGIEnvironment) -> bool:
    """Whether the request says that the client already has the response with these ``headers``.

    The ETag decides if the request names one, else the time of the last change.
    """
    named = {name.lower(): value for name, value in headers}
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        return bool(named.get("etag")) and named["etag"] in tags
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and since == named.get("last-modified")


def _not_modified(headers: Headers, start_response: StartResponse) -> Iterable[bytes]:
    about_body = ("content-type", "content-length")
    start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() not in about_body])
    return []
