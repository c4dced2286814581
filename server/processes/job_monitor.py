"""Records when each job last started and how it ended; used by jobs.py, and by server.py for the health checks.

Times are read from the monotonic clock, which does not change when the system's clock is set.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

LATE_SECONDS = 5.0


class JobMonitor:
    """Knows which jobs of this process are late and which fail. ``clock`` returns monotonic seconds.

    A job is late if its next start is more than ``LATE_SECONDS`` overdue.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._every: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._failing: dict[str, str] = {}

    def expect(self, name: str, seconds: float) -> None:
        """Adds a job that should start every ``seconds`` from now on."""
        self._every[name] = seconds
        self._last[name] = self._clock()

    def began(self, name: str) -> None:
        """Records that a run of the job starts now."""
        self._last[name] = self._clock()

    def ended(self, name: str, error: BaseException | None = None) -> None:
        """Records the end of a run; the job counts as failing until a run ends without ``error``."""
        if error is None:
            self._failing.pop(name, None)
        else:
            self._failing[name] = type(error).__name__

    def failing(self) -> dict[str, str]:
        """Returns name -> name of the exception's class, for each job whose last run raised an exception."""
        return dict(self._failing)

    def late(self) -> dict[str, float]:
        """Returns name -> seconds overdue, for each late job; the jobs are in the order in which they were added."""
        now = self._clock()
        waited = {name: now - self._last[name] - every for name, every in self._every.items()}
        return {name: seconds for name, seconds in waited.items() if seconds > LATE_SECONDS}
