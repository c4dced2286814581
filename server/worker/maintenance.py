"""What the worker does about screens by the clock: notes outages, drops old proof, tests every path once a week.

Made by assembly; each method is a job of the worker's metronome. With several workers each does it, and the store
sees to it that it counts once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from server.store.database.engine import Database
from server.store.screens import receipts, silent_tests

# Tuesday, when offices are open and somebody can be called, and before the morning's rush is over nobody looks.
TEST_WEEKDAY = 1
TEST_HOUR = time(9, 30)
TEST_LASTS = timedelta(hours=6)


class Limits(Protocol):
    """The part [receipts] of config."""

    plays_days: int
    outages_days: int
    silent_minutes: float
    weekly_test: bool


class Maintenance:
    """The worker's care for screens."""

    def __init__(self, db: Database, limits: Limits, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._db, self._limits, self._zone, self._clock = db, limits, zone, clock

    def note_outages(self) -> int:
        return receipts.note_outages(self._db, self._clock(), timedelta(minutes=self._limits.silent_minutes))

    def forget(self) -> int:
        now = self._clock()
        first = (now - timedelta(days=self._limits.plays_days)).astimezone(self._zone).date()
        before = now - timedelta(days=self._limits.outages_days)
        return receipts.forget(self._db, plays_before=first.isoformat(), rest_before=before)

    def test_weekly(self) -> int:
        """Asks every screen, once after this week's hour has come; gives how many were asked."""
        if not self._limits.weekly_test:
            return 0
        now = self._clock()
        return silent_tests.begin(self._db, due=self.due(now), until=now + TEST_LASTS, now=now)

    def due(self, now: datetime) -> datetime:
        """The latest hour of the test that is not after ``now``."""
        here = now.astimezone(self._zone)
        day = here.date() - timedelta(days=(here.weekday() - TEST_WEEKDAY) % 7)
        found = datetime.combine(day, TEST_HOUR, self._zone)
        return found if found <= here else found - timedelta(days=7)
