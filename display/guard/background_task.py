"""Work that may take long for reasons of the network, beside the guard; used by guard.py and photographs.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.client import HTTPException


class BackgroundTask(threading.Thread):
    """In a thread of its own: the guard never waits for it."""

    def __init__(self, work: Callable[[], object], until: float = 0.0) -> None:
        """``until`` is by the guard's clock, and the guard's business."""
        super().__init__(name="errand", daemon=True)
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
        """Why it failed, "" where it did not; None where it is not done ``within`` seconds."""
        self.join(within)
        return None if self.is_alive() else self._why
