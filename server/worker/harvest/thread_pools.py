"""Threads for one kind of source, of which those that have hung for a while do not count; used by the harvest.

Four workers are enough for hosts that answer. Were a host that hangs one of the four, twenty of them would hold
back all others for 75 s (15 s each, five rounds); so whoever has run longer than ``patience`` gives up its place.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock


@dataclass
class SourcePool:
    """``quick`` tasks at a time, not counting those older than ``patience``; never more than ``most`` in all."""

    executor: Executor
    quick: int
    most: int
    patience: timedelta = timedelta(seconds=3)
    _running: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def has_room(self, now: datetime) -> bool:
        with self._lock:
            fresh = sum(now - begun < self.patience for begun in self._running.values())
            return fresh < self.quick and len(self._running) < self.most

    def start(self, name: str, work: Callable[[], object], now: datetime) -> None:
        """Run ``work`` in a thread; its place is free again when it ends, however it ends."""
        with self._lock:
            self._running[name] = now
        self.executor.submit(self._run, name, work)

    def _run(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._running.pop(name, None)
