"""Repeated announcements: a form's answers as an RRULE, and an RRULE as windows.

Called by the composer, the command line, and server/store/announcements, which computes the windows again as time
passes. Only the subset of RFC 5545 that the form can make is accepted: every n days, weekdays, days of the month.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from server.core.calendar import is_day_off
from server.core.model import Recurrence, Window

AHEAD = timedelta(days=35)
"""How far ahead windows are computed: longer than the worker may be down, yet short enough for a short list."""
BEHIND = timedelta(days=2)
LAST_DAY = -1
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
# A wider subset would allow a time each second, or a day that never comes.
_ALLOWED = re.compile(
    r"FREQ=(?:DAILY|WEEKLY|MONTHLY)(?:;INTERVAL=[1-9]\d?)?"
    r"(?:;BYDAY=(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU)){0,6})?"
    r"(?:;BYMONTHDAY=(?:-1|[12]?\d|3[01])(?:,(?:-1|[12]?\d|3[01])){0,31})?"
)


def rule_of(weekdays: Collection[int] = (), month_days: Collection[int] = ()) -> str:
    """The RRULE for weekdays 0 (Monday) to 6, or for days of the month 1 to 31 (-1: the last day).

    Every day if both are empty. Raises ValueError for both at once, and for days that do not exist.
    """
    if weekdays and month_days:
        raise ValueError("Chỉ chọn theo ngày trong tuần hoặc theo ngày trong tháng.")
    if weekdays:
        return checked("FREQ=WEEKLY;BYDAY=" + ",".join(WEEKDAYS[day] for day in sorted(set(weekdays))))
    if month_days:
        ordered = sorted(set(month_days), key=lambda day: day if day > 0 else 32)
        return checked("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, ordered)))
    return "FREQ=DAILY"


def checked(rule: str) -> str:
    """``rule`` unchanged. Raises ValueError if the form cannot make such a rule."""
    if not _ALLOWED.fullmatch(rule) or re.search(r"[=,]0[;,]|[=,]0$", rule):
        raise ValueError(f"Không hiểu cách lặp lại {rule!r}.")
    return rule


def windows(repeat: Recurrence, *, now: datetime, days_off: Collection[date] = ()) -> tuple[Window, ...]:
    """Its windows from `BEHIND` before ``now`` to `AHEAD` after it, in order, in UTC.

    ``days_off`` are days off besides the public holidays. Raises ValueError if the form cannot make such a rule.
    """
    zone = ZoneInfo(repeat.zone)
    since = max(repeat.first, (now - BEHIND).astimezone(zone).date())
    until = (now + AHEAD).astimezone(zone).date()
    until = until if repeat.last is None else min(until, repeat.last)
    days = _days(repeat, since, until)
    skips = repeat.but_holidays
    return tuple(_window(repeat, day, zone) for day in days if not (skips and is_day_off(day, days_off)))


def ends(repeat: Recurrence) -> datetime | None:
    """The end of the last window, in UTC; None if there is no last day."""
    return None if repeat.last is None else _window(repeat, repeat.last, ZoneInfo(repeat.zone)).until


def words(repeat: Recurrence) -> str:
    """The recurrence in Vietnamese words, for example "07:00 đến 09:00, thứ Hai đến thứ Sáu, trừ ngày lễ"."""
    parts = [f"{repeat.start:%H:%M} đến {repeat.end:%H:%M}", _day_words(repeat.rule)]
    return ", ".join([*parts, "trừ ngày lễ"] if repeat.but_holidays else parts)


def weekdays_of(rule: str) -> tuple[int, ...]:
    """The weekdays of a rule, 0 to 6; the inverse of `rule_of`, for editing."""
    return tuple(WEEKDAYS.index(day) for day in _part(rule, "BYDAY"))


def month_days_of(rule: str) -> tuple[int, ...]:
    """The days of the month of a rule, 1 to 31 or -1; the inverse of `rule_of`, for editing."""
    return tuple(int(day) for day in _part(rule, "BYMONTHDAY"))


def _part(rule: str, name: str) -> Sequence[str]:
    found = re.search(rf"{name}=([^;]+)", rule)
    return found[1].split(",") if found else ()


def _days(repeat: Recurrence, since: date, until: date) -> Iterator[date]:
    begin, end = (datetime.combine(day, time()) for day in (repeat.first, until))
    if since > until:
        return
    for found in rrulestr(checked(repeat.rule), dtstart=begin).xafter(datetime.combine(since, time()), inc=True):
        if found > end:
            return
        yield found.date()


def _window(repeat: Recurrence, day: date, zone: ZoneInfo) -> Window:
    """The window of one day, computed in wall time: 07:00 stays 07:00 when the zone changes to summer time."""
    over_midnight = repeat.end <= repeat.start
    last = day + timedelta(days=1) if over_midnight else day
    return Window(
        datetime.combine(day, repeat.start, zone).astimezone(UTC),
        datetime.combine(last, repeat.end, zone).astimezone(UTC),
    )


def _day_words(rule: str) -> str:
    weekdays, month_days = weekdays_of(rule), month_days_of(rule)
    if month_days:
        return (
            "ngày "
            + _listed(["cuối tháng" if day == LAST_DAY else str(day) for day in month_days])
            + ("" if month_days[-1] == LAST_DAY else " hằng tháng")
        )
    if not weekdays or len(weekdays) == 7:
        return "hằng ngày"
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        return f"{_NAMES[weekdays[0]]} đến {_NAMES[weekdays[-1]]}"
    return _listed([_NAMES[day] for day in weekdays])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} và {names[-1]}"
