"""Describes in the user's language when a repeated announcement is shown; called by announcements and records."""

from __future__ import annotations

from flask_babel import get_locale, gettext

from server.core.announcements import recurrence
from server.core.model import Recurrence
from server.desk.web.dates import day_text
from server.desk.web.i18n import moment

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def repetition(repeat: Recurrence) -> str:
    """Returns a recurrence in words: "07:00 to 09:00, Monday to Friday, from 10/03/2026 to 20/03/2026".

    Different recurrences have different descriptions, so that a reader who compares two sees the difference.
    """
    return ", ".join([_hours_and_days(repeat), *_bounds(repeat)])


def _bounds(repeat: Recurrence) -> list[str]:
    """Returns phrases for the first and last day, and for the times before or after which it is never shown."""
    first = day_text(repeat.first)
    if repeat.last is None:
        found = [gettext("từ ngày %(first)s", first=first)]
    else:
        found = [gettext("từ ngày %(first)s đến ngày %(last)s", first=first, last=day_text(repeat.last))]
    if repeat.not_before is not None:
        found.append(gettext("không chiếu trước %(at)s", at=moment(repeat.not_before)))
    if repeat.not_after is not None:
        found.append(gettext("không chiếu sau %(at)s", at=moment(repeat.not_after)))
    return [str(each) for each in found]


def _hours_and_days(repeat: Recurrence) -> str:
    """Returns the hours and days in words, such as "07:00 to 09:00, every day".

    The Vietnamese words come from server.core, the English ones from this module.
    """
    locale = get_locale()
    if locale is None or locale.language != "en":
        return recurrence.words(repeat)
    parts = [f"{repeat.start:%H:%M} to {repeat.end:%H:%M}", _days(repeat.rule)]
    return ", ".join([*parts, "except public holidays"] if repeat.but_holidays else parts)


def _days(rule: str) -> str:
    weekdays, month_days = recurrence.weekdays_of(rule), recurrence.month_days_of(rule)
    if month_days:
        named = ["the last" if day == recurrence.LAST_DAY else str(day) for day in month_days]
        return f"on day {' and '.join(filter(None, (', '.join(named[:-1]), named[-1])))} of each month"
    if not weekdays or len(weekdays) == 7:
        return "every day"
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        return f"{_DAYS[weekdays[0]]} to {_DAYS[weekdays[-1]]}"
    return ", ".join(_DAYS[day] for day in weekdays)
