"""Two Chromiums at one board: how far apart the same flip is painted by their clocks; `make bench`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench._figures import percentile, table
from tests.browser.glass import CHROMIUM, FLAGS, Glass
from tests.station import Station, config_text

BOARDS = ["hoi-truong"]
FLIPS = 60  # six minutes; as many boards at once would measure how fast one processor paints
SIZE = {"width": 1920, "height": 1080}


def run() -> str:
    each = FLIPS // len(BOARDS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text(BOARDS)).start(worker=False)
        try:
            for board in BOARDS:
                for n in range(6):
                    station.announce(board, f"Tin số {n}", station.now(board))
            browsers = [
                driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), chromium_sandbox=False)
                for _ in range(2)
            ]
            pairs = [
                [Glass(one.new_page(viewport=SIZE), station, board).open() for one in browsers]  # type: ignore[arg-type]
                for board in BOARDS
            ]
            pairs[0][0].page.wait_for_timeout(15_000)  # the clocks have had their round trips
            since = round(station.now(BOARDS[0]).timestamp() * 1000)
            apart, late, alike = [], [], 0
            for left, right in pairs:
                two = [glass.flips(each, since=since, seconds=each * 12)[:each] for glass in (left, right)]
                alike += sum((a.hash, a.at) == (b.hash, b.at) for a, b in zip(*two, strict=True))
                apart += [abs(a.painted - b.painted) for a, b in zip(*two, strict=True)]
                late += [one.painted - one.at for flips in two for one in flips]
            for one in browsers:
                one.close()
        finally:
            station.close()
    rows = [
        ["same slide at the same time", f"{alike} of {len(apart)}", "", ""],
        ["apart, ms", percentile(apart, 0.5), percentile(apart, 0.95), max(apart)],
        ["painted after due, ms", percentile(late, 0.5), percentile(late, 0.95), max(late)],
    ]
    return "## Two screens of one board flip together\n\n" + table(("", "p50", "p95", "worst"), rows)


if __name__ == "__main__":
    print(run())
