"""Opens the desk's pages in a real Chromium, checks them with axe-core and takes pictures; used by browser tests.

``python -m tests.desk.looks OUT NAME PATH …`` takes pictures of pages as the person NAME of the cast ("-": nobody) at
1920x1080, 1080x1920 and 390x844, and prints axe-core's findings for each.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from tests.cast import PEOPLE, Person
from tests.chromium import launch
from tests.desk.office import Office, office_on, template
from tests.paths import ROOT
from tests.station import until

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# The rules for WCAG 2.2 AA, without those that axe-core calls best practice.
RUN = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  });
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}"""
# Controls that Tab must reach: of radio buttons one of a group, of a closed <details> only its summary.
_PREPARE = """() => {
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, video, [tabindex='0']");
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
  window.left = new Set([...all].filter((one) => shown(one) && one.type !== "radio"));
  window.pale = new Set();
  document.addEventListener("focusin", ({ target }) => {
    window.left.delete(target);
    const drawn = (one) => one && getComputedStyle(one).outlineStyle !== "none";
    if (![target, target.nextElementSibling, target.closest("label")].some(drawn)) window.pale.add(target);
  });
  return window.left.size;
}"""
_LEFT = """() => ["left", "pale"].flatMap((what) => [...window[what]].map((one) => `${what}: ${one.outerHTML}`))"""
SIZES = {"1920x1080": (1920, 1080), "1080x1920": (1080, 1920), "390x844": (390, 844)}


@contextmanager
def served(office: Office) -> Iterator[str]:
    """Serves the office on loopback while the block runs; yields its address without a final slash."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def unreached(page: Page) -> list[str]:
    """The controls of a page that the Tab key does not reach ("left"), or where nothing shows the focus ("pale")."""
    count: int = page.evaluate(_PREPARE)
    for _ in range(count + 3):  # after the last control the browser's own ones have the focus
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate(_LEFT)
    return found


def context(browser: Browser, office: Office, address: str, who: Person | None, **more: Any) -> BrowserContext:
    """A new browser context, signed in as ``who`` if given; ``more`` are arguments of Playwright's new_context."""
    made = browser.new_context(base_url=address, locale="vi-VN", reduced_motion="reduce", **more)
    if who is not None:
        cookie = office.browser(who).client.get_cookie("bangtin")
        assert cookie is not None
        made.add_cookies([{"name": "bangtin", "value": cookie.value, "url": address}])
    return made


@dataclass(slots=True)
class HeldBack:
    """Requests of a page that are held back until the test releases them, in the order in which they were sent."""

    page: Page
    routes: list[Route] = field(default_factory=list)

    @classmethod
    def at(cls, page: Page, address: str) -> HeldBack:
        """Starts to hold back the requests whose address matches ``address``, a URL pattern of Playwright's."""
        made = cls(page)
        page.route(address, lambda route: made.routes.append(route))
        return made

    def hand_over(self, number: int) -> None:
        """Waits until request ``number`` (counted from 0) is sent, and releases it to the server."""
        self.wait_for(number)
        self.routes[number].continue_()

    def wait_for(self, number: int) -> None:
        """Waits until request ``number`` (counted from 0) is sent."""
        # The call of evaluate lets Playwright deliver the requests that the page has sent.
        until(lambda: self.page.evaluate("true") and len(self.routes) > number, f"request {number}")


def axe(page: Page) -> list[str]:
    """The findings of axe-core on the page, one sentence each, and one if the page scrolls sideways."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["the page scrolls sideways"] if sideways else [])]


def hold(page: Page, name: str) -> None:
    """Presses a button that must be held and keeps it down; the caller waits for the result."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.down("Enter")


def main(out: Path, name: str, *paths: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    who = next((one for one in PEOPLE if one.slug == name), None)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, sync_playwright() as driver:
        office = office_on(template(Path(one)), Path(two))
        browser = launch(driver.chromium)
        with served(office) as address:
            for size, (across, down) in SIZES.items():
                for path in paths:
                    made = context(browser, office, address, who, viewport={"width": across, "height": down})
                    page = made.new_page()
                    page.on("console", lambda said: print("console:", said.text))
                    page.goto(path)
                    page.evaluate("document.fonts.ready")
                    file = out / f"{path.strip('/').replace('/', '-').replace('?', '-')}-{size}.png"
                    page.screenshot(path=file)
                    print(file, *axe(page), sep="\n  ")
                    made.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
