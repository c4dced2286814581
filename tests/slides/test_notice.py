"""Notices: no text is lost in any format, urgent headlines are large, and exercises are marked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Format, Layout, Notice, Size, Slide
from server.core.typesetting.formats import scale
from server.slides.kinds.notice import TURN, hazard_words
from server.slides.kinds.notice import fixture as notices
from server.slides.render import Renderer
from server.slides.specimens import ZONE

FORMATS = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size)]
FRAMED = [format for format in FORMATS if format.size != "LED"]
LANDSCAPE = Format("landscape", "S")
WORDS = ("Không", "ra", "khỏi", "nhà", "khi", "nước", "lên", "nhanh", "gọi", "114")
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40)


def drawn(notice: Notice, format: Format = LANDSCAPE) -> Slide:
    return Renderer().notice(notice, zone=ZONE, format=format)


def words(slide: Slide, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in LexborHTMLParser(slide.html).css(selector)]


def letters(parts: list[str]) -> str:
    return "".join("".join(parts).split())


@settings(max_examples=40)
@given(sentences.map(" ".join), st.lists(sentences.map(" ".join), max_size=3), st.sampled_from(FRAMED), st.booleans())
def test_every_word_of_a_notice_is_shown(headline: str, acts: list[str], format: Format, urgent: bool) -> None:
    made = drawn(
        replace(notices.URGENT, headline=headline, acts=tuple(acts), level="urgent" if urgent else "priority"), format
    )
    assert letters(words(made, ".headline")) == letters([headline])
    assert letters(words(made, ".acts span")) == letters(acts)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_headline_acts_and_expiry_are_in_every_format(format: Format) -> None:
    made = drawn(notices.URGENT, format)
    shown = letters([re.sub(r"<[^>]+>", " ", made.html)])
    for text in (notices.URGENT.headline, *notices.URGENT.acts, "05:30 ngày 07/09/2026", notices.URGENT.sender):
        assert letters([text]) in shown


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_an_urgent_headline_has_ten_millimetres_a_metre_and_acts_have_six(format: Format) -> None:
    for notice in notices.ITEMS.values():
        html = drawn(notice, format).html
        least = scale(format).urgent if notice.level == "urgent" else scale(format).headline
        assert all(int(size) >= least for size in re.findall(r"headline z-(\d+)", html))
        assert all(int(size) >= scale(format).text for size in re.findall(r"acts z-(\d+)", html))


def test_several_pages_turn_and_the_slide_stays_long_enough_for_all() -> None:
    made = drawn(notices.LONG, Format("landscape", "L"))
    pages = len(LexborHTMLParser(made.html).css(".sheet"))
    assert pages > 1
    assert f"of-{pages}" in made.html
    assert made.dwell >= pages * TURN
    assert "of-" not in drawn(notices.URGENT).html


def test_acts_are_numbered_continuously_over_the_pages() -> None:
    made = drawn(notices.LONG, Format("landscape", "XL"))
    numbers = [int(number) for number in words(made, ".acts .number")]
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3}


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_an_exercise_says_so_first(format: Format) -> None:
    for level in ("urgent", "priority"):
        made = drawn(replace(notices.EXERCISE, level=level), format)
        shown = " ".join(re.sub(r"<[^>]+>", " ", made.html).split())
        assert shown.startswith("DIỄN TẬP")
    assert "DIỄN TẬP" not in drawn(notices.URGENT, format).html


@pytest.mark.parametrize(
    ("notice", "look", "tag"),
    [
        (notices.URGENT, "risk-4", "KHẨN CẤP"),
        (replace(notices.URGENT, risk=0), "risk-none", "KHẨN CẤP"),
        (replace(notices.URGENT, level="priority", risk=2), "risk-2", "ƯU TIÊN"),
        (replace(notices.URGENT, state="cleared"), "over", "ĐÃ HẾT HIỆU LỰC"),
    ],
)
def test_the_tag_and_the_colour(notice: Notice, look: str, tag: str) -> None:
    made = drawn(notice)
    article = LexborHTMLParser(made.html).css_first("article")
    assert article is not None
    assert look in (article.attributes["class"] or "").split()
    assert words(made, ".tag") == [tag]


@pytest.mark.parametrize(
    ("hazard", "risk", "expected"),
    [
        ("Bão", 4, "Bão · rủi ro thiên tai cấp 4"),
        ("Bão", 0, "Bão"),
        ("", 3, "Rủi ro thiên tai cấp 3"),
        ("", 0, ""),
    ],
)
def test_hazard_words(hazard: str, risk: int, expected: str) -> None:
    made = hazard_words(replace(notices.URGENT, danger=hazard, risk=risk))
    assert made.replace("\u00a0", " ") == expected


def test_a_telephone_number_stays_in_one_piece() -> None:
    assert "0221\u00a0000\u00a0000" in drawn(notices.URGENT).html
