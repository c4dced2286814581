"""Measures the lag of the event loop: a greenlet sleeps for 50 ms and records how much longer the sleep took.

Started by server.processes.server; read by live.ops.server_metrics. Targets (docs/performance.md): 99.9 % of the lags
at most 10 ms, the worst at most 50 ms.
"""

from __future__ import annotations

from collections.abc import Callable

INTERVAL_SECONDS = 0.05
MINUTE = 60.0


class LoopLag:
    """Measures lags repeatedly, and passes each, in seconds, to ``observe``.

    ``monotonic`` returns a time in seconds; ``sleep`` waits for the given number of seconds.
    """

    def __init__(
        self, monotonic: Callable[[], float], sleep: Callable[[float], object], observe: Callable[[float], object]
    ) -> None:
        self._monotonic, self._sleep, self._observe = monotonic, sleep, observe
        self._since = monotonic()
        self._last_minute = self._this_minute = 0.0

    @property
    def worst(self) -> float:
        """The longest lag, in seconds, of the last one to two minutes."""
        return max(self._last_minute, self._this_minute)

    def run(self) -> None:
        """Measures until the greenlet is killed."""
        while True:
            self.measure()

    def measure(self) -> None:
        """Measures once, which takes ``INTERVAL_SECONDS`` or longer."""
        begun = self._monotonic()
        self._sleep(INTERVAL_SECONDS)
        woken = self._monotonic()
        late = max(0.0, woken - begun - INTERVAL_SECONDS)
        self._observe(late)
        if woken - self._since >= MINUTE:
            self._since, self._last_minute, self._this_minute = woken, self._this_minute, 0.0
        self._this_minute = max(self._this_minute, late)
