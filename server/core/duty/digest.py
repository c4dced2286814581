"""Decides when an editor's morning summary is due; called by worker.deliveries.digests."""

from __future__ import annotations

from datetime import date, datetime

from server.core.duty.plan import Preferences

LATEST = 6 * 60
"""Minutes after its time at which a summary is not made any more, such as after a night without the program."""


def is_due(own: Preferences, last: date | None, here: datetime) -> bool:
    """True if a person's summary is to be made at ``here`` (local time); ``last`` is the day of the last one."""
    if own.digest_at is None or last == here.date():
        return False
    minute = here.hour * 60 + here.minute
    return own.digest_at <= minute < own.digest_at + LATEST
