"""Finds the day by which a citizen has to act, or on which something takes place; called by desk.public and worker.

The day is taken from the announcement's text. For a statutory posting whose text names none, it is the day on which
the posting ends.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.core.model import Announcement

# A day without its year counts only if it is this near: a later one may be a day of the past.
_NEAR = timedelta(days=60)
_DAY = re.compile(
    r"(?<![\d/.,-])(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:(?:/|\s+năm\s+)(\d{4})|(?!/|\s+năm))(?![\d/]|\w)"
)


# A line that says when and where a document was made, as postings of documents have: no citizen has to act then.
_ISSUED = re.compile(r"^\W*(?:ngày )?ban hành\b[^\n]*$", re.IGNORECASE | re.MULTILINE)


def deadline(one: Announcement, today: date, zone: ZoneInfo) -> date | None:
    """Returns the next day, from ``today`` on, that the title or the text names; None if there is none.

    The line that says when a document was issued does not count. A statutory posting that names none has the last
    day of its showing.
    """
    words = f"{one.title}\n{_ISSUED.sub('', one.text)}"
    named = (_date(found, today) for found in _DAY.finditer(words))
    ahead = [day for day in named if day is not None and day >= today]
    ends = [window.until.astimezone(zone).date() for window in one.windows if window.until and one.longest_gap]
    return min(ahead or [end for end in ends if end >= today], default=None)


def _date(found: re.Match[str], today: date) -> date | None:
    """Returns the day in the match; None if there is no such day in the calendar.

    Without a year, it is the next such day, or None if that is more than `_NEAR` ahead.
    """
    day, month, year = (int(part) if part else None for part in found.groups())
    with suppress(ValueError):
        if year is not None:
            return date(year, month or 0, day or 0)
        this_year = date(today.year, month or 0, day or 0)
        coming = this_year if this_year >= today else this_year.replace(year=today.year + 1)
        return coming if coming - today <= _NEAR else None
    return None
