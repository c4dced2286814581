"""Records the boxes of all parts of a slide of each template, in five sizes: ``python -m tests.web.geometry``.

Writes tests/golden/geometry.json, which test_geometry.py compares with the current layout. It stores boxes instead of
pictures, because pictures differ with every version of browser, font renderer and graphics library. What boxes do not
show (colours, clipped glyphs, overlapping text) is checked by test_layout, which needs no record. Run this after an
intended change and review the diff: it names the slide and the part that moved.
"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from server.desk.gallery.page import page
from server.slides.specimens import VIEWS, specimens
from tests.chromium import launch
from tests.web.look import INSERT, PLANT, insertable
from tests.web.site import BASE, site

FILE = Path(__file__).parents[1] / "golden/geometry.json"
SIZES = ("1920x1080", "1080x1920", "3840x2160", "1280x1024", "192x96")
# One specimen of each template.
NAMES = (
    "story-usual-1",
    "table-schedule-1",
    "table-wide-1",
    "announcement-markdown-1",
    "announcement-linked-1",
    "pictures-usual-1",
    "pdf-usual-1",
    "video-usual-1",
    "link-usual-1",
    "contact-usual-1",
    "serving-usual-1",
    "serving-many-1",
    "notice-urgent-1",
    "notice-exercise-1",
    "notice-priority-1",
    "notice-risk-3-1",
    "notice-alert-code-1",
    "notice-alert-pictures-3",
    "calm-empty-1",
)
# The part of a slide -> its left, top, width and height in pixels.
Boxes = dict[str, list[int]]
MEASURE = """() => {
  const found = {};
  const parts = ".slide :is([data-fit], .picture > *, .code, .ornament), #board > :is(header, main, footer)";
  for (const node of document.querySelectorAll(parts)) {
    if (!node.checkVisibility()) continue;
    const { left, top, width, height } = node.getBoundingClientRect();
    const name = node.dataset.fit ?? (node.id || node.classList[0] || node.localName);
    let key = name;
    for (let at = 2; key in found; at += 1) key = `${name} ${at}`;
    found[key] = [left, top, width, height].map(Math.round);
  }
  return found;
}"""


def measured(browser: Browser, view: str, css: str = "") -> dict[str, Boxes]:
    """The boxes of each slide in a view: name of the slide -> boxes.

    ``css`` is added to the page, so that a test can cause a fault.
    """
    chosen = [one for one in specimens(VIEWS[view].format) if one.name in NAMES]
    found: dict[str, Boxes] = {}
    with site({"/": page(chosen[0], root=BASE)}) as address:
        tab = browser.new_page(viewport={"width": VIEWS[view].across, "height": VIEWS[view].down})
        tab.goto(f"{address}/")
        tab.evaluate(PLANT, css)
        for one in chosen:
            tab.evaluate(INSERT, insertable(one))
            found[one.name] = tab.evaluate(MEASURE)
        tab.close()
    return found


def main() -> None:
    with sync_playwright() as driver:
        browser = launch(driver.chromium)
        every = {view: measured(browser, view) for view in SIZES}
        browser.close()
    views = []
    for view, slides in every.items():
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(boxes)}" for name, boxes in slides.items())
        views.append(f"{json.dumps(view)}: {{\n{lines}\n}}")
    FILE.write_text("{\n" + ",\n".join(views) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
