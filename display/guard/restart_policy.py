"""Decides when a page that does not answer is reloaded, and when its browser is restarted; pure, called by guard.py.

The guard asks the page every 5 s. After 15 s without an answer it kills the page's renderer and reloads the page,
after 25 s it restarts the browser. After more than three starts in ten minutes it starts the browser only every five
minutes, for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Action = Literal["wait", "reload", "restart"]


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """The history of the page and the browser, and the limits that decide what to do; times are monotonic seconds.

    ``beat`` is the time of the page's last answer, ``reloaded`` the time of a reload since then or None, ``starts``
    are the browser's starts in the last ``window`` seconds. ``slow`` says that there were more than ``most_starts``;
    then the browser is started only every ``calm`` seconds, until it has run for ``window`` seconds.
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
        """The policy after the page has answered at ``now``."""
        well = not self.starts or now - self.starts[-1] >= self.window
        return replace(self, beat=now, reloaded=None, slow=self.slow and not well)

    def excused(self, seconds: float) -> RestartPolicy:
        """The policy with ``seconds`` not counted as silence, because the guard was busy with other work."""
        return replace(self, beat=self.beat + seconds)

    def due(self, now: float) -> Action:
        """The action to take at ``now``, by how long the page has not answered."""
        silent = now - self.beat
        if silent >= self.restart_after:
            return "restart"
        return "reload" if silent >= self.reload_after and self.reloaded is None else "wait"

    def helped(self, now: float) -> RestartPolicy:
        """The policy after the page was reloaded at ``now``: it is not reloaded again before it has answered."""
        return replace(self, reloaded=now)

    def pause(self, now: float) -> float:
        """Seconds that the next start has to wait: 0, or if ``slow``, until ``calm`` seconds after the last start."""
        return max(0.0, self.starts[-1] + self.calm - now) if self.slow else 0.0

    def started(self, now: float) -> RestartPolicy:
        """The policy after a start of the browser, whose page must answer within ``restart_after`` seconds."""
        starts = (*(start for start in self.starts if now - start < self.window), now)
        return replace(self, beat=now, reloaded=None, starts=starts, slow=self.slow or len(starts) > self.most_starts)
