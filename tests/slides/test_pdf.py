"""Slides of a PDF, in order, after the title: each page is shown whole or in strips that are large enough to read."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil
from typing import get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Announcement, Attachment, Format, Layout, Size, Slide
from server.core.typesetting.formats import stage
from server.slides.kinds.pdf import MOST_IN_STRIPS
from server.slides.kinds.pdf import fixture as pdfs
from server.slides.kinds.pdf.strips import MOST_STRIPS, OVERLAP, strips
from server.slides.render import Renderer
from server.slides.specimens import ZONE
from server.slides.styles import stylesheet

FRAMED = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size) if size != "LED"]
LANDSCAPE = Format("landscape", "S")
A4 = Attachment("a" * 16, "Trang 1 trên 1: Quyết định số 5", 1920, 2716)
ACROSS = Attachment("b" * 16, "Trang 1 trên 1", 2716, 1920)
POSTER = Attachment("c" * 16, "Trang 1 trên 1", 2716, 1528)
KICKER = "Thông báo · Trang 60/60 · 6/6"


def drawn(one: Announcement, format: Format) -> tuple[Slide, ...]:
    return Renderer().announcement(one, area_name="Xã Minh Tân", zone=ZONE, format=format)


def of(*pages: Attachment) -> Announcement:
    return replace(pdfs.USUAL, attachments=pages)


def parts(slides: tuple[Slide, ...]) -> list[tuple[str, int, int]]:
    """For each slide with a strip of a page: the page's hash, the strip's number, and the number of strips."""
    found = [re.search(r"strip at-(\d) parts-(\d)", slide.html) for slide in slides]
    return [(slide.media[0], int(at[1]), int(at[2])) for slide, at in zip(slides, found, strict=True) if at]


def test_a_page_of_a4_on_a_wide_board_comes_in_strips_of_full_width_after_its_title() -> None:
    first, *later = drawn(of(A4), LANDSCAPE)
    assert first.media == ()
    assert pdfs.USUAL.title in " ".join(LexborHTMLParser(first.html).text().split())
    assert parts(tuple(later)) == [(A4.hash, at, len(later)) for at in range(1, len(later) + 1)]
    assert len(later) > 1
    assert {slide.dwell for slide in later} == {15_000}


def test_a_page_across_comes_as_its_upper_and_its_lower_half() -> None:
    assert parts(drawn(of(ACROSS), LANDSCAPE)) == [(ACROSS.hash, 1, 2), (ACROSS.hash, 2, 2)]


def test_a_poster_is_shown_whole_beside_its_title() -> None:
    (slide,) = drawn(of(POSTER), LANDSCAPE)
    assert "strip" not in slide.html
    assert slide.media == (POSTER.hash,)


@pytest.mark.parametrize("size", [size for size in get_args(Size) if size != "LED"])
@pytest.mark.parametrize("page", [A4, ACROSS], ids=["a4", "across"])
def test_the_strips_cover_the_whole_page_and_overlap(size: Size, page: Attachment) -> None:
    format = Format("landscape", size)
    many = strips(page, format, KICKER)
    full = stage(format).width * page.height / page.width
    assert 1 < many <= MOST_STRIPS
    assert many * stage(format).height > full * (1 + OVERLAP * (many - 1))
    assert many <= ceil(full / (stage(format).height * 0.5))


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_every_page_is_shown_in_its_order_with_its_words(format: Format) -> None:
    pages = tuple(replace(A4, hash=f"{n:016}", alt=f"Trang {n} trên 12") for n in range(1, 13))
    slides = drawn(of(*pages), format)
    shown = [slide.media[0] for slide in slides if slide.media]
    assert list(dict.fromkeys(shown)) == [page.hash for page in pages]
    assert shown == sorted(shown)
    assert len(parts(slides)) <= MOST_IN_STRIPS
    html = "".join(slide.html for slide in slides)
    assert all(f'alt="{page.alt}"' in html for page in pages)


def test_style_sheet_and_code_name_the_same_strips() -> None:
    css = stylesheet()
    for number in range(1, MOST_STRIPS + 1):
        assert re.search(rf"\.at-{number} {{\s*--at: {number};", css)
        assert number == 1 or re.search(rf"\.parts-{number} {{\s*--parts: {number};", css)
    assert f".at-{MOST_STRIPS + 1}" not in css


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (1920, 0), (0, 10)])
def test_pages_of_odd_sizes_are_shown_whole(size: tuple[int, int]) -> None:
    page = replace(A4, width=size[0], height=size[1])
    assert [slide.media for slide in drawn(of(page), LANDSCAPE) if slide.media] == [(A4.hash,)]
