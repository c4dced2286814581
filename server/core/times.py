"""Converts datetimes to milliseconds since 1970 UTC, the unit of laps and of wire.py, and checks the range of years.

Called wherever times are entered (desk, API, command line, config) or read from the store, by laps and by wire.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The first and the last year that is accepted in input; other years ("9999", "1") are taken for mistakes."""
_READABLE = (1900, 2200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Returns an aware datetime as milliseconds since 1970 UTC, rounded down. Raises TypeError for a naive one."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Returns milliseconds since 1970 UTC as an aware datetime in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND


def plausible(day: date) -> bool:
    """True if a day or an instant lies within the years 2000 to 2100, the range for input, in its own time zone."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_of(text: str) -> date:
    """The date that ``text`` gives in ISO 8601, "2026-11-22". Raises ValueError for other text and years."""
    day = date.fromisoformat(text)
    if not plausible(day):
        raise ValueError(f"year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return day


def need_plausible(day: date, field: str) -> None:
    """Raises ValueError with a Vietnamese sentence that names ``field`` if ``day`` is outside 2000 to 2100."""
    if not plausible(day):
        raise ValueError(f"{field}: năm {day.year} nằm ngoài khoảng từ {FIRST_YEAR} đến {LAST_YEAR}")


def readable(day: date) -> bool:
    """True if a stored day or instant lies within the years 1900 to 2200, so that it can be calculated with.

    This range is wider than that for input (`plausible`): a source may have dated an article 1985, and an earlier
    version of the program accepted any year. In years 1 and 9999 a conversion between zones can raise OverflowError.
    """
    return _READABLE[0] <= day.year <= _READABLE[1]
