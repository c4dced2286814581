"""Detects that the system's clock was set, by comparing it with the monotonic clock; passed to the director."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.core.times import to_ms

LEAST_MS = 500
"""Smaller steps, in ms, are ignored: time synchronization corrects a running clock in many small steps."""
# Longest time between reading the monotonic clock, the system's clock and the monotonic clock again.
_QUICK_MS = 50


class ClockSteps:
    """Compares ``clock``, the system's clock, with ``monotonic``, a clock in seconds that is never set."""

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._ahead: int | None = None

    def step(self) -> int:
        """By how many ms the clock was set forward (negative: back) since the last call; 0 for less than LEAST_MS.

        Also 0 if reading the two clocks took more than _QUICK_MS, because the process was suspended meanwhile; the
        next call then reports the step.
        """
        before = self._monotonic()
        wall = to_ms(self._clock())
        after = self._monotonic()
        if (after - before) * 1000 > _QUICK_MS:
            return 0
        ahead, known = wall - round(after * 1000), self._ahead
        self._ahead = ahead
        return 0 if known is None or abs(ahead - known) < LEAST_MS else ahead - known
