"""Caches the sessions and API keys that the desk has found valid; made by desk_proxy, which gives it to visitors.

So the server recognizes a request of a signed-in person without asking the desk each time. The cache holds only
hashes, and only those of valid sessions and keys: clients cannot push out entries by sending invalid ones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from server.security_headers import SECURE_SESSION_COOKIE, SESSION_COOKIE

MOST = 4_096
SECONDS = 180.0
_COOKIES = (SESSION_COOKIE, SECURE_SESSION_COOKIE)


class KnownSessions:
    """The access of each known session or key: SIGNED_IN or MAY_UPLOAD (security_headers).

    An entry expires ``SECONDS`` after the desk last confirmed it. ``monotonic`` returns seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def access(self, environ: Mapping[str, object]) -> str:
        """The access of the session or key that a request carries; "" if it is not in the cache or has expired."""
        found = [self._known.get(key) for key in _keys(environ)]
        now = self._monotonic()
        return next((access for access, until in filter(None, found) if until > now), "")

    def note(self, environ: Mapping[str, object], access: str, cookies: Sequence[str] = ()) -> None:
        """Stores the ``access`` that the desk reports for a request; "" removes the entry.

        ``cookies`` are the Set-Cookie headers of the response. A session cookie in them gets the same access.
        """
        set_here = [{"HTTP_COOKIE": one.partition(";")[0]} for one in cookies]
        for key in (*_keys(environ), *(key for one in set_here for key in _keys(one))):
            self._known.pop(key, None)
            if access:
                self._known[key] = access, self._monotonic() + SECONDS
        while len(self._known) > MOST:
            self._known.popitem(last=False)


def has_session(environ: Mapping[str, object]) -> bool:
    """Whether a request carries a session cookie of the desk or an Authorization header, valid or not."""
    return bool(_keys(environ))


def _keys(environ: Mapping[str, object]) -> list[bytes]:
    """The cache keys of a request: SHA-256 hashes of its session cookies and of its Authorization header."""
    pairs = [one.strip().partition("=") for one in str(environ.get("HTTP_COOKIE", "")).split(";")]
    said = [f"cookie {value}" for name, _, value in pairs if name in _COOKIES and value]
    if key := environ.get("HTTP_AUTHORIZATION"):
        said.append(f"key {key}")
    return [sha256(one.encode("latin-1", "replace")).digest() for one in said]
