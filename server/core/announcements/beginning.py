"""The time at which a board may first have shown an announcement; used by desk.public, for pages and feeds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from server.core.announcements import recurrence
from server.core.model import Announcement


def begun_at(one: Announcement, days_off: Collection[date] = ()) -> datetime | None:
    """Returns the first instant at which ``one`` is approved and one of its windows is open; None if there is none.

    The instant may lie in the future. ``one`` counts as approved from ``decided`` on, else from ``created`` on.
    """
    approved = one.decided or one.created
    if one.recurrence is not None:
        ahead = recurrence.coming(one.recurrence, now=approved, days_off=days_off, most=1)
    else:
        ahead = tuple(window for window in one.windows if window.until is None or window.until > approved)
    return min((max(window.start, approved) for window in ahead), default=None)
