"""Compares this machine's clock with those of the hosts to which the worker sends; used by alarms_jobs and others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

FRESH = timedelta(minutes=30)
"""A comparison that is older than this says nothing any more."""


class ClockCheck:
    """Keeps how far the clock was off at the last comparisons, from any thread.

    ``clock`` returns the time as an aware UTC datetime, ``monotonic`` the seconds of a monotonic clock.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._lock = Lock()
        self._by_host: dict[str, tuple[float, timedelta]] = {}

    def compare(self, host: str, date: datetime | None) -> None:
        """Notes the time that a host has just named in the header Date, which has whole seconds; None: no time."""
        if date is not None:
            with self._lock:
                self._by_host[host] = self._monotonic(), self._clock() - date

    def offset(self) -> timedelta | None:
        """Returns by how much this clock is ahead of the host that agrees best with it; None if none was asked.

        So a single host with a wrong clock causes no alarm.
        """
        oldest = self._monotonic() - FRESH.total_seconds()
        with self._lock:
            found = [offset for at, offset in self._by_host.values() if at >= oldest]
        return min(found, key=abs, default=None)
