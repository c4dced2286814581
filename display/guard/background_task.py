"""Runs network calls that may take long in separate threads; used by server_check.py and screenshots.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.client import HTTPException


class BackgroundTask(threading.Thread):
    """A thread that calls ``work`` as soon as it is created.

    The task fails if ``work`` raises OSError, ValueError or HTTPException.
    """

    def __init__(self, work: Callable[[], object], until: float = 0.0) -> None:
        """Starts the thread.

        ``until`` is only stored: the time, by the caller's clock, at which the caller stops waiting.
        """
        super().__init__(name="background-task", daemon=True)
        self.until = until
        self._work = work
        self._why = "broken off"
        self.start()

    def run(self) -> None:
        try:
            self._work()
            self._why = ""
        except (OSError, ValueError, HTTPException) as error:
            self._why = str(error) or type(error).__name__

    def why(self, within: float = 0.0) -> str | None:
        """Waits up to ``within`` seconds; returns why the task failed, "" if it succeeded, None if it still runs."""
        self.join(within)
        return None if self.is_alive() else self._why
