"""A long story is shortened by whole sentences to the pages of its size class; its title is never shortened."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from server.core.model import Format, Layout, Size, Slide
from server.core.typesetting.paging import Budget, paginate
from server.slides.kinds.story.brief import MOST_PAGES
from server.slides.render import Renderer
from tests import cast

SENTENCES = [
    f"Câu thứ {number} nói về một việc mà người dân trong xã cần biết rõ và nhớ lâu." for number in range(90)
]


def pages(size: Size, sentences: int = 30, *, link: str = "https://cong.example.invalid/tin/1") -> tuple[Slide, ...]:
    story = replace(
        cast.story(), title="Tin dài", summary=" ".join(SENTENCES[:sentences]), link=link, image=None, table=()
    )
    format = Format("landscape", size)
    return Renderer().story(story, label="Tin", source_name="Cổng", zone="Asia/Ho_Chi_Minh", format=format)


def words(slides: tuple[Slide, ...]) -> str:
    return " ".join(" ".join(unescape(re.sub(r"<[^>]+>", " ", slide.html)).split()) for slide in slides)


@pytest.mark.parametrize("size", ["S", "M", "L", "XL"])
def test_a_long_story_has_at_most_the_pages_of_its_size(size: Size) -> None:
    assert 1 <= len(pages(size)) <= MOST_PAGES[size]


def test_it_is_shortened_by_whole_sentences_from_the_end() -> None:
    shown = words(pages("L")).replace("\xa0", " ")
    kept = [sentence for sentence in SENTENCES if sentence.split(" nói")[0] + " " in shown]
    assert kept == SENTENCES[: len(kept)]
    assert 0 < len(kept) < 30


@pytest.mark.parametrize("size", ["S", "M", "L", "XL"])
def test_a_long_story_without_an_article_says_how_much_is_missing(size: Size) -> None:
    shown = pages(size, 90, link="")
    assert len(shown) <= 3
    assert re.search(r"Còn \d+ trang không chiếu", words(shown[-1:]))
    assert "không chiếu" not in words(pages(size))


LONG = (
    "Kế hoạch triển khai chính sách hỗ trợ phát triển sản xuất nông nghiệp hữu cơ gắn với xây dựng nông thôn mới " * 3
)


@pytest.mark.parametrize("size", ["S", "M", "L", "XL"])
@pytest.mark.parametrize("title", ["Tin dài", LONG.strip()])
@pytest.mark.parametrize("layout", ["landscape", "portrait"])
@pytest.mark.parametrize("image", [None, "00000000000000aa"])
def test_every_page_has_the_headline(size: Size, title: str, layout: Layout, image: str | None) -> None:
    story = replace(cast.story(), title=title, summary=" ".join(SENTENCES[:45]), image=image, table=())
    shown = Renderer().story(
        story, label="Tin", source_name="Cổng", zone="Asia/Ho_Chi_Minh", format=Format(layout, size)
    )
    assert all(re.search(r'<h2 class="headline[^>]*>[^<]', slide.html) for slide in shown)
    assert len(shown) > 1


def test_a_text_without_sentences_is_cut_between_words() -> None:
    story = replace(cast.story(), title="Danh sách", summary="Nguyễn Văn An và " * 400, image=None, table=())
    format = Format("landscape", "L")
    shown = Renderer().story(story, label="Tin", source_name="Cổng", zone="Asia/Ho_Chi_Minh", format=format)
    assert len(shown) <= MOST_PAGES["L"]
    assert "Nguyễn" in words(shown[-1:])
    assert words(shown[-1:]).count("…") == 1


def test_paragraphs_and_items_of_a_list_stand_apart() -> None:
    story = replace(cast.story(), title="Hồ sơ", summary="Gồm:\n1. Đơn\n2. Ảnh", image=None, table=())
    format = Format("landscape", "M")
    (slide,) = Renderer().story(story, label="Tin", source_name="Cổng", zone="Asia/Ho_Chi_Minh", format=format)
    assert re.findall(r'<span class="paragraph">([^<]+)</span>', slide.html) == ["Gồm:", "1. Đơn", "2. Ảnh"]


def test_the_gap_between_paragraphs_is_counted() -> None:
    line = "Một dòng ngắn"
    budget = Budget(2_000, 6, 40)
    assert len(paginate("\n".join([line] * 6), budget)) == 1
    pages = paginate("\n".join([line] * 6), replace(budget, between=0.5))
    assert [page.count("\n") + 1 for page in pages] == [3, 3]
