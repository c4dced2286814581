"""What response headers say about time; read by feeds.download.http.

The host's own ``Date`` is the clock here: a difference of two of its times is right even when both are not.
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
    """Response headers as text, names without case; the first of several wins."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            self._values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def retry_after(self) -> timedelta | None:
        """Seconds or a date, at most 8 h; None where nothing (readable) is asked for."""
        return _between(timedelta(), self._span(self.get("retry-after")), _LONGEST_WAIT)

    def max_age(self) -> timedelta | None:
        """How long the answer is good for, by Cache-Control, else by Expires; at most a week."""
        control = self.get("cache-control")
        if re.search(r"no-(?:cache|store)", control, re.I):
            return None
        found = _MAX_AGE.search(control)
        span = timedelta(seconds=int(found.group(1))) if found else self._span(self.get("expires"), seconds=False)
        return _between(timedelta(), span, _LONGEST_AGE)

    def _span(self, value: str, *, seconds: bool = True) -> timedelta | None:
        if seconds and value.isascii() and value.isdigit():
            return timedelta(seconds=int(value[:9]))
        until, said = _date(value), _date(self.get("date"))
        return until - said if until and said else None


def _between(least: timedelta, span: timedelta | None, most: timedelta) -> timedelta | None:
    return None if span is None else max(least, min(span, most))


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
