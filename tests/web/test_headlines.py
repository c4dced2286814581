"""The longest headlines of notices, drawn by a real browser in each size class, are complete and not cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from server.core.model import Format
from server.desk.gallery.page import page
from server.slides.kinds.notice import fixture as notices
from server.slides.render import Renderer
from server.slides.specimens import VIEWS, ZONE, Specimen, View
from tests.slides.test_notice import HEADLINES
from tests.web.look import faults
from tests.web.site import BASE, site

pytestmark = pytest.mark.browser
RENDERER = Renderer()
SIZES = (
    VIEWS["1920x1080"],
    View(1920, 1080, Format("landscape", "M")),
    View(1920, 1080, Format("landscape", "L")),
    View(1920, 1080, Format("landscape", "XL")),
    View(1080, 1920, Format("portrait", "M")),
    VIEWS["192x96"],
)


def specimen(headline: str, view: View) -> Specimen:
    slide = RENDERER.notice(replace(notices.URGENT, headline=headline), zone=ZONE, format=view.format)
    return Specimen(headline, "notice", view.format, slide)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {f"/{number}": page(specimen(HEADLINES[0], view), root=BASE) for number, view in enumerate(SIZES)}
    with site(pages) as root:
        yield root


@pytest.mark.parametrize("number", range(len(SIZES)), ids=[f"{one.format.layout}-{one.format.size}" for one in SIZES])
def test_the_longest_headlines_are_whole_on_the_glass(browser: Browser, address: str, number: int) -> None:
    view = SIZES[number]
    cases = [specimen(headline, view) for headline in HEADLINES]
    assert faults(browser, f"{address}/{number}", view, cases) == []
