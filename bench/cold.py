"""Measures the time until a browser shows its first slide; `make bench`.

Cold: with a new profile. Warm: with a profile that has shown the board before. Dead: warm, without a server.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import monotonic

from playwright.sync_api import BrowserType, sync_playwright

from bench._figures import table
from bench._marks import mark
from tests.browser.glass import VISIBLE, Glass, chromium
from tests.station import Station, config_text

BOARD = "hoi-truong"
TIMES = 5


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD])).start(worker=False)
        try:
            for n in range(6):
                station.announce(BOARD, f"Tin số {n}", station.now(BOARD))
            fresh = [_first(driver.chromium, station, Path(folder, f"fresh-{n}"))[1] for n in range(TIMES)]
            profile = Path(folder, "profile")
            with chromium(driver.chromium, profile) as context:
                Glass(context.pages[0], station, BOARD).open().flips(2)
            warm = [_first(driver.chromium, station, profile)[1] for _ in range(TIMES)]
            station.kill9_server()
            dead = [_first(driver.chromium, station, profile) for _ in range(TIMES)]
        finally:
            station.close()
    mark("dead", f"{max(whole for whole, _ in dead):.1f} s", met=max(whole for whole, _ in dead) <= 15)
    mark("cold", f"{sorted(fresh)[TIMES // 2]:.2f} s", met=sorted(fresh)[TIMES // 2] <= 2.5)
    mark("warm", f"{sorted(warm)[TIMES // 2]:.2f} s", met=sorted(warm)[TIMES // 2] <= 1)
    rows = [
        ["a browser that never saw the board", sorted(fresh)[TIMES // 2], max(fresh)],
        ["one that did", sorted(warm)[TIMES // 2], max(warm)],
        ["one that did, server dead", sorted(load for _, load in dead)[TIMES // 2], max(load for _, load in dead)],
        [
            "the same with Chromium's own start",
            sorted(whole for whole, _ in dead)[TIMES // 2],
            max(w for w, _ in dead),
        ],
    ]
    return "## First slide, in seconds\n\n" + table(("", "median", "worst"), rows)


def _first(kind: BrowserType, station: Station, profile: Path) -> tuple[float, float]:
    """Seconds until the first slide is visible: (from the start of Chromium, from the request of the page)."""
    begun = monotonic()
    with chromium(kind, profile) as context:
        asked = monotonic()
        glass = Glass(context.pages[0], station, BOARD).open()
        glass.wait_for(VISIBLE)
        seen = monotonic()
    return seen - begun, seen - asked


if __name__ == "__main__":
    print(run())
