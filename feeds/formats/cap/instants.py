"""Reads the times of CAP documents as UTC; called by feeds.formats.cap.alert, .info and .index."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from feeds.formats.cap.fields import Notes

_SHAPE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ] ?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?"
    r"(?:(Z|UTC|GMT)|([+-])(\d{1,2}):?(\d{2})?)?",
    re.I,
)
_NO_PLACE = re.compile(r"[-−–]00:?00(?:\s*\([^()]*\))?\s*$")
# The zero dates of Unix and .NET, and dates that stand for "never".
_OLDEST, _NEWEST = 1990, 2100
_FARTHEST_OFFSET = timedelta(hours=18)


def instant(text: str, zone: str, notes: Notes, name: str) -> datetime | None:
    """Returns the time ``text`` in UTC; None if it is empty or cannot be read.

    ``zone`` (an IANA name) is the source's time zone, for times without an offset. ``name`` is the field's Vietnamese
    name in the notes; what was unusual is added to ``notes``.
    """
    if not text:
        return None
    try:
        found = _written(text, zone, notes)
    except (ValueError, OverflowError, TypeError, IndexError):
        found = None
    if found is None or not _OLDEST <= found.year <= _NEWEST:
        notes.add(f"Không đọc được {name}: “{text[:60]}”.")
        return None
    return found.astimezone(UTC)


def _written(text: str, zone: str, notes: Notes) -> datetime | None:
    shape = _SHAPE.fullmatch(text.replace("−", "-").replace("–", "-"))
    if shape is None:
        return _of_mail(text, zone, notes)
    year, month, day, hour, minute = (int(part) for part in shape.groups()[:5])
    second = min(int(shape[6] or 0), 59)
    whole_day = hour == 24 and minute + second == 0
    local = datetime(year, month, day, 0 if whole_day else hour, minute, second, tzinfo=_offset(shape, zone, notes))
    return local + timedelta(days=1) if whole_day else local


def _offset(shape: re.Match[str], zone: str, notes: Notes) -> tzinfo:
    if shape[7]:
        return UTC
    if not shape[8]:
        return _own(zone, notes)
    ahead = timedelta(hours=int(shape[9]), minutes=int(shape[10] or 0))
    if ahead > _FARTHEST_OFFSET:
        raise ValueError("no such offset")
    return timezone(-ahead if shape[8] == "-" else ahead)


def _own(zone: str, notes: Notes) -> tzinfo:
    notes.add("Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn.")
    return ZoneInfo(zone)


def _of_mail(text: str, zone: str, notes: Notes) -> datetime | None:
    """Parses a date as in mail and RSS ("Tue, 25 Aug 2026 16:00:00 +0700"). Raises ValueError."""
    text = text[:100]
    found = parsedate_to_datetime(text)
    if found.tzinfo is not None:
        return found
    # Python takes "-0000" for no offset. It is UTC, of which the place is not known, as "-00:00" is in CAP.
    return found.replace(tzinfo=UTC if _NO_PLACE.search(text) else _own(zone, notes))
