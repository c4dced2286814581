"""A screen without a server for a day: rotation, windows, panel hours, expiry and proof of play stay exact.

The page runs as shipped, on a fake clock of Playwright's, so that a day passes in minutes. `make test` simulates an
hour, `make soak` the whole day.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext

from server.core.lap.airing import Lap, airing_at, walk
from server.core.lap.panel_hours import on_spans
from server.core.model import Hours
from server.core.times import from_ms, to_ms
from server.store.boards import boards
from server.store.screens import plays
from tests.browser.evening import Turn, lap_of, plan, turns
from tests.browser.glass import SIZE, VISIBLE, Flip, Glass
from tests.browser.storm import paired
from tests.station import PATIENCE, Station, config_text, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
BOARD = "bang-mot-ngay"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
# A page keeps its last 300 flips, each of at least six seconds, so after at most 20 minutes none of them is lost.
LONGEST_LEAP = 20 * MINUTE
# The largest error, in ms, of the page's estimate of server time on a busy machine.
MARGIN = 500
SINCE_RETURN = 20


@dataclass(frozen=True, slots=True)
class Plot:
    """The times of all events of a simulated day, in milliseconds; it starts at ``begun`` and lasts ``span``."""

    begun: int
    span: int

    def at(self, share: float) -> int:
        """The instant at this share (0 to 1) of the day; an offset of 137 ms keeps it off full seconds."""
        return self.begun + round(self.span * share) + 137

    def minute(self, share: float) -> int:
        """The instant at this share (0 to 1) of the day, rounded down to a minute: panel hours have no seconds."""
        return self.at(share) // MINUTE * MINUTE

    @property
    def closed(self) -> tuple[int, int]:
        return self.minute(0.6), self.minute(0.75)

    @property
    def hours(self) -> tuple[Hours, ...]:
        closes, opens = (datetime.fromtimestamp(ms / 1000, ZONE).time() for ms in self.closed)
        return (Hours(opens, closes),)

    def prepare(self, station: Station) -> None:
        """Posts announcements with and without windows and sets the board's panel hours."""
        now = from_ms(self.begun)
        for title in ("Tin luôn có", "Tin khác nữa", "Tin thứ ba"):
            station.announce(BOARD, title, now)
        station.announce(BOARD, "Tin sắp hết", now, end=from_ms(self.at(0.3)))
        station.announce(BOARD, "Tin mở sau", now, start=from_ms(self.at(0.1)), end=from_ms(self.at(0.5)))
        station.announce(BOARD, "Tin mở cuối", now, start=from_ms(self.at(0.85)))
        board = replace(boards.get(station.store, BOARD), hours=self.hours)
        boards.save(station.store, board, actor="lan", now=now)
        until(lambda: len(station.titles(BOARD)) == 6, "six announcements")


@dataclass(slots=True)
class Screen:
    """A page whose clock the test advances, and all slides that it has shown so far."""

    glass: Glass
    now: int
    seen: list[Flip] = field(default_factory=list)

    def live_until(self, instant: int) -> None:
        """Advances the clock in steps up to ``instant``; every timer of the page fires at its time."""
        while self.now < instant:
            step = min(instant - self.now, LONGEST_LEAP)
            self.glass.page.clock.run_for(step)
            self.now += step
            self.collect()

    def collect(self) -> None:
        since = self.seen[-1].at + 1 if self.seen else 0
        self.seen += self.glass.flips(since=since)

    def told(self) -> dict[str, Any]:
        """The last `state` message that the server sent."""
        state: dict[str, Any] = json.loads(
            [one for one in self.glass.messages if one.startswith('42["state"')][-1][2:]
        )[1]
        return state

    def has(self, selector: str) -> bool:
        return self.glass.page.locator(selector).count() > 0


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type] # a TypedDict
    yield made
    made.close()


def opened(station: Station, context: BrowserContext, state: dict[str, Any]) -> Screen:
    """Opens a paired screen, waits until it has all slide bodies, kills the server, and stops the page's clock."""
    ((number, key),) = paired(station, BOARD, 1, "Sảnh")
    kept = json.dumps({"screen": str(number), "key": key, "board": BOARD})
    context.add_init_script(f"localStorage.setItem('bangtin.screen', {json.dumps(kept)});")
    page = context.new_page()
    page.clock.install()
    glass = Glass(page, station, BOARD)
    page.goto(f"{station.address}/screen")
    glass.wait_for(VISIBLE)
    for one in [*state["lap"]["slides"], *state["notices"]]:
        glass.wait_for_message('"html"', f'"{one["hash"]}"')
    # The server is killed first, because a jump of the clock during a round trip would falsify the measured offset.
    station.kill9_server()
    at: int = page.evaluate("Date.now()") + 2 * SECOND
    page.clock.pause_at(at / 1000)
    return Screen(glass, at)


def turns_of(lap: Lap, since: int, end: int, closed: tuple[int, int]) -> list[Turn]:
    """The slides expected from ``since`` to ``end``, without those that lie wholly within ``closed``.

    ``closed`` is the span in which the panel is off, in milliseconds.
    """
    airings = [one for one in walk(lap, end, since=since) if one.start >= since]
    return [
        (lap.slots[one.index].hash, one.start)
        for one in airings
        if one.index is not None and not closed[0] <= one.start <= (one.until or end) <= closed[1]
    ]


def on_the_glass(lap: Lap, instant: int) -> str | None:
    """The hash of the slide that must be visible at ``instant``; None if no slide is certain.

    That is so within MARGIN of a boundary, and while the filler airs, the slide for times when nothing else can.
    """
    found = {one.index for at in (instant - MARGIN, instant + MARGIN) if (one := airing_at(lap, at))}
    index = next(iter(found)) if len(found) == 1 else None
    return None if index is None else lap.slots[index].hash


@pytest.mark.slow
@pytest.mark.parametrize("hours", [1, 24])
def test_a_day_without_a_server_is_lived_as_it_was_planned(
    hours: int, stations: Callable[[str], Station], context: BrowserContext
) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    plot = Plot(to_ms(station.now(BOARD)), hours * HOUR)
    plot.prepare(station)
    urgent = station.push(BOARD, "Vỡ đê", from_ms(plot.begun), seconds=plot.span * 0.2 / 1000)
    banner = station.push(BOARD, "Gió mạnh", from_ms(plot.begun), level="priority", seconds=plot.span * 0.4 / 1000)
    until(lambda: len(station.state(BOARD)["notices"]) == 2, "two notices")
    screen = opened(station, context, station.state(BOARD))
    state = screen.told()
    lap = lap_of(state)
    begun, began = screen.now, monotonic()

    # A notice is shown until its end, to the second.
    for notice, selector in ((urgent, f'[data-notice="{urgent.id}"]'), (banner, "#banner:not([hidden])")):
        end = to_ms(notice.until)
        screen.live_until(end - MARGIN)
        assert screen.has(selector)
        screen.live_until(end + MARGIN)
        assert not screen.has(selector)
        assert screen.glass.link() == "stale"

    # Panel hours are kept with the same precision.
    root = "html[data-view={}]"
    closes, opens = plot.closed
    assert on_spans(plot.hours, str(ZONE), closes, opens) == []
    for instant, before, after in ((closes, "slide", "off"), (opens, "off", "slide")):
        screen.live_until(instant - MARGIN)
        assert screen.has(root.format(before))
        screen.live_until(instant + MARGIN)
        assert screen.has(root.format(after))

    sampled = 0
    for share in range(80, 101, 2):
        # Different seconds each time, so that not all instants fall on slide boundaries.
        screen.live_until(plot.at(share / 100) + share * 1_709)
        wanted = on_the_glass(lap, screen.now)
        sampled += wanted is not None
        assert wanted in (None, screen.glass.shown())
    assert sampled

    # Every slide of the day begins at its planned millisecond and is painted within two frames.
    alone = [flip for flip in screen.seen if flip.at >= begun]
    lived = turns(alone)
    planned = turns_of(lap, begun, screen.now, plot.closed)
    assert lived == planned[: len(lived)]
    assert len(planned) - len(lived) <= 1
    assert {slot.hash for slot in lap.slots} == {digest for digest, _ in lived}
    late = [flip.painted - flip.at for flip in alone if not closes <= flip.at < opens]
    assert min(late) >= 0
    assert max(late) <= 40

    page = screen.glass.page
    heard = [f"Cập nhật lúc {datetime.fromtimestamp(at / 1000, ZONE):%H:%M}" for at in (begun - MINUTE, begun)]
    assert page.locator("#as-of").inner_text().startswith(tuple(heard))
    today = f"{datetime.fromtimestamp(screen.now / 1000, ZONE):%Y-%m-%d}"
    assert page.locator("#date-solar").inner_text() == next(
        d["solar"] for d in state["calendar"] if d["date"] == today
    )

    # The server is started again, with its clock set forward by the simulated time.
    page.clock.resume()
    ahead = screen.now - begun - round((monotonic() - began) * 1000)
    station.program = ("-m", "tests.later", str(ahead))
    station.restart()
    screen.glass.wait_for('html[data-link="live"]')
    screen.glass.wait_for("#as-of[hidden]", gone=True)
    state = station.state(BOARD)
    since = state["now"]
    assert state["notices"] == []
    assert turns(screen.glass.flips(2, since=since))[:2] == plan(lap_of(state), since, 2)
    screen.collect()
    _proved(station, screen, to_ms(urgent.until))
    assert screen.glass.faults == []


def _proved(station: Station, screen: Screen, covered_until: int) -> None:
    """Asserts that the server has stored each slide shown during the day as proof of play, and only once.

    Slides painted before ``covered_until`` do not count.
    """
    wanted = Counter(flip.hash for flip in screen.seen if covered_until <= flip.painted and flip.at < screen.now)
    first, last = (f"{datetime.fromtimestamp(at / 1000, ZONE):%Y-%m-%d}" for at in (covered_until, screen.now + HOUR))
    # Screens send receipts about once a minute, so the page's clock is moved past that.
    screen.glass.page.clock.fast_forward(90 * SECOND)

    def counted() -> Counter[str]:
        proofs = plays.proofs(station.store, boards=[BOARD], first=first, last=last)
        return sum((Counter(proof.hashes) for proof in proofs), Counter())

    # Receipts are sent and acknowledged in batches of a hundred, so fourteen thousand of them take a while.
    until(lambda: wanted <= counted(), "all that was shown is proved", seconds=5 * PATIENCE, every=0.5)
    # The surplus in the store are the few slides shown since the return of the server.
    assert (counted() - wanted).total() <= SINCE_RETURN
