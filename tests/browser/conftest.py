"""Fixtures of the tests in a real browser: stations, which are closed after the test, and pages that show boards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.browser.evening import Evening, short_stories
from tests.browser.glass import SIZE, Glass
from tests.station import Feed, Station, config_text

BOARDS = ("bang-khan", "bang-uu-tien", "bang-che-do", "bang-cua-so")


@pytest.fixture(scope="module")
def evening(driver: BrowserType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """A simulated outage (evening.py) that has run to its end; all tests of a module inspect its record."""
    folder = tmp_path_factory.mktemp("evening")
    with ExitStack() as stack:
        station = Station.of(folder, config_text(["hoi-truong"], [Feed("tin", "tin.xml")], {"hoi-truong": ["tin"]}))
        (folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
        evening = Evening(station, "hoi-truong", driver, stack)
        evening.begin()
        evening.finish()
        yield evening


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A running station that all tests share: none of them kills it, and each uses its own board and commune."""
    station = Station.of(tmp_path_factory.mktemp("province"), config_text(BOARDS))
    try:
        yield station.start(worker=False)
    finally:
        station.close()


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[Callable[[str], Station]]:
    """A function that creates a station from the text of a config.toml.

    The test starts the station and may kill its processes.
    """
    made: list[Station] = []

    def make(text: str) -> Station:
        made.append(Station.of(tmp_path / str(len(made)), text))
        return made[-1]

    yield make
    for station in made:
        station.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[[Station, str], Glass]]:
    """A function that opens a station's board in a new browser context, as another visitor would."""
    with ExitStack() as stack:

        def open_board(station: Station, board: str) -> Glass:
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type] # same keys
            stack.callback(context.close)
            return Glass(context.new_page(), station, board).open()

        yield open_board
