"""Two urgent notices on two screens: the second cuts in, then both alternate at the same instants on each screen.

They still do so when a screen is offline or restarted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.glass import Glass
from tests.figures import Figure
from tests.station import Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-hai-tin"
TURN = 12  # seconds

# Records which notice is visible and its place ("1/2"), with the machine's time in seconds, at every change.
_RECORD = """() => {
  const seen = [];
  const look = () => {
    const notice = document.querySelector("#notices:not([hidden]) [data-notice]");
    const place = notice?.querySelector("[data-place]")?.textContent ?? "";
    const now = { id: notice?.dataset.notice ?? "", place };
    const last = seen.at(-1);
    if (last && last.id === now.id && last.place === now.place) return;
    seen.push({ ...now, at: (performance.timeOrigin + performance.now()) / 1000 });
  };
  new MutationObserver(look).observe(document.querySelector("#notices"), {
    attributes: true, childList: true, subtree: true, characterData: true,
  });
  look();
  window.recorded = seen;
}"""
_WAIT = """([count, ms]) => new Promise((resolve, reject) => {
  const begun = performance.now();
  const look = () => {
    if (window.recorded.length >= count) resolve(window.recorded);
    else if (performance.now() - begun > ms) reject(new Error(`only ${JSON.stringify(window.recorded)}`));
    else setTimeout(look, 100);
  };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Change:
    """A notice that a screen begins to show, its place among several ("1/2"), and when, in seconds since 1970."""

    id: str
    place: str
    at: float


def changes(glass: Glass, count: int) -> list[Change]:
    """Waits until ``count`` changes were recorded and returns the first ``count``."""
    found: list[dict[str, Any]] = glass.page.evaluate(_WAIT, [count, 4 * TURN * 1000])
    return [Change(**one) for one in found][:count]


def test_the_second_cuts_in_and_both_alternate_in_step(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass], figure: Figure
) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    screens = [look(station, BOARD) for _ in range(2)]
    first = station.push(BOARD, "Bão đổ bộ đêm nay", station.now(BOARD))
    for screen in screens:
        screen.wait_for(f'[data-notice="{first.id}"]')
        screen.page.evaluate(_RECORD)
    pressed = station.now(BOARD).timestamp()
    second = station.push(BOARD, "Vỡ đê: rời bãi sông ngay", station.now(BOARD))
    for screen in screens:
        came = changes(screen, 2)[1]
        assert came.id == str(second.id)
        figure("the second notice on the glass after its press", came.at - pressed, "s")
    screens[1].wait_for_offline_worker()
    station.kill9_server()
    # One screen is reloaded without a server: it shows the notice whose turn it is.
    screens[1].page.reload()
    screens[1].wait_for("[data-notice]")
    screens[1].page.evaluate(_RECORD)
    whole, restarted = changes(screens[0], 4), changes(screens[1], 3)
    assert [(one.id, one.place) for one in whole] == [
        (str(first.id), ""),
        (str(second.id), "1/2"),
        (str(first.id), "2/2"),
        (str(second.id), "1/2"),
    ]
    turns = whole[2].at - whole[1].at, whole[3].at - whole[2].at
    assert [round(turn / TURN) for turn in turns] == [1, 1]
    # The restarted screen changes to the same notices at the same instants.
    for change in restarted[1:]:
        nearest = min(whole[2:], key=lambda one: abs(one.at - change.at))
        assert (nearest.id, nearest.place) == (change.id, change.place)
        figure("the same change on two screens", abs(nearest.at - change.at), "s")
        assert abs(nearest.at - change.at) < TURN / 4
