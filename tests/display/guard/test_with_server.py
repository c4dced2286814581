"""A paired screen with its guard and a real server: screenshots, handing over, panel hours.

A handover lends the screen to a meeting until a given time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from server.core.model import Hours
from server.store.boards import boards
from server.store.screens import pairing, screens
from server.store.tables import pairings
from tests.display.guard.debugging_port import DebuggingPort
from tests.display.guard.programs import Programs
from tests.display.guard.test_guard import QUICK, Watched
from tests.station import ACTOR, Station, config_text, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-giu"
MANY = 120


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path / "station", config_text([BOARD])).start(worker=False)
    yield made
    made.close()


@pytest.fixture
def watched(station: Station, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(f"{station.address}/screen", tmp_path, *QUICK)
    yield made
    made.end()


def codes(station: Station) -> list[str]:
    with station.store.read() as conn:
        return [row.code for row in conn.execute(select(pairings.c.code))]


def paired(station: Station, watched: Watched) -> int:
    """Pairs the screen, waits until its guard is connected too, and returns the screen's number."""
    code = until(lambda: next(iter(codes(station)), ""), "the page has asked for a code")
    made = pairing.claim(station.store, code, BOARD, actor=ACTOR, now=station.now(BOARD))
    until(lambda: watched.count("listens") == 1, "the guard has found the key")
    return made.id


def test_it_knows_the_page_that_shows_a_code_and_the_board_as_its_own(
    station: Station, watched: Watched, tmp_path: Path
) -> None:
    browser = DebuggingPort(tmp_path / "profile")
    until(browser.ours, "the page that shows a code")
    paired(station, watched)
    until(lambda: browser.ask("'bangtin' in window"), "the board")
    assert browser.ours()
    assert watched.count("page lost") == 0


def test_it_photographs_and_hands_over_and_takes_back(station: Station, watched: Watched) -> None:
    screen = paired(station, watched)
    now = station.now(BOARD)
    asked = screens.send(
        station.store, [screen], "screenshot", until=now + timedelta(minutes=5), actor=ACTOR, now=now
    )
    until(lambda: watched.count("photographed") == 1, "the photograph")
    picture = station.data / "screenshots" / f"{asked[0].id}.webp"
    assert picture.read_bytes()[8:12] == b"WEBP"

    screens.hand_over(station.store, screen, now + timedelta(hours=1), actor=ACTOR, now=now)
    until(lambda: watched.count("handed over") == 1, "the screen is handed over")
    screens.hand_over(station.store, screen, None, actor=ACTOR, now=now)
    until(lambda: watched.count("start") == 2, "it is taken back")

    screens.hand_over(station.store, screen, now + timedelta(hours=2), actor=ACTOR, now=now)
    until(lambda: watched.count("handed over") == 2, "the screen is handed over again")
    station.push(BOARD, "Vỡ đê", station.now(BOARD))
    until(lambda: watched.count("start") == 3, "what is urgent takes it back")


def test_it_switches_the_panel_by_the_boards_hours_also_where_the_board_is_large_and_a_program_fails(
    station: Station, tmp_path: Path
) -> None:
    now = station.now(BOARD)
    for number in range(MANY):
        station.announce(BOARD, f"Thông báo số {number} của một bảng có rất nhiều điều để nói", now)
    until(lambda: len(station.titles(BOARD)) == MANY, "a state that goes in parts")
    here = now.astimezone(ZoneInfo(boards.get(station.store, BOARD).zone))
    opens, closes = ((here + timedelta(hours=hours)).time() for hours in (6, -6))
    dark = replace(boards.get(station.store, BOARD), hours=(Hours(opens, closes),))
    boards.save(station.store, dark, actor=ACTOR, now=now)
    programs = Programs(tmp_path / "programs")
    # The fake programs come first in PATH, before those of the machine that runs the test.
    for name in ("swaymsg", "wlr-randr", "xset"):
        programs.add(name, "exit 1")
    programs.add("cec-client")
    watched = Watched(f"{station.address}/screen", tmp_path, *QUICK, path=programs.folder)
    try:
        paired(station, watched)
        until(lambda: watched.count("panel") == 1, "the panel is dark")
        boards.save(station.store, replace(dark, hours=()), actor=ACTOR, now=now)
        until(lambda: watched.count("panel") == 2, "the panel is lit")
    finally:
        watched.end()
    switched = [(one["on"], one["by"], one["why"]) for one in watched.events() if one["event"] == "panel"]
    failed = "swaymsg: exit 1; wlr-randr: exit 1; xset: exit 1"
    assert switched == [(on, "cec-client", failed) for on in (False, True)]
    assert "cec-client -s -d 1 <standby 0>" in programs.calls()
