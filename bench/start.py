"""Measures the time from starting `run.py serve` to its first response and to the first slide; `make bench`.

The time that Python takes to import four of its libraries is measured for comparison.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, sync_playwright

from bench._figures import table
from bench._marks import mark
from tests.browser.glass import VISIBLE, Glass
from tests.chromium import launch
from tests.station import Station, config_text

BOARD = "hoi-truong"
TIMES = 5
LIBRARIES = "import flask_socketio, sqlalchemy, apscheduler, feedparser"
ANSWER_LIMIT, SLIDE_LIMIT = 2.0, 5.0


def run() -> str:
    floor, answers, slides = [], [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD])).start(worker=False)
        browser = launch(driver.chromium)
        try:
            station.announce(BOARD, "Tin số 1", station.now(BOARD))
            # In turns, so that other load on the machine affects all of them equally.
            for _ in range(TIMES):
                station.kill9_server()
                begun = monotonic()
                subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
                floor.append(monotonic() - begun)
                begun = monotonic()
                station.restart()
                answers.append(monotonic() - begun)
                _look(browser, station)
                slides.append(monotonic() - begun)
        finally:
            browser.close()
            station.close()
    for target, taken, limit in (("start", answers, ANSWER_LIMIT), ("first-slide", slides, SLIDE_LIMIT)):
        median = sorted(taken)[TIMES // 2]
        mark(target, f"{median:.1f} s", met=median <= limit)
    rows = [
        [what, min(taken), sorted(taken)[TIMES // 2], max(taken), f"{sorted(taken)[TIMES // 2] / base:.1f}"]
        for base in [sorted(floor)[TIMES // 2]]
        for what, taken in (
            ("Python with the four libraries", floor),
            (f"run.py serve until /healthz answers (limit {ANSWER_LIMIT:g})", answers),
            (f"until a browser shows a slide (limit {SLIDE_LIMIT:g})", slides),
        )
    ]
    return "## Start, in seconds\n\n" + table(("", "best", "median", "worst", "ratio"), rows)


def _look(browser: Browser, station: Station) -> None:
    """Opens the board in a browser without any cache and waits for its first slide."""
    context = browser.new_context()
    Glass(context.new_page(), station, BOARD).open().wait_for(VISIBLE)
    context.close()


if __name__ == "__main__":
    print(run())
