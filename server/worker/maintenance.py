"""Scheduled jobs about screens: records outages, deletes old proof of play, starts the weekly silent test.

In the silent test every screen draws one pixel and reports it. Created by server.processes.worker. If there are
several workers, each runs these jobs; the store makes sure that nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from server.store.database.engine import Database
from server.store.screens import outages, plays, silent_tests

# The test runs on Tuesdays (weekday 1) at 9:30, in office hours, when somebody can be called about its result.
TEST_WEEKDAY = 1
TEST_HOUR = time(9, 30)
TEST_LASTS = timedelta(hours=6)


class Limits(Protocol):
    """The attributes of config.toml's section [receipts] that this module uses."""

    plays_days: int
    outages_days: int
    silent_minutes: float
    weekly_test: bool


class Maintenance:
    """The scheduled jobs about screens. ``zone`` is the province's time zone, for dates and the time of the test."""

    def __init__(self, db: Database, limits: Limits, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._db, self._limits, self._zone, self._clock = db, limits, zone, clock

    def note_outages(self) -> int:
        """Records an outage of each screen that has been silent for ``silent_minutes``; returns how many screens."""
        return outages.note(self._db, self._clock(), timedelta(minutes=self._limits.silent_minutes))

    def forget(self) -> int:
        """Deletes records of shown slides and of outages that are older than configured; returns how many rows."""
        now = self._clock()
        first = (now - timedelta(days=self._limits.plays_days)).astimezone(self._zone).date()
        before = now - timedelta(days=self._limits.outages_days)
        return plays.forget(self._db, before=first.isoformat()) + outages.forget(self._db, before=before)

    def test_weekly(self) -> int:
        """Starts the silent test of all screens if it is due; returns how many screens are tested, 0 if not due."""
        if not self._limits.weekly_test:
            return 0
        now = self._clock()
        return silent_tests.begin(self._db, due=self.due(now), until=now + TEST_LASTS, now=now)

    def due(self, now: datetime) -> datetime:
        """The latest weekly test time that is not after ``now``, in the province's time zone."""
        here = now.astimezone(self._zone)
        day = here.date() - timedelta(days=(here.weekday() - TEST_WEEKDAY) % 7)
        found = datetime.combine(day, TEST_HOUR, self._zone)
        return found if found <= here else found - timedelta(days=7)
