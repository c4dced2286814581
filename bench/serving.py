"""Measures how soon a number that a queue system reports stands on the board of its hall; `make bench`.

A program calls a number a second for a minute, through the desk's process and the server, while a Chromium shows the
board. The time is taken from before the request until the first frame after the number is in the page.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench._figures import percentile, table
from bench._marks import mark
from tests.browser.glass import VISIBLE, Glass
from tests.browser.hall import Hall
from tests.chromium import launch
from tests.station import Station, config_text

BOARD = "mot-cua"
CALLS = 60
LIMIT = 300  # ms
# Resolves with the time at which a number is painted. A condition of Playwright's own would use eval, which pages
# forbid.
PAINTED = """(number) => new Promise((resolve) => {
  const look = () => (window.painted[number] ? resolve(window.painted[number]) : setTimeout(look, 5));
  look();
})"""
# Notes when each number is painted, in ms since 1970.
WATCH = f"""() => {{
  window.painted = {{}};
  const look = () => {{
    for (const cell of document.querySelectorAll('{VISIBLE} [data-counter="1"] .number'))
      window.painted[cell.textContent] ??= Date.now();
    requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""


def _called(hall: Hall, page: Page) -> tuple[list[float], list[float]]:
    """(ms from each request to the paint, ms that each request took)."""
    late, took = [], []
    for number in range(100, 100 + CALLS):
        begun = time.time()
        status = hall.call(q1=f"A{number}", q2="B031", q3="C007")
        if status != 200:
            raise RuntimeError(f"answered {status}")
        took.append((time.time() - begun) * 1000)
        late.append(page.evaluate(PAINTED, f"A{number}") - begun * 1000)
        page.wait_for_timeout(max(0.0, 1_000 - (time.time() - begun) * 1000))
    return late, took


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD]))
        try:
            station.start(worker=False)
            hall = Hall.of(station, BOARD, "always", chime=True)
            browser = launch(driver.chromium)
            glass = Glass(browser.new_page(viewport={"width": 1920, "height": 1080}), station, BOARD).open()
            glass.page.evaluate(WATCH)
            glass.page.wait_for_timeout(5_000)
            hall.call(q1="A099", q2="B031", q3="C007")
            glass.page.evaluate(PAINTED, "A099")
            glass.page.wait_for_timeout(1_000)
            late, took = _called(hall, glass.page)
            browser.close()
        finally:
            station.close()
    worst = max(late)
    mark("serving", f"{percentile(late, 0.95):.0f} ms p95, {worst:.0f} ms worst", met=percentile(late, 0.95) <= LIMIT)
    rows = [
        ["from the request to the paint, ms", percentile(late, 0.5), percentile(late, 0.95), worst],
        ["the request, ms", percentile(took, 0.5), percentile(took, 0.95), max(took)],
    ]
    return f"## {CALLS} numbers, one a second, on the board of a hall\n\n" + table(("", "p50", "p95", "worst"), rows)


if __name__ == "__main__":
    print(run())
