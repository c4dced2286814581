"""Every kind of slide in every format, drawn by a real browser: nothing clipped or overlapping, no empty area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest
from playwright.sync_api import Browser

from server.core.model import Format
from server.desk.gallery.page import page
from server.slides.kinds.story import fixture as stories
from server.slides.render import Renderer
from server.slides.specimens import THEMES, VIEWS, ZONE, Specimen, View, specimens
from tests.cast import announcement
from tests.slow import slow_unless
from tests.web.look import faults
from tests.web.site import BASE, site

pytestmark = pytest.mark.browser

# Beside the views of the gallery: other size classes and resolutions, and windows of another orientation.
EVERY = [
    *VIEWS.values(),
    View(1280, 720, Format("landscape", "M")),
    View(1280, 720, Format("landscape", "L")),
    View(1080, 1920, Format("portrait", "M")),
    View(720, 1280, Format("portrait", "L")),
    View(1024, 768, Format("classic", "S")),
    View(1600, 1200, Format("classic", "L")),
    View(1920, 1080, Format("landscape", "S", side=True)),
    View(1280, 720, Format("landscape", "L", side=True, ticker=True)),
    View(1280, 1024, Format("classic", "S", side=True, ticker=True)),
    View(1080, 1920, Format("portrait", "S", ticker=True)),
    View(390, 844, Format("portrait", "L"), "public"),
    View(768, 1024, Format("landscape", "S"), "public"),
    View(1280, 720, Format("portrait", "S"), "public"),
]
GATE_VIEWS = [view for view in VIEWS.values() if view.across * view.down <= 1920 * 1080]
USUAL = VIEWS["1920x1080"]
# Themes differ only in colours. Every coloured part is in one of these views: five kinds of screen, and the side
# regions.
THEMED = [VIEWS[name] for name in ("1920x1080", "1080x1920", "3840x2160", "1280x1024", "192x96", "1920x1080-side")]


@cache
def slides(format: Format) -> list[Specimen]:
    """The specimens of a format, rendered at first use, because every test worker imports this module."""
    return specimens(format)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {
        f"/{view.name}-{view.viewer}": page(slides(view.format)[0], viewer=view.viewer, root=BASE) for view in EVERY
    }
    with site(pages) as root:
        yield root


def seen(
    browser: Browser, address: str, view: View, wanted: list[Specimen], css: str = "", themes: Sequence[str] = ()
) -> list[str]:
    return faults(browser, f"{address}/{view.name}-{view.viewer}", view, wanted, css, themes)


@pytest.mark.parametrize("view", slow_unless(GATE_VIEWS, EVERY), ids=lambda view: f"{view.name}-{view.viewer}")
def test_every_slide_stands_as_it_should_and_can_be_read_in_every_theme(
    browser: Browser, address: str, view: View
) -> None:
    themes = THEMES[1:] if view in THEMED else ()
    assert seen(browser, address, view, slides(view.format), themes=themes) == []


def test_a_long_table_in_a_window_of_another_shape_does_not_cover_its_title(browser: Browser) -> None:
    format = Format("portrait", "S")
    rows = (("Ngày", "Giờ", "Người tiếp"), *((f"{day:02}/12", "7:30", "Chủ tịch xã") for day in range(1, 25)))
    one = announcement(kind="table", text="", title="Lịch tiếp công dân của Chủ tịch xã " * 4, table=rows)
    made = Renderer().announcement(one, area_name="Xã Minh Tân", zone=ZONE, format=format)
    cases = [Specimen(f"long-{at}", "table", format, slide) for at, slide in enumerate(made)]
    with site({"/long": page(cases[0], viewer="public", root=BASE)}) as address:
        assert faults(browser, f"{address}/long", View(1920, 1080, format, "public"), cases) == []


def story_case(**changes: object) -> Specimen:
    story = replace(stories.MARKS, **changes)  # type: ignore[arg-type]
    made = Renderer().story(story, label="Tin", source_name="Cổng", zone=ZONE, format=USUAL.format)
    return Specimen("planted", "story", USUAL.format, made[0])


@pytest.mark.parametrize(
    ("css", "said"),
    [
        (".slide .headline { line-height: 1 }", "text on text"),
        (".slide .headline { line-height: 1; overflow: hidden }", "clipped by headline"),
        (".slide .text { line-height: 3 }", "clipped by layer"),
        (".slide .headline { white-space: nowrap }", "outside at a side"),
        (".slide .words { margin-left: -200px }", "text on a picture"),
        ("#frame-top { padding-top: 0; align-items: start }", "outside at top"),
        (".slide .picture { display: none }", "an empty third"),
        (".slide .text { color: #6b7280 }", "contrast of 4"),
        ("#board { --quiet: #5f6b80 }", "contrast of 5"),
    ],
)
def test_a_planted_fault_is_found(browser: Browser, address: str, css: str, said: str) -> None:
    assert any(said in fault for fault in seen(browser, address, USUAL, [story_case()], css))


def test_a_theme_that_is_hard_to_read_is_found(browser: Browser, address: str) -> None:
    css = f'[data-theme="{THEMES[2]}"] .slide .text {{ color: #6b7280 }}'
    found = seen(browser, address, USUAL, [story_case()], css, THEMES[1:])
    assert found
    assert all(f"in {THEMES[2]}" in one for one in found)


def test_a_title_too_long_for_its_size_is_found(browser: Browser, address: str) -> None:
    case = story_case()
    longer = case.slide.html.replace("NGẪM VỀ", "NGẪM VỀ " * 30)
    assert longer != case.slide.html
    planted = replace(case, slide=replace(case.slide, html=longer))
    assert any("clipped" in fault for fault in seen(browser, address, USUAL, [planted]))


def test_the_shipped_font_is_what_is_drawn(browser: Browser, address: str) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}/{USUAL.name}-{USUAL.viewer}")
    loaded = tab.evaluate(
        """async () => {
          await document.fonts.ready;
          const drawn = (weight) => document.fonts.check(`${weight} 20px "Be Vietnam Pro"`, "Ẫợ");
          return ["400", "700"].every(drawn);
        }"""
    )
    tab.close()
    assert loaded
