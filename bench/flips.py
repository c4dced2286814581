"""Measures how far apart in time two Chromiums with the same board change to the same slide; `make bench`.

Slides last two seconds (bench/_quick.py), so that 200 changes of slide ("flips") take seven minutes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from bench._figures import percentile, table
from bench._marks import mark
from tests.browser.films import film, picture, post
from tests.browser.glass import Glass
from tests.chromium import launch
from tests.station import Station, config_text

BOARD = "hoi-truong"
FLIPS = 200
LIMIT = 100  # ms
SIZE: ViewportSize = {"width": 1920, "height": 1080}


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD]))
        station.program = ("-m", "bench._quick")
        try:
            station.start(worker=False)
            for n in range(4):
                station.announce(BOARD, f"Tin số {n}", station.now(BOARD))
            post(station, BOARD, "pictures", picture(station))
            post(station, BOARD, "video", film(station))
            browsers = [launch(driver.chromium) for _ in range(2)]
            left, right = (Glass(one.new_page(viewport=SIZE), station, BOARD).open() for one in browsers)
            left.page.wait_for_timeout(15_000)  # until both clocks are synchronised
            since = round(station.now(BOARD).timestamp() * 1000)
            two = [glass.flips(FLIPS, since=since, seconds=FLIPS * 4)[:FLIPS] for glass in (left, right)]
            for one in browsers:
                one.close()
        finally:
            station.close()
    pairs = list(zip(*two, strict=True))
    alike = sum((a.hash, a.at) == (b.hash, b.at) for a, b in pairs)
    apart = [abs(a.painted - b.painted) for a, b in pairs]
    met = percentile(apart, 0.95) <= LIMIT and alike == len(apart)
    mark("flips", f"{percentile(apart, 0.95):.0f} ms, the same slide {alike} of {len(apart)} times", met=met)
    late = [one.painted - one.at for flips in two for one in flips]
    rows = [
        ["same slide at the same time", f"{alike} of {len(apart)}", "", ""],
        ["apart, ms", percentile(apart, 0.5), percentile(apart, 0.95), max(apart)],
        ["painted after due, ms", percentile(late, 0.5), percentile(late, 0.95), max(late)],
    ]
    return "## Two screens of one board flip together\n\n" + table(("", "p50", "p95", "worst"), rows)


if __name__ == "__main__":
    print(run())
