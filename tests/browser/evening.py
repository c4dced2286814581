"""Simulates an outage of a server with two screens, once for many tests; run by conftest.py and test_long.py.

fresh start -> ten slides -> kill -9 of server and worker -> three more slides -> one screen is restarted
-> the server is started again -> three more slides
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from playwright.sync_api import BrowserType

from server.core.lap.airing import Lap, Slot, walk
from tests.browser.glass import Flip, Glass, chromium
from tests.station import Station, until

SLIDES = 10
MORE = 3
STORIES = 12


def short_stories() -> str:
    """An RSS feed whose stories are so short that each is shown for six seconds, the minimum for a slide."""
    items = "".join(
        f"<item><title>Tin ngắn số {n}</title><description>Một câu.</description><guid>tin-{n}</guid>"
        f"<pubDate>Mon, 16 Nov 2026 0{n % 10}:00:00 +0700</pubDate></item>"
        for n in range(STORIES)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
    )


Turn = tuple[str, int]  # the hash of a slide and the millisecond at which it begins


def turns(flips: list[Flip]) -> list[Turn]:
    return [(flip.hash, flip.at) for flip in flips]


def lap_of(state: dict[str, Any]) -> Lap:
    """The lap of a `state` message as a Lap, the type that the server computes with."""
    raw = state["lap"]
    slots = tuple(
        Slot(one["hash"], one["dwell"], one["title"], one["source"], tuple((a, b) for a, b in one["windows"]), "")
        for one in raw["slides"]
    )
    return Lap(raw["number"], raw["start"], slots, raw["filler"])


def plan(lap: Lap, since: int, count: int) -> list[Turn]:
    """The first ``count`` slides of a lap that begin at ``since`` (milliseconds) or later, each with its start."""
    span = sum(slot.dwell for slot in lap.slots)
    rounds = 2 + count // len(lap.slots)
    airings = [one for one in walk(lap, since + rounds * span, since=since) if one.start >= since]
    return [(lap.slots[one.index].hash, one.start) for one in airings if one.index is not None][:count]


class Evening:
    """One outage: what `run.py show` announced and what the screens showed.

    ``begin`` is called once, and then ``finish`` once.
    """

    def __init__(self, station: Station, board: str, driver: BrowserType, stack: ExitStack) -> None:
        self.station, self.board, self._driver, self._stack = station, board, driver, stack
        self.more, self.longest = MORE, 200.0
        self.promised: list[Turn] = []
        self.first: list[Turn] = []
        self.second: list[Turn] = []
        self.requests: list[str] = []
        self.bodies = ""
        self.faults: list[str] = []
        self.dead: list[Turn] = []
        self.dead_other: list[Turn] = []
        self.dead_plan: list[Turn] = []
        self.as_of = ""
        self.cold_shown: str | None = None
        self.cold_link: str | None = None
        self.back: list[Turn] = []
        self.back_plan: list[Turn] = []

    def begin(self) -> None:
        """Starts server and worker and opens one board in two browsers."""
        self._stack.callback(self.station.close)
        self.station.start()
        self._profile = self.station.folder / "profile"
        self._screen = self._stack.enter_context(ExitStack())
        self._glass = self._open(self._screen, "profile")
        self._other = self._open(self._stack, "other")
        until(lambda: len(self.station.titles(self.board)) >= SLIDES, "the stories are on their board")
        said = self.station.cli("show", self.board, "--json")
        assert said.returncode == 0, said.stderr
        # The visible slide may have begun in an earlier lap, so the comparison starts with the next slide.
        self.promised = [(one["hash"], one["start"]) for one in json.loads(said.stdout)["slides"]][1:]

    def _open(self, stack: ExitStack, profile: str) -> Glass:
        context = stack.enter_context(chromium(self._driver, self.station.folder / profile))
        return Glass(context.pages[0], self.station, self.board).open()

    def finish(self) -> None:
        """Runs the rest, from the first ten slides to the return of the server, and records what is shown."""
        since = self.promised[0][1]
        self.first = turns(self._glass.flips(SLIDES, since=since, seconds=self.longest))
        self.second = turns(self._other.flips(SLIDES, since=since, seconds=self.longest))
        self.requests = list(self._glass.requests)
        self.bodies = "".join(message for message in self._glass.messages if '"slides"' in message[:20])
        self._lap = lap_of(self.station.state(self.board))
        self._die()
        self._start_cold()
        self._come_back()

    def _die(self) -> None:
        since = self._glass.flips()[-1].at + 1
        self.station.kill9_server()
        self.station.kill9_worker()
        self._glass.wait_for('html[data-link="stale"] #as-of')
        self.as_of = self._glass.page.locator("#as-of").inner_text()
        self.dead = turns(self._glass.flips(self.more, since=since, seconds=self.longest))
        self.dead_other = turns(self._other.flips(self.more, since=since, seconds=self.longest))
        self.dead_plan = plan(self._lap, since, self.more)
        self.faults = [*self._glass.faults, *self._other.faults]

    def _start_cold(self) -> None:
        """Closes one screen's browser and starts it again while there is no server."""
        self._screen.close()
        self._glass = self._open(self._screen, "profile")
        self.cold_shown = self._glass.shown()
        self.cold_link = self._glass.link()

    def _come_back(self) -> None:
        self.station.restart()
        self._other.wait_for('html[data-link="live"]')
        now = round(self.station.now(self.board).timestamp() * 1000)
        self.back = turns(self._other.flips(MORE, since=now, seconds=self.longest))
        self.back_plan = plan(self._lap, now, MORE)
