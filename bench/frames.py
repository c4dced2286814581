"""Counts the frames that Chromium drops in fades between slides, with software rendering at 1080p; `make bench`."""

from __future__ import annotations

from playwright.sync_api import Browser, sync_playwright

from bench._figures import table
from bench._marks import mark
from bench.endurance import FORMAT, SHOW
from server.desk.gallery.page import body, page
from server.slides.specimens import specimens
from tests.chromium import launch
from tests.web.site import BASE, site

FLIPS = 15
BETWEEN = 1_500
CATEGORIES = "devtools.timeline.frame,disabled-by-default-devtools.timeline.frame,devtools.timeline,benchmark,cc"


def run() -> str:
    shown = [case for case in specimens(FORMAT) if not case.urgent]
    bodies = [body(case) for case in shown]
    with site({"/": page(shown[0], root=BASE)}) as address, sync_playwright() as driver:
        browser = launch(driver.chromium)
        try:
            events = _traced(browser, address, bodies)
        finally:
            browser.close()
    drawn, dropped = events.count("DrawFrame"), events.count("DroppedFrame")
    share = 100 * dropped / max(1, drawn + dropped)
    mark("frames", f"{share:.1f} %", met=share <= 5)
    rows = [["drawn", drawn], ["dropped", dropped], ["dropped, % (limit 5)", share]]
    return f"## {FLIPS} flips with their fades, frames of the trace\n\n" + table(("", ""), rows)


def _traced(browser: Browser, address: str, bodies: list[str]) -> list[str]:
    tab = browser.new_page(viewport={"width": 1920, "height": 1080})
    tab.goto(address)
    tab.evaluate(SHOW, {"bodies": bodies, "from": 0, "count": 2})
    tab.wait_for_timeout(2_000)
    session = browser.new_browser_cdp_session()
    names: list[str] = []
    ended: list[bool] = []

    def collect(message: dict[str, list[dict[str, str]]]) -> None:
        names.extend(event.get("name", "") for event in message["value"])

    session.on("Tracing.dataCollected", collect)
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    session.send("Tracing.start", {"categories": CATEGORIES, "transferMode": "ReportEvents"})
    for flip in range(FLIPS):
        tab.evaluate(SHOW, {"bodies": bodies, "from": 2 + flip, "count": 1})
        tab.wait_for_timeout(BETWEEN)
    session.send("Tracing.end")
    while not ended:
        tab.wait_for_timeout(100)
    return names


if __name__ == "__main__":
    print(run())
