"""What the tests in a real browser share: one Playwright driver, one Chromium, stations that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.browser.evening import Evening, short_stories
from tests.browser.glass import CHROMIUM, FLAGS, SIZE, Glass
from tests.station import Feed, Station, config_text

BOARDS = ("bang-khan", "bang-uu-tien", "bang-che-do", "bang-cua-so")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last, still in random order: Playwright allows one driver at a time in a thread.

    Of them those about the evening come last: two screens have been rotating for it since the first one.
    """
    here = str(Path(__file__).parent)
    items.sort(key=lambda item: (str(item.path).startswith(here), "evening" in _fixtures(item)))


def _fixtures(item: pytest.Item) -> list[str]:
    return list(item.fixturenames) if isinstance(item, pytest.Function) else []


@pytest.fixture(scope="session")
def driver() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(driver: BrowserType) -> Iterator[Browser]:
    made = driver.launch(executable_path=CHROMIUM, args=list(FLAGS), chromium_sandbox=False)
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def evening_begun(request: pytest.FixtureRequest) -> Iterator[Evening | None]:
    """Begins the evening early where some test asks for it, so that the others run in its time."""
    if not any("evening" in _fixtures(item) for item in request.session.items):
        yield None
        return
    driver: BrowserType = request.getfixturevalue("driver")
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    folder = factory.mktemp("evening")
    with ExitStack() as stack:
        station = Station.of(folder, config_text(["hoi-truong"], [Feed("tin", "tin.xml")], {"hoi-truong": ["tin"]}))
        (folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
        evening = Evening(station, "hoi-truong", driver, stack)
        evening.begin()
        yield evening


@pytest.fixture(scope="session")
def evening(evening_begun: Evening | None) -> Evening:
    assert evening_begun is not None
    evening_begun.finish()
    return evening_begun


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A running server for tests that kill nothing; each has a board, and a commune, of its own."""
    station = Station.of(tmp_path_factory.mktemp("province"), config_text(BOARDS))
    try:
        yield station.start(worker=False)
    finally:
        station.close()


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[Callable[[str], Station]]:
    """Makes stations that may be killed; each from the text of its configuration."""
    made: list[Station] = []

    def make(text: str) -> Station:
        made.append(Station.of(tmp_path / str(len(made)), text))
        return made[-1]

    yield make
    for station in made:
        station.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[[Station, str], Glass]]:
    """Opens a board in a context of its own, as another visitor would."""
    with ExitStack() as stack:

        def open_board(station: Station, board: str) -> Glass:
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type] # same keys
            stack.callback(context.close)
            return Glass(context.new_page(), station, board).open()

        yield open_board
