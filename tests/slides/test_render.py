"""Rendered slides: complete text, stable hashes, the right dwell, HTML that a strict content policy allows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Announcement, Format, Layout, Size, Slide, Story, Window
from server.core.typesetting.formats import scale
from server.core.typesetting.paging import reading_time
from server.slides.kinds.announcement import fixture as announcements
from server.slides.kinds.announcement.content import posted_days
from server.slides.kinds.story import fixture as stories
from server.slides.layout.fitting import LADDER
from server.slides.render import Renderer
from server.slides.specimens import ZONE, slides
from tests import cast

LANDSCAPE = Format("landscape", "S")
FORMATS = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size)]


def drawn(story: Story, format: Format = LANDSCAPE) -> tuple[Slide, ...]:
    return Renderer().story(story, label="Tin của xã", source_name="Cổng thông tin điện tử", zone=ZONE, format=format)


def posted(announcement: Announcement, format: Format = LANDSCAPE) -> tuple[Slide, ...]:
    return Renderer().announcement(announcement, area_name="Xã Minh Tân", zone=ZONE, format=format)


def texts(pages: tuple[Slide, ...], selector: str) -> list[str]:
    found = [node.text() for page in pages for node in LexborHTMLParser(page.html).css(selector)]
    return [" ".join(text.split()) for text in found]


def test_calm_slides_are_cached() -> None:
    """Each change of the store needs the two calm slides (empty and safe) of every board, so they are cached."""
    renderer = Renderer()
    for calm in (renderer.empty, renderer.safe):
        assert calm("Hội trường", "Tỉnh", LANDSCAPE) is calm("Hội trường", "Tỉnh", LANDSCAPE)
        assert calm("Hội trường", "Tỉnh", LANDSCAPE) != calm("Bến xe", "Tỉnh", LANDSCAPE)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_no_word_of_a_story_without_an_article_is_lost_or_repeated(format: Format) -> None:
    for name, item in stories.ITEMS.items():
        story = replace(item, link="", table=())
        pages = drawn(story, format)
        selector = ".lines.text" if format.size == "LED" else ".text"
        shown, whole = letters(texts(pages, selector)), letters([story.summary])
        said = any("trang không chiếu" in line for line in texts(pages, ".foot"))
        assert whole.startswith(shown.rstrip("…")) if said else shown == whole, name
        assert said or name not in ("longest", "longest-bare") or format.size not in ("L", "XL"), name
        assert letters([story.title]) in letters(texts(pages, ".lines.title, .headline")), name


@pytest.mark.parametrize("format", [one for one in FORMATS if one.size != "LED"], ids=lambda format: format.name)
def test_every_cell_of_a_table_without_an_article_is_shown(format: Format) -> None:
    pages = drawn(replace(stories.LONG_TABLE, link=""), format)
    shown = letters(texts(pages, "tbody td, dd, .text, .lines"))
    for row in stories.LONG_TABLE.table[1:]:
        assert all(letters([cell]) in shown for cell in row)


def test_the_head_of_a_table_stands_on_every_page() -> None:
    pages = drawn(stories.LONG_TABLE)
    assert len(pages) > 1
    for page in pages:
        assert texts((page,), "th") == list(stories.LONG_TABLE.table[0])
    assert texts(pages, "td:first-child") == [row[0] for row in stories.LONG_TABLE.table[1:]]


def letters(parts: list[str]) -> str:
    return "".join("".join(parts).split())


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_hash_of_a_slide_depends_on_its_html_only(format: Format) -> None:
    once, again = slides(format), slides.__wrapped__(format)
    assert once == again
    by_hash: dict[str, str] = {}
    for pages in once.values():
        for page in pages:
            assert re.fullmatch(r"[0-9a-f]{16}", page.hash)
            assert by_hash.setdefault(page.hash, page.html) == page.html


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_markup_is_accepted_by_a_strict_content_policy(format: Format) -> None:
    for name, pages in slides(format).items():
        for page in pages:
            tree = LexborHTMLParser(page.html)
            assert not tree.css("[style], script, style, [onclick], [onload], iframe"), name
            sizes = {int(size) for size in re.findall(r"\bz-(\d+)", page.html)}
            assert sizes <= set(LADDER), name


def test_markup_from_portals_is_escaped() -> None:
    evil = replace(
        stories.USUAL, title="<script>alert(1)</script>", summary='"><img src=x onerror=alert(1)>', image_alt='"x'
    )
    for page in drawn(evil):
        tree = LexborHTMLParser(page.html)
        assert not tree.css("script, [onerror]")
        assert len(tree.css("img")) == 1


def test_the_picture_is_named_in_the_slide_and_in_its_media() -> None:
    (page,) = drawn(stories.USUAL)
    image = LexborHTMLParser(page.html).css_first("img")
    assert image is not None
    assert image.attributes["src"] == f"/glass/media/{stories.PICTURE}"
    assert image.attributes["alt"] == stories.USUAL.image_alt
    assert page.media == (stories.PICTURE,)
    assert drawn(stories.WITHOUT_PICTURE)[0].media == ()


def test_a_story_shows_label_time_and_the_code_of_its_article() -> None:
    (page,) = drawn(stories.USUAL)
    tree = LexborHTMLParser(page.html)
    time = tree.css_first(".kicker time")
    assert time is not None
    assert time.attributes["datetime"] == "2026-11-22T01:15:00Z"
    assert " ".join(time.text().split()) == "08:15 22/11/2026"
    assert texts((page,), ".kicker b") == ["Tin của xã"]
    assert len(tree.css("svg.qr path.qr-ink")) == 1
    assert not LexborHTMLParser(drawn(stories.WITHOUT_LINK)[0].html).css(".qr")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "", "https://a.vn/" + "x" * 500])
def test_only_a_web_address_of_limited_length_has_a_code(link: str) -> None:
    assert not LexborHTMLParser(drawn(replace(stories.USUAL, link=link))[0].html).css(".qr")


def test_the_dwell_of_text_is_its_reading_time_and_at_least_six_seconds() -> None:
    (page,) = drawn(stories.USUAL)
    shown = " ".join(texts((page,), ".headline, .text"))
    assert page.dwell == pytest.approx(reading_time(shown), abs=1_000)
    assert drawn(stories.SHORTEST)[0].dwell == 6_000


def test_a_table_stays_a_second_longer_for_each_row() -> None:
    (page,) = drawn(stories.TABLE)
    shown = " ".join(texts((page,), ".headline, th, td"))
    assert page.dwell >= reading_time(shown) - 1_000 + 4_000


def test_titles_are_plain_and_the_same_on_all_pages() -> None:
    for page in drawn(stories.LONGEST):
        assert page.title == stories.LONGEST.title
        assert page.source == stories.LONGEST.source
    (one,) = drawn(replace(stories.USUAL, title="Đào 12 km kênh"))
    assert "\u00a0" not in one.title


def test_pages_of_a_long_text_are_numbered() -> None:
    pages = drawn(replace(stories.LONGEST, link=""))
    assert texts(pages, ".part") == [f"{n}/{len(pages)}" for n in range(1, len(pages) + 1)]
    assert texts(drawn(stories.USUAL), ".part") == []


def test_slides_of_an_item_are_cached() -> None:
    draw = Renderer()
    story = cast.story(7)
    first = draw.story(story, label="Tin", source_name="Cổng", zone=ZONE, format=LANDSCAPE)
    again = draw.story(cast.story(7), label="Tin", source_name="Cổng", zone=ZONE, format=LANDSCAPE)
    assert again is first


def test_an_announcement_with_text_and_a_table_shows_both() -> None:
    pages = posted(replace(announcements.TABLE, text="Mang theo sổ tiêm chủng."))
    assert texts(pages, ".text") == ["Mang theo sổ tiêm chủng."]
    assert len(texts(pages, "td")) == 6
    assert all("Lịch tiêm vắc-xin" in page.html for page in pages)


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ((), ""),
        ([(9, 10)], "Niêm yết từ 09/03/2026 đến 10/03/2026"),
        ([(9, None)], "Niêm yết từ 09/03/2026"),
        ([(9, 9)], "Niêm yết ngày 09/03/2026"),
        ([(12, 13), (9, 10)], "Niêm yết từ 09/03/2026 đến 13/03/2026"),
    ],
)
def test_the_days_of_posting(windows: list[tuple[int, int | None]], words: str) -> None:
    made = tuple(
        Window(
            datetime(2026, 3, first, 1, tzinfo=UTC),
            datetime(2026, 3, last, 9, tzinfo=UTC) if last else None,
        )
        for first, last in windows
    )
    assert posted_days(made, ZONE) == words


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_calm_slides_name_whose_board_it_is(format: Format) -> None:
    draw = Renderer()
    for made in (draw.empty("Hội trường", "Xã Minh Tân", format), draw.safe("Hội trường", "Xã Minh Tân", format)):
        assert "Minh" in made.html
        assert made.title == "Xã Minh Tân"
    assert draw.empty("Hội trường", "Xã", format).kind == "empty"
    assert draw.safe("Hội trường", "Xã", format).kind == "safe"


def test_shorter_text_has_larger_type() -> None:
    def size(title: str) -> int:
        (page,) = drawn(replace(stories.WITHOUT_LINK, title=title, summary=""))
        return int(re.findall(r"headline z-(\d+)", page.html)[0])

    assert size("Họp") > size("Họp dân thôn Đông tối nay") > size(stories.LONGEST.title) >= 38


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_type_is_never_smaller_than_the_text_size_of_its_class(format: Format) -> None:
    for name, pages in slides(format).items():
        for page in pages:
            read = re.findall(r'class="(?:headline|text|acts|lines \w+|rows) z-(\d+)', page.html)
            assert all(int(size) >= scale(format).text for size in read), name
