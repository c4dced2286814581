"""Draws many slides in one page of Chromium and lists the faults of each slide; used by test_layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from server.desk.gallery.page import body, page
from server.slides.specimens import Specimen, View
from tests.web.site import BASE

CHECK = (Path(__file__).parent / "check.js").read_text(encoding="utf-8")
# Adds CSS as a constructed style sheet, because the Content-Security-Policy of the pages allows no inline style.
PLANT = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
# A function that inserts a slide as the display's code does and waits for fonts and pictures. An urgent notice is
# inserted as if it were the second of two.
INSERT = """async (slide) => {
  const layer = document.querySelector('.layer[aria-hidden="false"]') ?? document.querySelector(".layer");
  layer.setAttribute("aria-hidden", "false");
  layer.style.transition = "none";
  const notices = document.querySelector("#notices");
  const area = document.querySelector("#board-area");
  notices.hidden = !slide.urgent;
  notices.innerHTML = slide.urgent ? `<section data-notice="1">${slide.html}</section>` : "";
  for (const place of notices.querySelectorAll("[data-place]")) place.textContent = "2/2";
  layer.innerHTML = slide.urgent ? "" : slide.html;
  area.textContent = slide.area;
  area.parentElement.className = slide.who;
  document.documentElement.dataset.theme = slide.theme ?? document.documentElement.dataset.theme;
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
}"""
EACH = f"""async ({{ slides, strict, themes }}) => {{
  const check = {CHECK.strip().removeprefix(CHECK[: CHECK.index("({")]).rstrip(";")};
  const insert = {INSERT};
  const found = [];
  for (const slide of slides) {{
    await insert(slide);
    found.push(check({{ strict, themes }}));
  }}
  return found;
}}"""


def faults(
    browser: Browser, address: str, view: View, cases: Iterable[Specimen], css: str = "", themes: Sequence[str] = ()
) -> list[str]:
    """The faults of the slides ``cases`` in a view, as "NAME: FAULT".

    ``css`` is added to the page, so that a test can cause a fault. In ``themes`` only the contrast is checked again.
    """
    asked = list(cases)
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    try:
        tab.goto(address)
        if css:
            tab.evaluate(PLANT, css)
        slides = [insertable(case) for case in asked]
        answers: list[list[str]] = tab.evaluate(
            EACH, {"slides": slides, "strict": view.strict, "themes": list(themes)}
        )
    finally:
        tab.close()
    return [f"{case.name}: {fault}" for case, found in zip(asked, answers, strict=True) for fault in found]


def insertable(case: Specimen, **more: str) -> dict[str, object]:
    """The slide as `INSERT` takes it; ``theme`` may be given beside."""
    return {"html": body(case), "urgent": case.urgent, "area": case.area, "who": who_class(case), **more}


def who_class(case: Specimen) -> str:
    """The CSS class that board.html gives to the block with the name of the board."""
    html = page(case, root=BASE)
    start = html.index('class="who') + len('class="')
    return html[start : html.index('"', start)]
