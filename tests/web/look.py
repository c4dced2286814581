"""Draws many slides in one page of Chromium and says what is wrong with each; called by test_layout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from server.core.model import Format
from tests.web.cases import Case, page, with_clock

CHECK = (Path(__file__).parent / "check.js").read_text(encoding="utf-8")
# A sheet made by code is what a strict policy lets a test plant.
PLANT = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
# Puts each slide where the display's code would, waits for fonts and pictures, and asks what is wrong.
EACH = f"""async ({{ slides, strict }}) => {{
  const check = {CHECK.strip().removeprefix(CHECK[: CHECK.index("({")]).rstrip(";")};
  const layer = document.querySelector('.layer[aria-hidden="false"]') ?? document.querySelector(".layer");
  layer.setAttribute("aria-hidden", "false");
  layer.style.transition = "none";
  const notices = document.querySelector("#notices");
  const area = document.querySelector("#board-area");
  const who = area.parentElement;
  const found = [];
  for (const slide of slides) {{
    notices.hidden = !slide.urgent;
    notices.innerHTML = slide.urgent ? `<section data-notice="1">${{slide.html}}</section>` : "";
    layer.innerHTML = slide.urgent ? "" : slide.html;
    area.textContent = slide.area;
    who.className = slide.who;
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode()));
    found.push(check({{ strict }}));
  }}
  return found;
}}"""


@dataclass(frozen=True, slots=True)
class View:
    """A window onto a board: its size in pixels, the format of the board, who looks.

    ``strict`` for the board's own screen; a reader's other window may scroll and has no safe area.
    """

    across: int
    down: int
    format: Format
    viewer: str = "screen"

    @property
    def strict(self) -> bool:
        return self.viewer == "screen"

    @property
    def name(self) -> str:
        return f"{self.format.name}-{self.across}x{self.down}"


def faults(
    browser: Browser, address: str, view: View, cases: Iterable[Case], css: str = "", theme: str = ""
) -> list[str]:
    """What is wrong with the cases in a view, a sentence each, the case's name before it; ``css`` plants a fault."""
    asked = list(cases)
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    try:
        tab.goto(address)
        if css:
            tab.evaluate(PLANT, css)
        if theme:
            tab.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        slides = [
            {"html": with_clock(case.slide.html), "urgent": case.urgent, "area": case.area, "who": who_class(case)}
            for case in asked
        ]
        answers: list[list[str]] = tab.evaluate(EACH, {"slides": slides, "strict": view.strict})
    finally:
        tab.close()
    return [f"{case.name}: {fault}" for case, found in zip(asked, answers, strict=True) for fault in found]


def who_class(case: Case) -> str:
    """The class that board.html gives the block of the name."""
    html = page(case)
    start = html.index('class="who') + len('class="')
    return html[start : html.index('"', start)]
