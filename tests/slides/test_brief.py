"""A long story is shortened to the pages of its size, by whole sentences; its title is never shortened."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from server.core.model import Format, Size, Slide
from server.slides.kinds.story.brief import MOST_PAGES
from server.slides.render import Renderer
from tests import cast

SENTENCES = [
    f"Câu thứ {number} nói về một việc mà người dân trong xã cần biết rõ và nhớ lâu." for number in range(30)
]


def pages(size: Size, *, link: str = "https://cong.example.invalid/tin/1") -> tuple[Slide, ...]:
    story = replace(cast.story(), title="Tin dài", summary=" ".join(SENTENCES), link=link, image=None, table=())
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
    assert 0 < len(kept) < len(SENTENCES)


def test_a_story_without_an_article_is_shown_complete() -> None:
    shown = words(pages("S", link=""))
    assert all(f"thứ {number} nói" in shown.replace("\xa0", " ") for number in range(30))
