"""Measures the heap, nodes and listeners that 2,000 slides leave in a page after garbage collection; `make bench`."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench._figures import table
from bench._marks import mark
from server.core.model import Format
from server.desk.gallery.page import body, page
from server.slides.specimens import specimens
from tests.chromium import launch
from tests.web.site import BASE, site

SLIDES = 2_000
WARM = 200
FORMAT = Format("landscape", "S")
# JavaScript that makes the stage as main.js does and shows ``count`` slides on it; no two slides are equal.
SHOW = """async ({ bodies, from, count }) => {
  const { createStage } = await import("/assets/b/stage.js");
  const { createParser } = await import("/assets/b/trust.js");
  const policy = { createHTML: (html) => html, createScriptURL: (address) => address };
  const timers = {
    setTimeout: (work, ms) => setTimeout(work, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    requestAnimationFrame: (work) => requestAnimationFrame(work),
  };
  window.shown ??= createStage({
    main: document.getElementById("stage"),
    parse: createParser(document, policy),
    timers, now: () => Date.now(), flips: [],
  });
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  for (let n = from; n < from + count; n += 1) {
    const body = { hash: `${n}`, html: bodies[n % bodies.length].replaceAll("</h2>", ` ${n}</h2>`), media: [] };
    window.shown.ready(body);
    await frame();
    await window.shown.show(body, Date.now());
    await frame();
  }
}"""


def run() -> str:
    shown = [case for case in specimens(FORMAT) if not case.urgent]
    bodies = [body(case) for case in shown]
    with site({"/": page(shown[0], root=BASE)}) as address, sync_playwright() as driver:
        browser = launch(driver.chromium)
        tab = browser.new_page(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
        tab.goto(address)
        session = tab.context.new_cdp_session(tab)
        session.send("Performance.enable")
        _show(tab, bodies, 0, WARM)
        before = _measure(session)
        _show(tab, bodies, WARM, SLIDES)
        after = _measure(session)
        browser.close()
    heap = (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1024 / SLIDES
    mark("heap", f"{heap:.2f} KiB", met=heap <= 1)
    rows: list[list[object]] = [
        ["heap, KiB a slide (limit 1)", (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1024 / SLIDES],
        ["nodes, before and after", f"{before['Nodes']:.0f}, {after['Nodes']:.0f}"],
        ["listeners, before and after", f"{before['JSEventListeners']:.0f}, {after['JSEventListeners']:.0f}"],
    ]
    return f"## {SLIDES:,} slides of every kind, then a forced collection\n\n" + table(("", ""), rows)


def _show(tab: Page, bodies: list[str], start: int, count: int) -> None:
    for at in range(start, start + count, 100):
        tab.evaluate(SHOW, {"bodies": bodies, "from": at, "count": min(100, start + count - at)})


def _measure(session: CDPSession) -> Mapping[str, float]:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}


if __name__ == "__main__":
    print(run())
