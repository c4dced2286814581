"""Measures the time from a new item in a portal's feed until a screen shows it; `make bench`.

The time includes the wait for the next reading of the source, which is due every ``EVERY`` seconds.
"""

from __future__ import annotations

import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import time

from playwright.sync_api import sync_playwright

from bench._figures import percentile, table
from tests.browser.glass import Glass, chromium
from tests.station import Feed, Station, config_text, until

BOARD = "hoi-truong"
EVERY = 3.0
TIMES = 10


class Portal(BaseHTTPRequestHandler):
    items = 1

    def do_GET(self) -> None:
        items = "".join(f"<item><title>Tin số {n}.</title><guid>{n}</guid></item>" for n in range(Portal.items))
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Logs nothing."""


# Resolves to the time at which the headline is first visible, on its slide or in the line that shows the next title.
_WATCH = """(title) => {
  const seen = () => [...document.querySelectorAll('#next-title, #stage [aria-hidden="false"]')]
    .some((node) => node.innerText.includes(title));
  window.headline = new Promise((resolve) => {
    const look = () => (seen() ? resolve(Date.now()) : setTimeout(look, 20));
    look();
  });
}"""


def run() -> str:
    host = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    Thread(target=host.serve_forever, daemon=True).start()
    feed = Feed("tin", f"http://127.0.0.1:{host.server_port}/", minutes=EVERY / 60)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD], [feed], {BOARD: ["tin"]})).start()
        try:
            with chromium(driver.chromium, Path(folder, "profile")) as context:
                glass = Glass(context.pages[0], station, BOARD).open()
                until(lambda: station.titles(BOARD), "the first item")
                glass.flips(1)
                found = [_one(station, glass, number) for number in range(1, TIMES + 1)]
        finally:
            station.close()
            host.shutdown()
            host.server_close()
    rows = [
        [name, percentile(values, 0.5), max(values)]
        for name, values in (
            ("in the state, s", [state for state, _, _ in found]),
            ("headline on the glass, s", [headline for _, headline, _ in found]),
            ("of it beyond the interval, s", [max(0.0, headline - EVERY) for _, headline, _ in found]),
            ("its slide begins, s", [shown for _, _, shown in found]),
        )
    ]
    return f"## From a portal to the glass, a source read every {EVERY:g} s\n\n" + table(("", "p50", "worst"), rows)


def _one(station: Station, glass: Glass, number: int) -> tuple[float, float, float]:
    """Adds one item to the feed.

    Returns the seconds until it is in the board's state, until its headline is visible, and until its slide begins.
    """
    title = f"Tin số {number}."
    glass.page.evaluate(_WATCH, title)
    Portal.items = number + 1
    begun = time()
    digest = until(lambda: station.hash_of(BOARD, title), title, every=0.02)
    state = time() - begun
    headline = float(glass.page.evaluate("window.headline")) / 1000 - begun
    for count in range(1, 50):
        flips = glass.flips(count, since=round(begun * 1000))
        if mine := next((flip for flip in flips if flip.hash == digest), None):
            return state, headline, mine.painted / 1000 - begun
    raise AssertionError(title)


if __name__ == "__main__":
    print(run())
