"""Sends one conditional GET with hard limits on time and size; called by feeds, the worker and the command line.

address -> request (address_guard, httpcore) -> redirects with their cookies, each checked again -> unpack -> Fetched
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

import httpcore

from feeds.download.address_guard import Deadline, GuardedBackend, Resolve, Trace, ignore, system_resolve
from feeds.download.cookies import CookieJar
from feeds.download.headers import Headers
from feeds.download.links import absolute
from feeds.download.request import FetchPolicy, exchange
from feeds.download.unpack import Unpacker
from feeds.errors import HttpStatus, Refused

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.7"
)
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_STATUS_TEXT = {
    401: "Trang nguồn đòi đăng nhập.",
    403: "Trang nguồn từ chối truy cập.",
    404: "Không còn trang này ở máy chủ nguồn.",
    410: "Trang nguồn đã được gỡ bỏ vĩnh viễn.",
    429: "Trang nguồn yêu cầu hỏi thưa hơn.",
    503: "Trang nguồn đang tạm ngừng phục vụ.",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The response to a GET.

    ``body`` is decompressed, and empty for the status 304. ``etag`` and ``last_modified`` are the headers verbatim.
    ``url`` is the address after all redirects. ``permanent`` is the new address if the requested one has moved
    permanently (301, 308), else None. If the connection broke during the body, ``complete`` is False, and ``etag``
    and ``last_modified`` are "", so that the next fetch is unconditional.
    """

    url: str
    status: int
    body: bytes
    content_type: str
    etag: str
    last_modified: str
    retry_after: timedelta | None
    max_age: timedelta | None
    permanent: str | None
    complete: bool = True

    @classmethod
    def of_file(cls, path: str, body: bytes = b"") -> Fetched:
        """Returns the file ``path`` with content ``body`` as a response, so that files and URLs are handled alike."""
        return cls(path, 200, body, "", "", "", None, None, None)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes
    complete: bool


def fetch(
    url: str,
    policy: FetchPolicy,
    *,
    etag: str = "",
    last_modified: str = "",
    resolve: Resolve = system_resolve,
    trace: Trace = ignore,
) -> Fetched:
    """Fetches ``url``; returns the response if its status is 2xx or 304.

    ``etag`` and ``last_modified`` of the last response make the request conditional. ``trace`` is called at the start
    and end of each stage with the event's name, by httpcore or "guard.resolve". Raises Refused, Unreachable,
    TimedOut, TooLarge, or HttpStatus for any other status.
    """
    deadline = Deadline.after(policy.total_seconds)
    backend = GuardedBackend(deadline, resolve, policy.allow_private, trace=trace)
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    cookies = CookieJar()
    at, moved = absolute(url, ""), None
    if not at:
        raise Refused("Chỉ lấy được tin từ địa chỉ http hoặc https.", "scheme")
    all_permanent = True
    for _ in range(policy.max_redirects + 1):
        answer = _get(at, policy, conditions | {"Cookie": cookies.header(at)}, backend)
        cookies.store(at, answer.headers.cookies)
        target = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not target:
            return _fetched(at, answer, moved)
        at = _next(at, target)
        all_permanent = all_permanent and answer.status in _PERMANENT
        moved = at if all_permanent else moved
    raise Refused("Trang nguồn chuyển hướng quá nhiều lần.", "redirects")


def _next(at: str, target: str) -> str:
    """Returns the absolute URL to which the response from ``at`` redirects; ``target`` is its header Location.

    Raises Refused if ``target`` is no usable URL.
    """
    try:
        found = absolute(urljoin(at, target.encode("latin-1", "replace").decode("utf-8", "replace")), at)
    except ValueError:
        found = ""
    if not found:
        raise Refused("Trang nguồn chuyển hướng tới địa chỉ không hợp lệ.", "scheme")
    return found


def _fetched(url: str, answer: _Answer, moved: str | None) -> Fetched:
    headers, status = answer.headers, answer.status
    if status != 304 and not 200 <= status < 300:
        text = _STATUS_TEXT.get(status, "Máy chủ nguồn báo lỗi.")
        raise HttpStatus(f"{text} (HTTP {status})", status, headers.retry_after())
    return Fetched(
        url=url,
        status=status,
        body=answer.body if status != 304 else b"",
        content_type=headers.get("content-type"),
        etag=headers.get("etag") if answer.complete else "",
        last_modified=headers.get("last-modified") if answer.complete else "",
        retry_after=headers.retry_after(),
        max_age=headers.max_age(),
        permanent=moved,
        complete=answer.complete,
    )


def _get(url: str, policy: FetchPolicy, conditions: dict[str, str], backend: GuardedBackend) -> _Answer:
    """Sends one GET on a new connection and returns the response, whatever its status is. Raises FetchError.

    ``conditions`` are headers to send besides the usual ones. The body is read only if the status is 2xx.
    """
    headers = {"Accept": _ACCEPT, "Accept-Language": "vi, en;q=0.5", "Accept-Encoding": "gzip, deflate"} | conditions
    with exchange("GET", url, policy, backend, headers=headers) as response:
        headers_received = Headers(response.headers)
        if not 200 <= response.status < 300:
            return _Answer(response.status, headers_received, b"", complete=True)
        return _Answer(response.status, headers_received, *_body(response, headers_received, policy.max_bytes))


def _body(response: httpcore.Response, headers: Headers, max_bytes: int) -> tuple[bytes, bool]:
    """Returns (decompressed body of at most ``max_bytes``, whether it is complete). Raises TooLarge for more.

    If the connection breaks, the part that has arrived is returned, because half a feed still has complete items; if
    that part is empty, httpcore's RemoteProtocolError or ReadError is raised. Other errors are raised even if a part
    has arrived: httpcore.ReadTimeout, TimedOut at the deadline, and TooLarge and Unreachable, which Unpacker raises.
    """
    unpacker = Unpacker(headers.get("content-encoding"), max_bytes)
    try:
        for chunk in response.iter_stream():
            unpacker.feed(chunk)
    except (httpcore.RemoteProtocolError, httpcore.ReadError):
        body = unpacker.body()
        if not body:
            raise
        return body, False
    return unpacker.body(), True
