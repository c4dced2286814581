"""Scheduled upkeep of screens: records outages, deletes old proof of play, runs the weekly silent test.

Created by server.processes.worker; each method is a scheduled job. With several workers each runs the jobs, and the
store makes sure that each job takes effect once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from server.store.database.engine import Database
from server.store.screens import outages, plays, silent_tests

# Tuesday at 9.30: offices are open and somebody can be called; earlier in the morning nobody would look.
TEST_WEEKDAY = 1
TEST_HOUR = time(9, 30)
TEST_LASTS = timedelta(hours=6)


class Limits(Protocol):
    """The section [receipts] of config."""

    plays_days: int
    outages_days: int
    silent_minutes: float
    weekly_test: bool


class Maintenance:
    """The scheduled jobs about screens; ``zone`` is the province's time zone, for days and for the test's hour."""

    def __init__(self, db: Database, limits: Limits, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._db, self._limits, self._zone, self._clock = db, limits, zone, clock

    def note_outages(self) -> int:
        """Records screens that have been silent for longer than ``silent_minutes``; returns how many."""
        return outages.note(self._db, self._clock(), timedelta(minutes=self._limits.silent_minutes))

    def forget(self) -> int:
        """Deletes plays and outages older than the configured number of days; returns how many rows."""
        now = self._clock()
        first = (now - timedelta(days=self._limits.plays_days)).astimezone(self._zone).date()
        before = now - timedelta(days=self._limits.outages_days)
        return plays.forget(self._db, before=first.isoformat()) + outages.forget(self._db, before=before)

    def test_weekly(self) -> int:
        """Starts the silent test of all screens, once after each due time; returns how many screens are tested."""
        if not self._limits.weekly_test:
            return 0
        now = self._clock()
        return silent_tests.begin(self._db, due=self.due(now), until=now + TEST_LASTS, now=now)

    def due(self, now: datetime) -> datetime:
        """The latest time of the weekly test that is not after ``now``, in the province's zone."""
        here = now.astimezone(self._zone)
        day = here.date() - timedelta(days=(here.weekday() - TEST_WEEKDAY) % 7)
        found = datetime.combine(day, TEST_HOUR, self._zone)
        return found if found <= here else found - timedelta(days=7)
