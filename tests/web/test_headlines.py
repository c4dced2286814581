"""The longest headlines of notices, drawn by a real browser in each size class: complete, and acts follow soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest
from playwright.sync_api import Browser

from server.core.model import Format
from server.desk.gallery.page import page
from server.slides.kinds.notice import fixture as notices
from server.slides.render import Renderer
from server.slides.specimens import VIEWS, ZONE, Specimen, View
from tests.slides.test_notice import HEADLINES
from tests.web.look import PLANT, faults
from tests.web.site import BASE, site

pytestmark = pytest.mark.browser
RENDERER = Renderer()
SIZES = (
    VIEWS["1920x1080"],
    View(1920, 1080, Format("landscape", "M")),
    View(1920, 1080, Format("landscape", "L")),
    View(1920, 1080, Format("landscape", "XL")),
    View(1080, 1920, Format("portrait", "M")),
    View(1080, 1920, Format("portrait", "XL")),
    View(1600, 1200, Format("classic", "XL")),
    VIEWS["192x96"],
    VIEWS["96x192"],
    View(160, 120, Format("classic", "LED")),
)
NAMES = [f"{one.format.layout}-{one.format.size}" for one in SIZES]
# After how many ms the page with the first instruction is on the glass, for each slide; its animation is set to these
# times. A module of diodes has no elements for instructions, so the page is found by its words.
FIRST_ACT = """async ({ slides, act, last }) => {
  const notices = document.querySelector("#notices");
  notices.hidden = false;
  await document.fonts.ready;
  const isSeen = (node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return node.textContent.replaceAll("\u00a0", " ").includes(act) && top >= -1 && bottom <= innerHeight + 1;
  };
  const found = [];
  for (const slide of slides) {
    notices.innerHTML = `<section data-notice="1">${slide}</section>`;
    const turns = [...notices.querySelectorAll(".turn")].flatMap((turn) => turn.getAnimations());
    let at = 1;
    for (; at < last; at += 500) {
      for (const turn of turns) {
        turn.pause();
        turn.currentTime = at;
      }
      if ([...notices.querySelectorAll(".acts li, .lines")].some(isSeen)) break;
    }
    found.push(at);
  }
  return found;
}"""


def specimen(headline: str, view: View) -> Specimen:
    slide = RENDERER.notice(replace(notices.URGENT, headline=headline), zone=ZONE, format=view.format)
    return Specimen(headline, "notice", view.format, slide)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {f"/{number}": page(specimen(HEADLINES[0], view), root=BASE) for number, view in enumerate(SIZES)}
    with site(pages) as root:
        yield root


@pytest.mark.parametrize("number", range(len(SIZES)), ids=NAMES)
def test_the_longest_headlines_are_whole_on_the_glass(browser: Browser, address: str, number: int) -> None:
    view = SIZES[number]
    cases = [specimen(headline, view) for headline in HEADLINES]
    assert faults(browser, f"{address}/{number}", view, cases) == []


def first_acts(browser: Browser, address: str, number: int, css: str = "") -> dict[str, int]:
    """Headline -> after how many ms the first instruction is seen.

    ``css`` is added to the page, so that a test can cause a fault.
    """
    view = SIZES[number]
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    try:
        tab.goto(f"{address}/{number}")
        tab.evaluate(PLANT, css)
        slides = [specimen(headline, view).slide.html for headline in HEADLINES]
        asked = {"slides": slides, "act": notices.URGENT.acts[0].split()[0], "last": 30_000}
        return dict(zip(HEADLINES, tab.evaluate(FIRST_ACT, asked), strict=True))
    finally:
        tab.close()


@pytest.mark.parametrize("number", range(len(SIZES)), ids=NAMES)
def test_the_first_act_is_seen_within_ten_seconds(browser: Browser, address: str, number: int) -> None:
    assert {headline: at for headline, at in first_acts(browser, address, number).items() if at > 10_000} == {}


# The place of the page on the glass, at each half second.
SEEN = """([slide, last]) => {
  const notices = document.querySelector("#notices");
  notices.hidden = false;
  notices.innerHTML = `<section data-notice="1">${slide}</section>`;
  const [turn] = notices.querySelectorAll(".turn");
  const found = [];
  for (let at = 1; at < last; at += 500) {
    for (const one of turn.getAnimations()) {
      one.pause();
      one.currentTime = at;
    }
    found.push([...turn.children].findIndex((page) => Math.abs(page.getBoundingClientRect().top) <= 1));
  }
  return found;
}"""


@pytest.mark.parametrize("number", [at for at, name in enumerate(NAMES) if name.endswith("LED")])
@pytest.mark.parametrize("name", ["urgent", "urgent-long", "exercise", "priority", "alert"])
def test_on_led_each_page_is_seen_in_order_the_first_ones_for_three_seconds_or_more(
    browser: Browser, address: str, number: int, name: str
) -> None:
    view = SIZES[number]
    slide = RENDERER.notice(notices.ITEMS[name], zone=ZONE, format=view.format)
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    tab.goto(f"{address}/{number}")
    seen: list[int] = tab.evaluate(SEEN, [slide.html, slide.dwell])
    tab.close()
    turns = [(page, len(list(times))) for page, times in groupby(seen)]
    whole = turns[: slide.html.count('class="lines')]
    assert [page for page, _ in whole] == list(range(len(whole)))
    assert all(times >= 6 for _, times in whole)


def test_a_late_act_is_found(browser: Browser, address: str) -> None:
    slow = '.led .turn[class*="leads-"] { animation-name: turn; animation-delay: 0s }'
    assert max(first_acts(browser, address, NAMES.index("landscape-LED"), slow).values()) > 10_000
