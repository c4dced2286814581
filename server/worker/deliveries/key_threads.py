"""Serves keys such as webhooks in threads, each key in one thread at a time; used by webhooks and alarms_sender."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger("deliveries")
Key = TypeVar("Key")


class KeyThreads(Generic[Key]):
    """Calls ``serve`` with keys in at most ``threads`` threads called ``name``; a slow key delays no other."""

    def __init__(self, serve: Callable[[Key], None], threads: int, name: str) -> None:
        self._serve = serve
        self._executor = ThreadPoolExecutor(threads, name)
        self._busy: set[Key] = set()
        self._lock = Lock()

    def start(self, keys: Iterable[Key]) -> None:
        """Starts a task for each of ``keys`` that is not being served."""
        for key in keys:
            with self._lock:
                if key in self._busy:
                    continue
                self._busy.add(key)
            self._executor.submit(self._run, key).add_done_callback(_report)

    def idle(self) -> bool:
        """Whether no key is being served."""
        with self._lock:
            return not self._busy

    def close(self) -> None:
        """Waits until the running tasks have ended, and ends the threads."""
        self._executor.shutdown()

    def _run(self, key: Key) -> None:
        try:
            self._serve(key)
        finally:
            with self._lock:
                self._busy.discard(key)


def _report(task: Future[None]) -> None:
    """Logs the exception of a task that failed."""
    if (error := task.exception()) is not None:
        log.error("task failed", exc_info=error)
