"""When a browser that does not answer is helped, and when it is started anew; pure, called by guard.py.

GLASS: a heartbeat every 5 s; none for 15 s, the renderer is killed and the page loaded again; none for 25 s, the
browser is started again; more than three starts in ten minutes, one every five minutes from then on, for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Act = Literal["wait", "reload", "restart"]


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Seconds on a clock that only goes forward. ``beat`` is the last sign of life, ``reloaded`` the last help.

    ``slow``: it has died too often, and is started calmly until it has lived for ``window``.
    """

    beat: float
    reloaded: float | None = None
    starts: tuple[float, ...] = ()
    reload_after: float = 15
    restart_after: float = 25
    window: float = 600
    most_starts: int = 3
    calm: float = 300
    slow: bool = False

    def alive(self, now: float) -> RestartPolicy:
        """The page has answered."""
        well = not self.starts or now - self.starts[-1] >= self.window
        return replace(self, beat=now, reloaded=None, slow=self.slow and not well)

    def excused(self, seconds: float) -> RestartPolicy:
        """For so long nobody has listened: it is no silence."""
        return replace(self, beat=self.beat + seconds)

    def due(self, now: float) -> Act:
        """What silence asks for now."""
        silent = now - self.beat
        if silent >= self.restart_after:
            return "restart"
        return "reload" if silent >= self.reload_after and self.reloaded is None else "wait"

    def helped(self, now: float) -> RestartPolicy:
        """The renderer was killed and the page loaded again: it has what is left until the restart."""
        return replace(self, reloaded=now)

    def pause(self, now: float) -> float:
        """How long a start has to wait: not at all, or until five minutes after the last one."""
        return max(0.0, self.starts[-1] + self.calm - now) if self.slow else 0.0

    def started(self, now: float) -> RestartPolicy:
        """The browser was started; it has until ``restart_after`` for its first answer."""
        starts = (*(start for start in self.starts if now - start < self.window), now)
        return replace(self, beat=now, reloaded=None, starts=starts, slow=self.slow or len(starts) > self.most_starts)
