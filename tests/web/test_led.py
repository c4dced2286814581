"""Slides for LED modules contain only pure colours, because each diode is either on or off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser

from server.desk.gallery.page import page
from server.slides.specimens import KINDS, VIEWS, Specimen, specimens
from tests.web.look import PLANT
from tests.web.site import BASE, site

pytestmark = pytest.mark.browser

BLACK, WHITE, YELLOW, RED = b"\x00\x00\x00", b"\xff\xff\xff", b"\xff\xff\x00", b"\xff\x00\x00"
MODULES = ("192x96", "96x192")


def first_of_each_kind(view: str) -> list[Specimen]:
    return [next(one for one in specimens(VIEWS[view].format) if one.kind == kind) for kind in KINDS]


def notice(view: str, name: str) -> Specimen:
    return next(one for one in specimens(VIEWS[view].format) if one.name == name)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {f"/{view}/{one.name}": page(one, root=BASE) for view in MODULES for one in first_of_each_kind(view)}
    pages |= {
        f"/{view}/{name}": page(notice(view, name), root=BASE)
        for view in MODULES
        for name in ("notice-urgent-1", "notice-exercise-1")
    }
    with site(pages) as root:
        yield root


def colours(browser: Browser, address: str, view: str, one: Specimen, css: str = "") -> Counter[bytes]:
    """How many pixels of a slide have each colour, as three bytes.

    ``css`` is added to the page, so that a test can cause a fault.
    """
    tab = browser.new_page(viewport={"width": VIEWS[view].across, "height": VIEWS[view].down})
    tab.goto(f"{address}/{view}/{one.name}")
    tab.evaluate(PLANT, css)
    tab.evaluate("document.fonts.ready")
    drawn = Image.open(BytesIO(tab.screenshot(animations="disabled"))).convert("RGB")
    tab.close()
    raw = drawn.tobytes()
    return Counter(raw[at : at + 3] for at in range(0, len(raw), 3))


@pytest.mark.parametrize("view", MODULES)
def test_each_diode_is_on_or_off(browser: Browser, address: str, view: str) -> None:
    for one in first_of_each_kind(view):
        found = colours(browser, address, view, one)
        assert BLACK in found, one.name
        lit = {RED} if one.urgent or "led urgent" in one.slide.html else {WHITE, YELLOW}
        assert lit & set(found), one.name
        assert set(found) <= lit | {BLACK}, one.name


@pytest.mark.parametrize("view", MODULES)
def test_an_urgent_notice_is_lit_red_all_over_and_a_drill_is_never_red(
    browser: Browser, address: str, view: str
) -> None:
    real, drill = (notice(view, name) for name in ("notice-urgent-1", "notice-exercise-1"))
    lit = colours(browser, address, view, real)
    assert lit[RED] > 2 * lit[BLACK]
    dark = colours(browser, address, view, drill)
    assert dark[RED] == 0
    assert dark[BLACK] > dark[YELLOW] > 0


def test_smooth_edges_are_found(browser: Browser, address: str) -> None:
    one = first_of_each_kind("192x96")[0]
    smooth = '[data-size="LED"] :is(#stage, #notices) { filter: none }'
    assert len(colours(browser, address, "192x96", one, smooth)) > 16
