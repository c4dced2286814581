"""Measures how long it takes until a page of the desk counts a notice as shown on 1,000 screens; `make bench`.

Milliseconds from the moment at which the notice is stored: until the last screen has it, and until the page shows
"1.000". The screens send their receipts at once; the difference is the time in which the server stores them in
batches and the page asks for the count.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from statistics import median
from time import monotonic, time

from playwright.sync_api import Page, sync_playwright

from bench._figures import table
from server.store.notices import notices
from tests.browser.glass import chromium
from tests.browser.storm import ONE_FACTOR, paired, signed_in
from tests.station import ACTOR, Station, config_text
from tests.swarm import Swarm

BOARD = "minh-tan"
SCREENS = 1_000
ROUNDS = 5
# The wall-clock time at which the count on the page is complete; the page polls it by itself.
_COUNTED = """(screens) => new Promise((resolve) => {
  const look = () => {
    const shown = document.querySelectorAll("#progress dd")[3]?.textContent.replace(/\\D/g, "");
    if (shown === String(screens)) resolve(Date.now()); else requestAnimationFrame(look);
  };
  look();
})"""


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD]) + ONE_FACTOR).start(worker=False)
        try:
            keys = paired(station, BOARD, SCREENS, "Màn hình")
            with (
                chromium(driver.chromium, Path(folder, "profile")) as context,
                Swarm(station.port, BOARD, SCREENS, keys, proves=True).connect() as swarm,
            ):
                page = signed_in(station, context, BOARD)
                rounds = [_round(station, swarm, page, number) for number in range(1, ROUNDS + 1)]
        finally:
            station.close()
    last, counted = (median(one[at] for one in rounds) for at in range(2))
    head = ("screens", "last screen has it, ms", "the page counts them all, ms", "worst of the rounds, ms")
    rows = [(SCREENS, last, counted, max(one[1] for one in rounds))]
    return "## The count at the desk\n\n" + table(head, rows)


def _round(station: Station, swarm: Swarm, page: Page, number: int) -> tuple[float, float]:
    posted = station.push("tinh", f"Bão số {number}", station.now(BOARD))
    begun, wall = monotonic(), time() * 1000
    stop = threading.Event()
    pump = threading.Thread(target=lambda: swarm.pump(stop.is_set, 120, "the count"))
    pump.start()
    page.goto(f"{station.address}/desk/urgent/{posted.id}", wait_until="commit")
    counted = page.evaluate(_COUNTED, SCREENS) - wall
    stop.set()
    pump.join()
    last = max(client.events("notice")[number - 1].at for client in swarm.clients) - begun
    notices.clear(station.store, posted.id, actor=ACTOR, now=station.now(BOARD))
    swarm.pump(lambda: swarm.all_heard("clear", number), 60, "the clearing")
    return last * 1000, counted
