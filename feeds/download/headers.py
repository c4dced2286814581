"""Reads durations from response headers; used by feeds.download.http.

Times are compared with the host's own ``Date``: a difference of two of its times is right even if its clock is wrong.
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
    """Response headers as text; names ignore case, and the first of several values counts."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            self._values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())

    def get(self, name: str) -> str:
        """The value of a header, "" without it."""
        return self._values.get(name, "")

    def retry_after(self) -> timedelta | None:
        """The requested delay, at most 8 h; None if the header is missing or unreadable."""
        return _between(timedelta(), self._span(self.get("retry-after")), _LONGEST_WAIT)

    def max_age(self) -> timedelta | None:
        """How long the response stays fresh, by Cache-Control, else by Expires; at most a week."""
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
