"""Thread pools whose limit ignores slow tasks, one pool for each group of sources; used by the harvest.

Four threads are enough for hosts that answer. If a hanging host took one of the four for good, twenty hanging hosts
would delay all others for 75 s (15 s each, five rounds). So a task older than ``slow_after`` no longer
counts towards ``active_limit``, only towards ``total_limit``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock


@dataclass
class ThreadPool:
    """At most ``active_limit`` tasks younger than ``slow_after`` at a time, and at most ``total_limit`` in all."""

    executor: Executor
    active_limit: int
    total_limit: int
    slow_after: timedelta = timedelta(seconds=3)
    _running: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def has_room(self, now: datetime) -> bool:
        """Whether another task may start now."""
        with self._lock:
            fresh = sum(now - begun < self.slow_after for begun in self._running.values())
            return fresh < self.active_limit and len(self._running) < self.total_limit

    def start(self, name: str, work: Callable[[], object], now: datetime) -> None:
        """Runs ``work`` in a thread; its place is free again when it ends, even by an exception."""
        with self._lock:
            self._running[name] = now
        self.executor.submit(self._run, name, work)

    def _run(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._running.pop(name, None)
