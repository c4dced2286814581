"""Tables: short cells stay whole, the head is on every page, the height is used, LED modules show a limited part."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Announcement, Format, Layout, Size, Slide
from server.core.typesetting.paging import tidy
from server.slides.kinds.announcement import fixture as announcements
from server.slides.kinds.led import lines_of
from server.slides.kinds.table import MOST_LED_PAGES
from server.slides.kinds.table.columns import (
    BODY_WEIGHT,
    PADDINGS,
    SHORT_CELL,
    TableLayout,
    column_widths,
    share,
    split,
    unbroken,
)
from server.slides.render import Renderer
from server.slides.specimens import ZONE

FRAMED = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size) if size != "LED"]
LED = Format("landscape", "LED")
HEAD = ("Ngày", "Ca", "Người trực", "Nội dung công việc được giao trong ca", "Điện thoại")
DUTY = (
    HEAD,
    *((f"Thứ Hai {n:02}/01", "7:30 - 11:30", f"Vũ Thị Lan {n}", f"Tiếp nhận hồ sơ đất đai, hộ tịch số {n}",
       f"0912 000 {n:03}") for n in range(1, 25)),
)  # fmt: skip
LONG = replace(announcements.TABLE, title="Lịch trực bộ phận một cửa tháng 1", table=DUTY, text="", link="")


def drawn(one: Announcement, format: Format) -> tuple[Slide, ...]:
    return Renderer().announcement(one, area_name="Xã Minh Tân", zone=ZONE, format=format)


def words(slides: tuple[Slide, ...]) -> str:
    return " ".join(" ".join(LexborHTMLParser(slide.html).text().split()) for slide in slides)


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_every_page_repeats_the_head_and_no_cell_is_lost(format: Format) -> None:
    slides = drawn(LONG, format)
    for slide in slides:
        page = LexborHTMLParser(slide.html)
        named = {" ".join(node.text().split()) for node in page.css("th, dt")}
        assert named >= set(HEAD) or (page.css("dt") and named <= set(HEAD)) or not page.css("td, dd")
    shown = words(slides)
    assert all(" ".join(tidy(cell).split()) in shown for row in DUTY for cell in row)


@pytest.mark.parametrize("width", [1100.0, 1728.0, 2600.0])
@pytest.mark.parametrize("size", [38, 52, 68])
def test_a_short_cell_stays_on_one_line_or_the_table_is_not_set_so(width: float, size: int) -> None:
    rows = tuple(tuple(tidy(cell) for cell in row) for row in DUTY)
    widths = column_widths(rows, width, size)
    for row in rows[1:] if widths else ():
        for cell, column in zip(row, widths or (), strict=True):
            if len(cell) <= SHORT_CELL:
                assert TableLayout(((cell,), (cell,)), size, (column,), PADDINGS[-1]).lines(1) == 1


@pytest.mark.parametrize(
    ("least", "natural", "width", "shared"),
    [
        ([10.0, 10.0], [30.0, 30.0], 30.0, [15.0, 15.0]),
        ([10.0, 10.0, 10.0], [13.0, 13.0, 40.0], 40.0, [13.0, 13.0, 14.0]),
        ([10.0, 10.0], [40.0, 12.0], 40.0, [28.0, 12.0]),
    ],
)
def test_columns_share_the_whole_width(
    least: list[float], natural: list[float], width: float, shared: list[float]
) -> None:
    assert share(least, natural, width) == pytest.approx(shared)


def test_the_type_of_a_table_of_several_pages_grows_as_long_as_no_page_is_added() -> None:
    """With three rows per page, the smallest type would leave half of the height empty; larger type fills it."""
    rows = (("Thôn", "Giờ"), *((f"Thôn số {n}", f"{n}:00") for n in range(1, 15)))
    one = replace(LONG, table=rows)
    slides = drawn(one, Format("landscape", "S"))
    sizes = {int(found) for slide in slides for found in re.findall(r'class="rows z-(\d+)', slide.html)}
    assert len(slides) > 1
    assert min(sizes) > 38


def test_following_pages_have_the_title_on_one_line_where_that_saves_pages() -> None:
    title = (
        "Lịch tiếp công dân định kỳ của Chủ tịch, các Phó Chủ tịch Ủy ban nhân dân xã và trưởng các phòng chuyên môn"
    )
    first, *later = drawn(replace(LONG, title=title), Format("landscape", "S"))
    assert "headline" in first.html
    assert later
    assert all('class="kicker again"' in slide.html and title in " ".join(slide.html.split()) for slide in later)


def test_pages_of_different_heights_are_filled_in_order() -> None:
    rows = tuple((str(n),) for n in range(9))
    layout = TableLayout(rows, 40, (400.0,), 0.3)
    height = layout.height(1)
    pages = split(layout, 3 * height, 5 * height)
    assert pages is not None
    assert [at for page in pages for at in page] == list(range(1, 9))
    assert len(pages[0]) <= 2
    assert all(len(page) <= 4 for page in pages)
    assert split(layout, 1.5 * height, 5 * height) is None


@pytest.mark.parametrize("link", ["", "https://minhtan.gov.vn/lich?thang=1", "http://[hong"])
def test_a_long_table_on_an_led_module_ends_with_where_the_rest_is(link: str) -> None:
    slides = drawn(replace(LONG, link=link, table=(HEAD, *DUTY[1:] * 3)), LED)
    assert len(slides) <= MOST_LED_PAGES + len(lines_of(LONG.title, LED))
    shown = words(slides)
    assert "Thứ Hai 01/01" in shown
    left = re.search(r"Còn (\d+) dòng, xem tiếp tại ([\w. ]+)\.$", shown)
    assert left is not None
    assert left[2] == ("minhtan.gov.vn" if "minhtan" in link else "trụ sở")
    assert shown.count("Điện thoại: ") + int(left[1]) == 3 * (len(DUTY) - 1)


def test_a_short_table_on_an_led_module_is_shown_whole() -> None:
    shown = words(drawn(replace(LONG, table=DUTY[:3]), LED))
    assert "Còn" not in shown
    assert "0912 000 002" in shown


def test_a_row_longer_than_all_pages_of_an_led_module() -> None:
    rows = (("Tên", "Việc"), ("Lan", "rất dài " * 60), *(("Minh", "họp " * 100) for _ in range(20)))
    slides = drawn(replace(LONG, table=rows), LED)
    assert len(slides) <= MOST_LED_PAGES + len(lines_of(LONG.title, LED))
    assert "xem" in words(slides[-1:])


def test_the_least_width_of_a_cell() -> None:
    assert unbroken("Thứ Hai", BODY_WEIGHT) > unbroken("Thứ", BODY_WEIGHT)
    long = "một ô dài hơn mười sáu chữ cái"
    assert unbroken(long, BODY_WEIGHT) == unbroken("mười", BODY_WEIGHT)
