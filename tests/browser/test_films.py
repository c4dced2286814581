"""A video plays on the board; if it cannot be played, an ornament is shown in its place instead of a black area."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.films import broken_film, film, post
from tests.browser.glass import VISIBLE, Glass
from tests.station import Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-phim"
# Resolves with the position of the visible video, in seconds, once it has played for half a second.
PLAYED = """() => new Promise((resolve) => {
  const begun = performance.now();
  const look = () => {
    const video = document.querySelector('#stage [aria-hidden="false"] video');
    if ((video && video.currentTime > 0.5) || performance.now() - begun > 60000) resolve(video?.currentTime ?? 0);
    else setTimeout(look, 50);
  };
  look();
})"""


@pytest.fixture
def station(stations: Callable[[str], Station]) -> Station:
    return stations(config_text([BOARD])).start(worker=False)


def test_a_film_plays_muted_for_its_length(station: Station, look: Callable[[Station, str], Glass]) -> None:
    posted = post(station, BOARD, "video", film(station, seconds=7))
    glass = look(station, BOARD)
    glass.wait_for(f"{VISIBLE} video")
    assert glass.page.evaluate(PLAYED) > 0.5
    assert glass.page.evaluate("document.querySelector('#stage video').muted")
    lap = station.state(BOARD)["lap"]["slides"]
    assert [(slide["title"], slide["dwell"]) for slide in lap] == [(posted.title, 7_000)]
    assert glass.page.locator("[data-failed]").count() == 0


def test_a_broken_film_leaves_its_place_to_the_drawing(
    station: Station, look: Callable[[Station, str], Glass]
) -> None:
    post(station, BOARD, "video", broken_film(station))
    station.announce(BOARD, "Tin sau phim", station.now(BOARD))
    glass = look(station, BOARD)
    glass.wait_for(f"{VISIBLE} [data-failed] .ornament")
    assert not glass.page.locator(f"{VISIBLE} video").is_visible()
    glass.wait_for_slide("Tin sau phim")
