"""A server with paired screens in two communes, connected by a link that a test can cut; used by the fault tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from server.core.model import Notice
from server.core.times import to_ms
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity, Screen
from tests.cluster.cluster import meanwhile
from tests.faults.fake_clock import SteppedStation
from tests.faults.link import Link
from tests.station import config_text

BOARDS = ("xa-mot", "xa-hai")
SOON = 40.0
"""The most seconds until screens and server agree again after a fault, on a busy machine."""


@dataclass
class PairedScreens:
    """A station with ``each`` simulated screens on every board; ``crowd`` has them all, in the boards' order."""

    folder: Path
    each: int = 1
    station: SteppedStation = field(init=False)
    link: Link = field(init=False)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        self.station = SteppedStation.of(self.folder / "station", config_text(BOARDS)).fake().start(worker=False)
        self.link = Link(self.station.port)
        people = [self._pair(board) for board in BOARDS for _ in range(self.each)]
        self.crowd = Crowd(self.link.address, people, monotonic=monotonic, bodies=False)
        self.run_until(lambda: self.crowd.in_step() == len(people), "all screens are in step")

    def _pair(self, board: str) -> Identity:
        paired = self.station.pair(board, self.station.now(board))
        return Identity(board, paired.screen, paired.key)

    def run_until(self, done: Callable[[], bool], what: str, seconds: float = SOON) -> None:
        """Lets the screens run until ``done()`` is true; fails with ``what`` after ``seconds``."""
        assert self.crowd.run_until(done, seconds), f"not within {seconds:g} s: {what}"

    def now(self) -> float:
        """The time in seconds by the monotonic clock."""
        return monotonic()

    def run_for(self, seconds: float) -> None:
        self.crowd.run_until(lambda: False, seconds)

    def meanwhile(self, act: Callable[[], object]) -> None:
        """Runs ``act`` in a thread while the screens keep running."""
        meanwhile(self.crowd, act)

    def screens(self, board: str) -> list[Screen]:
        return [one for one in self.crowd.screens if one.who.board == board]

    def agreed(self, expected: Callable[[str], set[str]], now: datetime) -> bool:
        """Whether every screen is connected and shows exactly the notices that ``expected`` gives for its board.

        ``now`` is the server's time: notices that have expired by then do not count, as screens drop them by
        themselves.
        """
        if self.crowd.in_step() < len(self.crowd.screens):
            return False
        return all(
            {id for id, head in one.notices.items() if head["until"] > to_ms(now)} == expected(one.who.board)
            for one in self.crowd.screens
        )

    def push_everywhere(self, headline: str) -> Notice:
        """Posts an urgent notice for the whole province, valid for an hour."""
        now = self.station.now(BOARDS[0])
        return self.station.push("tinh", headline, now, seconds=timedelta(hours=1).total_seconds())

    def close(self) -> None:
        self.crowd.__exit__()
        self.link.close()
        self.station.close()
