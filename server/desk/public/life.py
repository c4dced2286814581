"""Describes from when to when an item is posted, in words and as a number of days; called by item_page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from server.core.model import Announcement, Story


@dataclass(frozen=True, slots=True)
class Life:
    """The days from ``first`` to ``last`` (None: no end) on which an item is posted; ``today`` is the current day."""

    first: date
    last: date | None
    today: date

    @property
    def words(self) -> str:
        """The first and the last day as a phrase: "Đăng từ 09/03/2026 đến hết 10/03/2026"."""
        days = {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}" if self.last else ""}
        if self.last is None:
            return str(gettext("Đăng từ %(first)s", **days))
        if self.last == self.first:
            return str(gettext("Đăng ngày %(first)s", **days))
        return str(gettext("Đăng từ %(first)s đến hết %(last)s", **days))

    @property
    def spent(self) -> int:
        """Which day of the posting today is, counted from 1."""
        return max(1, (self.today - self.first).days + 1)

    @property
    def days(self) -> int:
        """How many days the posting lasts, at least `spent`; 0 if it has no end."""
        return max(self.spent, (self.last - self.first).days + 1) if self.last else 0

    @property
    def left(self) -> str:
        """How many days are left, in words; "" if the posting has no end."""
        left = self.days - self.spent
        if not self.last:
            return ""
        return str(gettext("còn %(days)s ngày", days=left)) if left else str(gettext("ngày cuối"))


def announcement_life(one: Announcement, now: datetime, zone: ZoneInfo) -> Life:
    """Returns the days from the first to the last on which the announcement may be shown.

    They come from its recurrence or, without one, from its windows (periods of showing).
    """
    today = now.astimezone(zone).date()
    if one.recurrence is not None:
        return Life(one.recurrence.first, one.recurrence.last, today)
    ends = [window.until for window in one.windows]
    first = min(window.start for window in one.windows).astimezone(zone).date()
    last = None if None in ends else max(end.astimezone(zone) for end in ends if end).date()
    return Life(first, last, today)


def story_life(one: Story, until: datetime, now: datetime, zone: ZoneInfo) -> Life:
    """Returns the days from the story's publication to ``until``, when the last board stops showing it."""
    days = (at.astimezone(zone).date() for at in (one.published, until, now))
    return Life(*days)
