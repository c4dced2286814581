"""Measures what a browser fetches until a page is usable; `make bench`.

The pages are a board, and the desk's page of urgent notices. Counted are files and KiB on the wire, without a proxy
in front of the server. The time until a page is usable is measured at 64 kbit/s, because some remote communes have no
faster connection.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request, expect, sync_playwright

from bench._figures import table
from bench._marks import mark
from server.security_headers import SESSION_COOKIE
from tests.browser.glass import VISIBLE, Glass
from tests.browser.storm import ONE_FACTOR, signed_in
from tests.chromium import launch
from tests.station import Station, config_text

BOARD = "hoi-truong"
LIMIT = 150.0
BOARDS = f"a board (limit {LIMIT:g})"
KILOBITS = 64
LATENCY = 100
Weight = tuple[str, float, float]
Visit = Callable[[Page], None]
KINDS = {"document": "page", "stylesheet": "style", "script": "script", "font": "font"}


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD]) + ONE_FACTOR).start(worker=False)
        browser = launch(driver.chromium)
        try:
            station.announce(BOARD, "Tin số 1", station.now(BOARD))
            editor = browser.new_context()
            signed_in(station, editor, BOARD)

            def fresh() -> BrowserContext:
                """A signed-in browser without any other data of an earlier visit."""
                context = browser.new_context(service_workers="block")
                context.add_cookies([one for one in editor.cookies() if one["name"] == SESSION_COOKIE])  # type: ignore[misc] # cookies() returns what add_cookies takes, but playwright annotates them differently
                return context

            def board(page: Page) -> None:
                Glass(page, station, BOARD).open().wait_for(VISIBLE)

            def urgent(page: Page) -> None:
                page.goto(f"{station.address}/desk/urgent/", wait_until="domcontentloaded")
                expect(page.locator("label.chip").first).to_be_visible()

            rows = [
                *_rows(BOARDS, fresh, board),
                *_rows("the desk's urgent page", fresh, urgent),
            ]
        finally:
            browser.close()
            station.close()
    kib = float(str(next(row[3] for row in rows if row[1] == "all")))
    mark("weight", f"{kib:.0f} KiB", met=kib <= LIMIT)
    head = ("", "", "files", "KiB", "KiB with headers", f"usable after, s, at {KILOBITS} kbit/s")
    return "## What a browser fetches at its first visit\n\n" + table(head, rows)


def _rows(what: str, fresh: Callable[[], BrowserContext], visit: Visit) -> list[list[object]]:
    weights = _weights(fresh().new_page(), visit)
    rows: list[list[object]] = []
    for kind in dict.fromkeys([*KINDS.values(), "other"]):
        if found := [(body, whole) for name, body, whole in weights if name == kind]:
            rows.append(
                [what, kind, len(found), sum(body for body, _ in found), sum(whole for _, whole in found), ""]
            )
    bodies, wholes = sum(body for _, body, _ in weights), sum(whole for _, _, whole in weights)
    if what == BOARDS:
        mark("weight", f"{bodies:.0f} KiB", met=bodies <= LIMIT)
    return [*rows, [what, "all", len(weights), bodies, wholes, _slowly(fresh().new_page(), visit)]]


def _weights(page: Page, visit: Visit) -> list[Weight]:
    """Visits a page; returns (kind, KiB of the body, KiB with headers) for each file that the browser fetches."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    visit(page)
    page.wait_for_load_state("networkidle")
    found = []
    for one in finished:
        sizes, kind = one.sizes(), KINDS.get(one.resource_type, "other")
        body = max(0, sizes["responseBodySize"]) / 1024
        found.append((kind, body, body + sizes["responseHeadersSize"] / 1024))
    return found


def _slowly(page: Page, visit: Visit) -> float:
    """Seconds until the page is usable at ``KILOBITS`` kbit/s."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = KILOBITS * 1000 / 8
    line = {"offline": False, "latency": LATENCY, "downloadThroughput": speed, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", line)
    visit(page)
    taken: float = page.evaluate("performance.now()")
    return taken / 1000


if __name__ == "__main__":
    print(run())
