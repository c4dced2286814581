"""Sends one HTTP request on a new connection that address_guard has checked; called by http and post."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext, SSLError
from threading import Lock
from urllib.parse import urlsplit

import httpcore

from feeds.download.address_guard import GuardedBackend
from feeds.download.certificate_trust import new_context
from feeds.errors import FeedError, TimedOut, Unreachable
from feeds.limits import MAX_BYTES

_TRUST_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """The limits of a fetch or POST.

    ``allow_private`` lists hosts, addresses and networks that may be contacted although they are private.
    ``ca_bundle`` is a file with further certificate authorities, for hosts with an incomplete chain; verification
    cannot be switched off. ``max_bytes`` counts after decompression; ``total_seconds`` covers all redirects.
    """

    allow_private: tuple[str, ...] = ()
    user_agent: str = "BangTin/0.1 (bang tin dien tu; feed reader)"
    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    max_bytes: int = MAX_BYTES
    ca_bundle: str = ""
    max_redirects: int = 5


@contextmanager
def exchange(
    method: str,
    url: str,
    policy: FetchPolicy,
    backend: GuardedBackend,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> Iterator[httpcore.Response]:
    """Sends one request to ``url``, an absolute URL in ASCII; yields the response, whose body is not yet read.

    ``headers`` are sent in addition to Host, User-Agent and Connection; a header that is empty or contains a line
    break is left out. Raises FetchError, also for errors of the connection in the caller's ``with`` block.
    """
    parts = urlsplit(url)
    target = httpcore.URL(
        scheme=parts.scheme.encode(),
        host=(parts.hostname or "").encode("ascii"),
        port=parts.port,
        target=(parts.path or "/").encode("ascii") + (b"?" + parts.query.encode("ascii") if parts.query else b""),
    )
    sent: list[tuple[bytes | str, bytes | str]] = [
        ("Host", parts.netloc.rpartition("@")[2]),
        ("User-Agent", _header_value(policy.user_agent)),
        ("Connection", "close"),
        *((name, _header_value(value)) for name, value in headers.items() if _header_value(value)),
    ]
    if content is not None:
        sent.append(("Content-Length", str(len(content))))
    extensions = _extensions(policy, backend)
    with (
        _as_fetch_errors(),
        httpcore.ConnectionPool(_context(parts.scheme, policy.ca_bundle), network_backend=backend) as pool,
        pool.stream(method, target, headers=sent, content=content, extensions=extensions) as response,
    ):
        yield response


def _extensions(policy: FetchPolicy, backend: GuardedBackend) -> dict[str, object]:
    """Returns the request extensions for httpcore: a timeout for each kind of wait.

    address_guard shortens each timeout to the time until the deadline.
    """
    whole = policy.total_seconds
    waits = {"connect": policy.connect_seconds, "read": whole, "write": whole, "pool": whole}
    return {"timeout": waits, "trace": backend.trace}


def _header_value(value: str) -> bytes:
    """Returns a header value as bytes; empty if it contains a line break or a zero byte, which no header may have."""
    return b"" if re.search(r"[\r\n\x00]", value) else value.encode("latin-1", "ignore")


@contextmanager
def _as_fetch_errors() -> Iterator[None]:
    """Turns every exception of httpcore in the ``with`` block into a FetchError."""
    try:
        yield
    except FeedError:
        raise
    except httpcore.TimeoutException as error:
        raise TimedOut("Máy chủ nguồn trả lời quá chậm.", "timeout") from error
    except httpcore.NetworkError as error:
        if isinstance(error.__context__, SSLError) or "certificate" in str(error).lower():
            raise Unreachable("Chứng thư bảo mật của máy chủ nguồn không hợp lệ.", "tls") from error
        raise Unreachable("Kết nối với máy chủ nguồn bị gián đoạn.", "connect") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unreachable("Máy chủ nguồn trả lời sai giao thức HTTP.", "protocol") from error


def _context(scheme: str, ca_bundle: str) -> SSLContext | None:
    """Returns the SSL context for the scheme "https", None for any other. Raises Unreachable as `new_context`.

    Making a context takes some hundredths of a second of CPU time. Without the lock, dozens of threads that begin at
    the same time would each make the same context, and the first urgent notice to browsers would wait for all of
    them.
    """
    if scheme != "https":
        return None
    with _TRUST_LOCK:
        return _kept_context(ca_bundle)


_kept_context = lru_cache(maxsize=32)(new_context)
