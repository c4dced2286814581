"""Recurring announcements: converts the answers of a form to an RRULE, and an RRULE to windows.

Called by most packages of server; server/store/announcements computes the windows again as time passes. Only a subset
of RFC 5545 is accepted: every n days, certain weekdays, certain days of the month.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from server.core.calendar import is_day_off
from server.core.model import Recurrence, Window

AHEAD = timedelta(days=35)
"""How far ahead windows are computed: longer than any expected outage of the worker, which renews them."""
BEHIND = timedelta(days=2)
SEARCHED = timedelta(days=3 * 366)
"""How far after its first day (or after now) a rule is searched for windows."""
_YEAR = timedelta(days=366)
LAST_DAY = -1
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
# Other rules of RFC 5545 could recur every second, or never.
_ALLOWED = re.compile(
    r"FREQ=(?:DAILY|WEEKLY|MONTHLY)(?:;INTERVAL=[1-9]\d?)?"
    r"(?:;BYDAY=(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU)){0,6})?"
    r"(?:;BYMONTHDAY=(?:-1|[12]?\d|3[01])(?:,(?:-1|[12]?\d|3[01])){0,31})?"
)


def rule_of(weekdays: Collection[int] = (), month_days: Collection[int] = ()) -> str:
    """The RRULE for weekdays 0 (Monday) to 6, or for days of the month 1 to 31 (-1: the last day).

    If both are empty, the rule recurs every day. Raises ValueError if both are given, and for a day of the month that
    does not exist.
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
    """Returns ``rule`` unchanged. Raises ValueError if it is not in the accepted subset."""
    if not _ALLOWED.fullmatch(rule) or re.search(r"[=,]0[;,]|[=,]0$", rule):
        raise ValueError(f"Không hiểu cách lặp lại {rule!r}.")
    return rule


def windows(repeat: Recurrence, *, now: datetime, days_off: Collection[date] = ()) -> tuple[Window, ...]:
    """The windows of ``repeat`` from `BEHIND` before ``now`` to `AHEAD` after it, in order, in UTC.

    ``days_off`` are days off besides the public holidays. Raises ValueError for a rule outside the accepted subset.
    """
    zone = ZoneInfo(repeat.zone)
    since = max(repeat.first, (now - BEHIND).astimezone(zone).date())
    until = (now + AHEAD).astimezone(zone).date()
    until = until if repeat.last is None else min(until, repeat.last)
    return tuple(_windows(repeat, since, until, days_off))


def coming(repeat: Recurrence, *, now: datetime, days_off: Collection[date] = (), most: int) -> tuple[Window, ...]:
    """The first ``most`` windows of ``repeat`` that have not ended at ``now``, in order, in UTC.

    The search ends three years (`SEARCHED`) after ``now`` less `BEHIND`, or after the first day if that is later.
    Raises ValueError for a rule outside the accepted subset.
    """
    zone = ZoneInfo(repeat.zone)
    since = max(repeat.first, (now - BEHIND).astimezone(zone).date())
    until = since + SEARCHED if repeat.last is None else min(repeat.last, since + SEARCHED)
    ahead = (one for one in _windows(repeat, since, until, days_off) if one.until is None or one.until > now)
    return tuple(islice(ahead, most))


def first_start(repeat: Recurrence, days_off: Collection[date] = ()) -> datetime | None:
    """The start of the first window of ``repeat``, in UTC.

    None if there is no window within `SEARCHED` (three years) after its first day.
    """
    found = _windows(repeat, repeat.first, _last_day(repeat, repeat.first + SEARCHED), days_off)
    return next((window.start for window in found), None)


def last_end(repeat: Recurrence, days_off: Collection[date] = ()) -> datetime | None:
    """Returns the end of the last window of ``repeat``, in UTC.

    None if `ends` returns None for it, or if there is no window in the year before the time that `ends` returns.
    """
    bound = ends(repeat)
    if bound is None:
        return None
    until = _last_day(repeat, bound.astimezone(ZoneInfo(repeat.zone)).date())
    found = deque(_windows(repeat, max(repeat.first, until - _YEAR), until, days_off), maxlen=1)
    return found[0].until if found else None


def _last_day(repeat: Recurrence, day: date) -> date:
    return day if repeat.last is None else min(day, repeat.last)


def ends(repeat: Recurrence) -> datetime | None:
    """The time in UTC after which ``repeat`` has no window: the end of its last day's hours, or ``not_after``.

    None if it has neither a last day nor ``not_after``. The last window may end earlier (see `last_end`), but this
    bound needs no search, so that the store can save and compare it.
    """
    if repeat.last is None:
        return repeat.not_after
    end = _whole_window(repeat, repeat.last, ZoneInfo(repeat.zone)).until
    return end if repeat.not_after is None or end is None else min(end, repeat.not_after)


def words(repeat: Recurrence) -> str:
    """The recurrence in Vietnamese words, for example "07:00 đến 09:00, thứ Hai đến thứ Sáu, trừ ngày lễ"."""
    parts = [f"{repeat.start:%H:%M} đến {repeat.end:%H:%M}", _day_words(repeat.rule)]
    return ", ".join([*parts, "trừ ngày lễ"] if repeat.but_holidays else parts)


def weekdays_of(rule: str) -> tuple[int, ...]:
    """The weekdays of a rule, 0 (Monday) to 6, for the form; empty if it does not name any. See `rule_of`."""
    return tuple(WEEKDAYS.index(day) for day in _part(rule, "BYDAY"))


def month_days_of(rule: str) -> tuple[int, ...]:
    """The days of the month of a rule, 1 to 31 or -1, for the form; empty if it does not name any. See `rule_of`."""
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


def _windows(repeat: Recurrence, since: date, until: date, days_off: Collection[date]) -> Iterator[Window]:
    """Yields the windows of the days from ``since`` to ``until`` inclusive; ``repeat`` may skip days off."""
    zone = ZoneInfo(repeat.zone)
    for day in _days(repeat, since, until):
        if not (repeat.but_holidays and is_day_off(day, days_off)):
            yield from _within_bounds(repeat, _whole_window(repeat, day, zone))


def _within_bounds(repeat: Recurrence, whole: Window) -> Iterator[Window]:
    """Yields the part of a window between ``not_before`` and ``not_after``, or nothing if no part is left."""
    start = whole.start if repeat.not_before is None else max(whole.start, repeat.not_before)
    end = whole.until
    if repeat.not_after is not None:
        end = repeat.not_after if end is None else min(end, repeat.not_after)
    if end is None or start < end:
        yield Window(start, end)


def _whole_window(repeat: Recurrence, day: date, zone: ZoneInfo) -> Window:
    """The window of one day, in UTC but computed in wall time: 07:00 stays 07:00 in daylight saving time."""
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
