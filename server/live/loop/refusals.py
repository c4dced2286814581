"""Counts refused messages and connections by reason, and logs a summary at most once a minute.

Used by hub, sockets and desk_proxy. If each refusal were logged, a client could fill the log. server.live.ops exports
the counts as metrics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog

log = structlog.get_logger("hub")
LOG_SECONDS = 60.0
LONGEST_EXAMPLE = 400


class Refusals:
    """Counts by reason, such as "want: too often". ``monotonic`` returns seconds.

    Reasons are fixed texts of the program: if clients could choose them, they could fill the memory.
    """

    def __init__(self, monotonic: Callable[[], float], *, event: str = "clients refused") -> None:
        """Starts with empty counts. ``event`` is the event name of the log lines."""
        self._monotonic, self._event = monotonic, event
        # Reason -> number of refusals since the process started.
        self.counts: Counter[str] = Counter()
        self._since: Counter[str] = Counter()
        self._logged_at: float | None = None

    def count(self, reason: str, example: object = "") -> None:
        """Counts one refusal, and logs the counts if no line was logged in the last ``LOG_SECONDS``.

        ``example`` describes this case; the log line contains its first ``LONGEST_EXAMPLE`` characters.
        """
        self.counts[reason] += 1
        self._since[reason] += 1
        now = self._monotonic()
        if self._logged_at is not None and now - self._logged_at < LOG_SECONDS:
            return
        self._logged_at = now
        since, self._since = self._since, Counter()
        log.warning(self._event, counts=dict(since), last=reason, example=str(example)[:LONGEST_EXAMPLE])
