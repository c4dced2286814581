"""How late the loop turns: a greenlet that wants to wake twenty times a second and notes by how much it did not.

Started by assembly; the metrics page reads it. Its targets (PERFORMANCE): 10 ms for 999 of 1,000, 50 ms at worst.
"""

from __future__ import annotations

from collections.abc import Callable

BEAT_SECONDS = 0.05
MINUTE = 60.0


class LoopLag:
    """Seconds by which beats came late, told to ``observe``; ``worst`` of the last one to two minutes.

    ``monotonic`` gives seconds, ``sleep`` waits so many.
    """

    def __init__(
        self, monotonic: Callable[[], float], sleep: Callable[[float], object], observe: Callable[[float], object]
    ) -> None:
        self._monotonic, self._sleep, self._observe = monotonic, sleep, observe
        self._since = monotonic()
        self._before = self._now = 0.0

    @property
    def worst(self) -> float:
        return max(self._before, self._now)

    def run(self) -> None:
        """Until the greenlet is killed."""
        while True:
            self.beat()

    def beat(self) -> None:
        begun = self._monotonic()
        self._sleep(BEAT_SECONDS)
        woken = self._monotonic()
        late = max(0.0, woken - begun - BEAT_SECONDS)
        self._observe(late)
        if woken - self._since >= MINUTE:
            self._since, self._before, self._now = woken, self._now, 0.0
        self._now = max(self._now, late)
