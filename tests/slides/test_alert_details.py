"""The slides after that of an alert: description, pictures, QR code; and the code beside the alert's own pages."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Format, Layout, Notice, Size, Slide
from server.slides.kinds.led import TURN
from server.slides.kinds.notice import count_pages
from server.slides.kinds.notice import fixture as notices
from server.slides.kinds.story.brief import MOST_PAGES
from server.slides.layout.space import CAPTION
from server.slides.render import Renderer
from server.slides.specimens import ZONE

FORMATS = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size)]
FRAMED = [format for format in FORMATS if format.size != "LED"]
SMALL = Format("landscape", "S")
BARE = replace(notices.DETAILED, link="", description="")
by_name = pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
by_frame = pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)


def own(notice: Notice, format: Format = SMALL) -> Slide:
    return Renderer().notice(notice, zone=ZONE, format=format)


def further(notice: Notice, format: Format = SMALL) -> tuple[Slide, ...]:
    return Renderer().notice_details(notice, zone=ZONE, format=format)


def texts(slides: tuple[Slide, ...], selector: str) -> list[str]:
    return [" ".join(node.text().split()) for one in slides for node in LexborHTMLParser(one.html).css(selector)]


def codes(*slides: Slide) -> int:
    return sum(len(LexborHTMLParser(one.html).css("svg.qr")) for one in slides)


@by_name
def test_a_description_takes_no_more_pages_than_a_story(format: Format) -> None:
    long = replace(notices.DETAILED, description=notices.DETAILED.description * 20)
    made = further(long, format)
    assert 1 <= len(made) <= MOST_PAGES[format.size]
    if format.size == "LED":
        assert made[0].dwell == MOST_PAGES["LED"] * TURN


@by_frame
def test_each_page_of_a_description_says_what_it_is_about_and_until_when(format: Format) -> None:
    made = further(notices.DETAILED, format)
    assert set(texts(made, ".kicker b")) == {"ƯU TIÊN"}
    if format.size in ("S", "M"):
        assert all("đến 05:30 ngày 07/09/2026" in line for line in texts(made, ".kicker"))
    assert texts(made, ".headline")[0] == "Mưa lớn"


def test_a_short_description_is_shown_whole_below_the_event() -> None:
    made = further(notices.DETAILED)
    assert "".join("".join(texts(made, ".text")).split()) == "".join(notices.DETAILED.description.split())


def test_the_description_comes_after_the_instructions_and_not_on_their_slide() -> None:
    first, second = own(notices.DETAILED), further(notices.DETAILED)
    assert len(texts((first,), ".acts li")) == len(notices.DETAILED.acts)
    assert "cường suất" not in first.html
    assert texts(second, ".acts") == []
    assert "cường suất" in second[0].html


@by_name
def test_an_alert_without_more_to_say_has_no_further_slide(format: Format) -> None:
    assert further(BARE, format) == ()
    said = replace(BARE, description=f"{BARE.headline}.  {' '.join(BARE.acts)}")
    assert further(said, format) == ()


@by_name
def test_an_urgent_alert_and_an_editors_notice_have_no_further_slides(format: Format) -> None:
    assert further(replace(notices.DETAILED, level="urgent"), format) == ()
    assert further(replace(notices.DETAILED, created_by="an"), format) == ()


@by_frame
def test_the_code_is_on_every_alert_of_the_lap_and_costs_no_page(format: Format) -> None:
    for notice in (notices.DETAILED, replace(notices.DETAILED, description=""), notices.ITEMS["alert-link"]):
        assert codes(own(notice, format), *further(notice, format)) >= 1
        plain = replace(notice, link="")
        assert count_pages(notice, ZONE, format) == count_pages(plain, ZONE, format)


def test_a_full_screen_has_the_code_only_where_room_is() -> None:
    short = notices.ITEMS["alert-code"]
    assert codes(own(short, SMALL)) == 1
    assert codes(own(short, Format("landscape", "XL"))) == 0
    assert texts((own(short, SMALL),), ".scan p") == [CAPTION]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a.example/" + "x" * 400, "ftp://a.example/"])
def test_what_no_other_slide_makes_a_code_of_is_none_here(link: str) -> None:
    assert codes(own(replace(notices.DETAILED, link=link)), *further(replace(notices.DETAILED, link=link))) == 0


def test_without_a_code_the_pages_say_how_much_is_left_out() -> None:
    made = further(notices.ITEMS["alert-without-code"])
    assert len(made) == 3
    assert all("trang không chiếu ở đây" in line for line in texts(made, ".foot .line"))
    english = replace(notices.ITEMS["alert-without-code"], language="en")
    assert all("pages are not shown here" in line for line in texts(further(english), ".foot .line"))


@by_frame
def test_a_description_that_is_cut_before_it_is_paged_does_not_say_how_many_pages_are_left(format: Format) -> None:
    endless = replace(BARE, description=notices.DETAILED.description * 50)
    for language, said in (("vi", "Phần còn lại không chiếu ở đây"), ("en", "The rest is not shown here")):
        assert set(texts(further(replace(endless, language=language), format), ".foot .line")) == {said}


@by_frame
def test_every_picture_has_a_page_and_is_loaded_before_it(format: Format) -> None:
    made = further(notices.ITEMS["alert-pictures"], format)
    assert list(dict.fromkeys(name for one in made for name in one.media)) == ["p1000x1414", "p1600x900"]
    for one in made:
        assert [f"/glass/media/{name}" for name in one.media] == [
            node.attributes["src"] for node in LexborHTMLParser(one.html).css("img")
        ]


@by_name
def test_an_exercise_says_so_on_every_further_page(format: Format) -> None:
    made = further(notices.ITEMS["alert-map-drill"], format)
    assert made
    for one in made:
        assert "DIỄN TẬP" in one.html


def test_modules_of_diodes_show_neither_code_nor_picture() -> None:
    format = Format("landscape", "LED")
    notice = notices.ITEMS["alert-map"]
    made = (own(notice, format), *further(notice, format))
    assert codes(*made) == 0
    assert all(not one.media for one in made)
    assert further(notices.ITEMS["alert-pictures"], format) == ()


def test_on_modules_whole_sentences_are_shown_if_they_fit() -> None:
    format = Format("landscape", "LED")
    said = replace(notices.DETAILED, description=f"Mưa rất to. {'Ngập sâu nhiều nơi ' * 20}.")
    (made,) = further(said, format)
    assert "Mưa rất to." in made.html
    assert "Ngập" not in made.html
