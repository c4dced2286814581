"""Reads response headers as text, and the durations that they state; used by feeds.download.http and post.

A time such as ``Expires`` is compared with the response's own ``Date``, so a wrong clock of the host does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.I)
_LONGEST_WAIT = timedelta(hours=8)
_LONGEST_AGE = timedelta(days=7)


class Headers:
    """Response headers as text; if several headers have the same name, the first one counts."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        self.cookies: list[str] = []
        """The values of all ``Set-Cookie`` headers."""
        for name, value in pairs:
            text = value.decode("latin-1").strip()
            self._values.setdefault(name.decode("latin-1").lower(), text)
            if name.lower() == b"set-cookie":
                self.cookies.append(text)

    def get(self, name: str) -> str:
        """Returns the value of the header ``name`` (in lower case), "" if it is missing."""
        return self._values.get(name, "")

    def date(self) -> datetime | None:
        """The time at which the host sent the response, by its own clock; None if missing or unreadable."""
        return _date(self.get("date"))

    def retry_after(self) -> timedelta | None:
        """Returns the delay that ``Retry-After`` asks for, at most 8 h; None if the header is missing or invalid."""
        return _between(timedelta(), self._span(self.get("retry-after")), _LONGEST_WAIT)

    def max_age(self) -> timedelta | None:
        """Returns how long the response stays fresh, by Cache-Control, else by Expires; at most a week.

        Returns None if the headers do not say it or forbid caching.
        """
        control = self.get("cache-control")
        if re.search(r"no-(?:cache|store)", control, re.I):
            return None
        found = _MAX_AGE.search(control)
        span = timedelta(seconds=int(found.group(1))) if found else self._span(self.get("expires"), seconds=False)
        return _between(timedelta(), span, _LONGEST_AGE)

    def _span(self, value: str, *, seconds: bool = True) -> timedelta | None:
        if seconds and value.isascii() and value.isdigit():
            return timedelta(seconds=int(value[:9]))
        until, sent = _date(value), _date(self.get("date"))
        return until - sent if until and sent else None


def _between(least: timedelta, span: timedelta | None, most: timedelta) -> timedelta | None:
    return None if span is None else max(least, min(span, most))


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
