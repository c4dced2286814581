"""Urgent notices measured in a real browser on every kind of board: sender, end, repeated headline, drill's band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser

from server.core.model import Format, Layout, Notice
from server.core.typesetting.formats import SIZES, canvas, scale
from server.desk.gallery.page import page
from server.slides.kinds.notice import fixture as notices
from server.slides.render import Renderer
from server.slides.specimens import ZONE, Specimen, View
from tests.slides.test_notice import HEADLINES
from tests.slow import slow_unless
from tests.web.site import BASE, site

pytestmark = pytest.mark.browser
RENDERER = Renderer()
SHAPES = {"landscape": (1920, 1080), "portrait": (1080, 1920), "classic": (1600, 1200)}
BOARDS = [View(*SHAPES[layout], Format(layout, size)) for layout in get_args(Layout) for size in SIZES]
NAMES = [board.format.name for board in BOARDS]
GATE_BOARDS = [board for board in BOARDS if board.format.size == "M"]
LONG = replace(notices.LONG, headline=notices.URGENT.headline, acts=notices.LONG.acts * 2)

# For each slide: the type sizes in pixels of the parts and their text, the heights of the drill's band, and of each
# repeated headline its number of lines, its text and whether it is shortened by an ellipsis.
MEASURE = """async (slides) => {
  const notices = document.querySelector("#notices");
  notices.hidden = false;
  await document.fonts.ready;
  const found = [];
  for (const slide of slides) {
    notices.innerHTML = `<section data-notice="1">${slide}</section>`;
    const all = (selector) => [...notices.querySelectorAll(selector)];
    const type = (node) => parseFloat(getComputedStyle(node).fontSize);
    const types = (selector) => all(selector).map((node) => [type(node), node.textContent]);
    found.push({
      deadlines: types(".deadline"),
      senders: types(".sender"),
      acts: types(".acts"),
      bands: all(".exercise").map((node) => node.getBoundingClientRect().height),
      band_types: types(".exercise strong"),
      repeated: all(".repeated > span").map((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        const { overflowX, textOverflow } = getComputedStyle(node);
        const cut = node.scrollWidth > node.clientWidth;
        const ends = overflowX === "clip" && textOverflow === "ellipsis";
        return { lines: tops.size, text: node.textContent, type: type(node), cut, ends };
      }),
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {}
    for board in BOARDS:
        slide = RENDERER.notice(notices.URGENT, zone=ZONE, format=board.format)
        pages[f"/{board.format.name}"] = page(Specimen("urgent", "notice", board.format, slide), root=BASE)
    with site(pages) as root:
        yield root


def measured(browser: Browser, address: str, board: View, *shown: Notice) -> list[dict[str, Any]]:
    """What MEASURE finds for each notice."""
    tab = browser.new_page(viewport={"width": board.across, "height": board.down})
    try:
        tab.goto(f"{address}/{board.format.name}")
        slides = [RENDERER.notice(one, zone=ZONE, format=board.format).html for one in shown]
        answers: list[dict[str, Any]] = tab.evaluate(MEASURE, slides)
    finally:
        tab.close()
    return answers


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_until_when_and_by_whom_are_as_large_as_acts_have_to_be(browser: Browser, address: str, board: View) -> None:
    least = scale(board.format).text * board.across / canvas(board.format).width - 0.1
    shown = (notices.URGENT, LONG, notices.EXERCISE, notices.ONE_ACT, notices.ALERT)
    for notice, found in zip(shown, measured(browser, address, board, *shown), strict=True):
        assert [size for size, _ in (*found["acts"], *found["deadlines"]) if size < least] == []
        assert found["deadlines"]
        large = "".join(text for size, text in found["senders"] if size >= least)
        assert "".join(large.split()) == "".join(notice.sender.split())


@pytest.mark.parametrize("board", slow_unless(GATE_BOARDS, BOARDS), ids=NAMES)
def test_each_further_page_repeats_the_headline_in_one_line(browser: Browser, address: str, board: View) -> None:
    least = scale(board.format).small * board.across / canvas(board.format).width
    shown = [replace(LONG, headline=headline) for headline in (notices.URGENT.headline, *HEADLINES)]
    answers = measured(browser, address, board, *shown)
    assert any(found["repeated"] for found in answers)
    for notice, found in zip(shown, answers, strict=True):
        for line in found["repeated"]:
            assert line["lines"] == 1, notice.headline
            assert line["text"] == notice.headline
            assert line["type"] >= least
            assert line["ends"] or not line["cut"]


@pytest.mark.parametrize("board", slow_unless(GATE_BOARDS, BOARDS), ids=NAMES)
def test_the_drill_s_band_is_the_same_however_long_the_headline_is(
    browser: Browser, address: str, board: View
) -> None:
    shown = [replace(LONG, exercise=True, headline=headline) for headline in (*HEADLINES, notices.LONG.headline)]
    answers = measured(browser, address, board, *shown)
    assert {len(found["bands"]) for found in answers} == {1}
    assert len({round(height) for found in answers for height in found["bands"]}) == 1
    assert len({size for found in answers for size, _ in found["band_types"]}) == 1
