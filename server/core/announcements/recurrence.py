"""When an announcement that comes back is shown: a form's answers as an RRULE, and that as windows; called by the
composer, the command line and the worker, which renews the windows as time passes.

Rules are those of RFC 5545 that a form can make: every so many days, days of the week, days of the month.
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
"""How far windows are written in advance: longer than the worker can be missed, short enough to stay a short list."""
BEHIND = timedelta(days=2)
LAST_DAY = -1
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
# Anything more could ask for a time each second, or for a day that never comes.
_ALLOWED = re.compile(
    r"FREQ=(?:DAILY|WEEKLY|MONTHLY)(?:;INTERVAL=[1-9]\d?)?"
    r"(?:;BYDAY=(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU)){0,6})?"
    r"(?:;BYMONTHDAY=(?:-1|[12]?\d|3[01])(?:,(?:-1|[12]?\d|3[01])){0,31})?"
)


def rule_of(weekdays: Collection[int] = (), month_days: Collection[int] = ()) -> str:
    """The RRULE of a form: weekdays 0 (Monday) to 6, or days of the month 1 to 31 and -1 for the last one.

    Every day where both are empty. Raises ValueError for both at once, and for days that there are not.
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
    """The rule itself. Raises ValueError where it is not one that a form can make."""
    if not _ALLOWED.fullmatch(rule) or re.search(r"[=,]0[;,]|[=,]0$", rule):
        raise ValueError(f"Không hiểu cách lặp lại {rule!r}.")
    return rule


def windows(made: Recurrence, *, now: datetime, days_off: Collection[date] = ()) -> tuple[Window, ...]:
    """Its windows from two days ago to ``AHEAD`` from ``now``, in order, in UTC.

    ``days_off`` are added to the holidays by law. Raises ValueError for a rule that a form cannot make.
    """
    zone = ZoneInfo(made.zone)
    since = max(made.first, (now - BEHIND).astimezone(zone).date())
    until = (now + AHEAD).astimezone(zone).date()
    until = until if made.last is None else min(until, made.last)
    days = _days(made, since, until)
    return tuple(_window(made, day, zone) for day in days if not (made.but_holidays and is_day_off(day, days_off)))


def ends(made: Recurrence) -> datetime | None:
    """When the last window is over, in UTC; None where it goes on for good."""
    return None if made.last is None else _window(made, made.last, ZoneInfo(made.zone)).until


def words(made: Recurrence) -> str:
    """ "07:00 đến 09:00, thứ Hai đến thứ Sáu, trừ ngày lễ": what people read of it."""
    parts = [f"{made.start:%H:%M} đến {made.end:%H:%M}", _day_words(made.rule)]
    return ", ".join([*parts, "trừ ngày lễ"] if made.but_holidays else parts)


def weekdays_of(rule: str) -> tuple[int, ...]:
    """The weekdays that the rule names, for the form to show again."""
    return tuple(WEEKDAYS.index(day) for day in _part(rule, "BYDAY"))


def month_days_of(rule: str) -> tuple[int, ...]:
    """The days of the month that the rule names."""
    return tuple(int(day) for day in _part(rule, "BYMONTHDAY"))


def _part(rule: str, name: str) -> Sequence[str]:
    found = re.search(rf"{name}=([^;]+)", rule)
    return found[1].split(",") if found else ()


def _days(made: Recurrence, since: date, until: date) -> Iterator[date]:
    begin, end = (datetime.combine(day, time()) for day in (made.first, until))
    if since > until:
        return
    for found in rrulestr(checked(made.rule), dtstart=begin).xafter(datetime.combine(since, time()), inc=True):
        if found > end:
            return
        yield found.date()


def _window(made: Recurrence, day: date, zone: ZoneInfo) -> Window:
    """Wall time: seven in the morning stays seven, whatever becomes of the zone."""
    over_midnight = made.end <= made.start
    last = day + timedelta(days=1) if over_midnight else day
    return Window(
        datetime.combine(day, made.start, zone).astimezone(UTC),
        datetime.combine(last, made.end, zone).astimezone(UTC),
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
