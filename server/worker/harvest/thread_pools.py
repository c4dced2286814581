"""Thread pools that do not count slow tasks, so that hanging hosts do not delay others; used by the harvest.

Four threads are enough for hosts that respond. But with only four, twenty hosts that hang for 15 s each would delay
all others for 75 s. So a task older than ``slow_after`` counts only towards ``total_limit``, no longer towards
``active_limit``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from time import monotonic

import structlog

log = structlog.get_logger("worker")


@dataclass
class ThreadPool:
    """Runs at most ``active_limit`` tasks younger than ``slow_after`` at a time, and at most ``total_limit`` in all.

    ``clock`` returns seconds. It is a monotonic clock, because the system's clock may be set back, and hung tasks
    would then count as young.
    """

    executor: Executor
    active_limit: int
    total_limit: int
    slow_after: timedelta = timedelta(seconds=3)
    clock: Callable[[], float] = monotonic
    _running: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def has_room(self) -> bool:
        """Whether another task may start now."""
        oldest = self.clock() - self.slow_after.total_seconds()
        with self._lock:
            fresh = sum(begun > oldest for begun in self._running.values())
            return fresh < self.active_limit and len(self._running) < self.total_limit

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Runs ``work`` in a thread, under a unique ``name``. Its exceptions are logged.

        The caller must have checked ``has_room``.
        """
        with self._lock:
            self._running[name] = self.clock()
        self.executor.submit(self._run, name, work)

    def _run(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:
            # The future's result is never read, so without this line the exception would be lost.
            log.exception("task failed", task=name)
        finally:
            with self._lock:
                self._running.pop(name, None)
