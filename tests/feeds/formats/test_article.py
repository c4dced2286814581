"""An article's own page: its text without the menus, its picture, and pages that stop robots."""

from __future__ import annotations

import pytest

from feeds import ParseError
from feeds.formats.article import article_bytes
from feeds.sandbox.isolate import SandboxProcess
from tests.feeds.portals import page
from tests.feeds.stories import STORIES

ADDRESS = "https://xa.example.invalid/tin/1.html"
PARAGRAPHS = [f"{story.text} Bà con theo dõi loa truyền thanh của thôn để biết thêm." for story in STORIES]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
HEAD = '<meta property="og:image" content="/anh/lon.jpg"><meta property="og:image:alt" content="Bờ kè &amp; đê">'


def article(head: str = HEAD) -> bytes:
    return page(f"<article><h1>{STORIES[0].title}</h1>{BODY}<script>x()</script></article>", head=head).encode()


def test_the_text_of_an_article_without_the_page_around_it() -> None:
    got = article_bytes(article(), address=ADDRESS)
    assert [line for line in got.text.split("\n") if line in PARAGRAPHS] == PARAGRAPHS
    assert "Cơ cấu tổ chức" not in got.text
    assert "x()" not in got.text
    assert (got.image, got.image_alt) == ("https://xa.example.invalid/anh/lon.jpg", "Bờ kè & đê")


def test_a_page_without_an_article_says_nothing() -> None:
    got = article_bytes(page("<p>Đang cập nhật</p>").encode(), address=ADDRESS)
    assert (got.text, got.image) == ("", None)


def test_a_page_that_stops_robots_is_an_error() -> None:
    with pytest.raises(ParseError) as caught:
        article_bytes(b"<script>document.cookie='a=1';location.reload()</script>", address=ADDRESS)
    assert caught.value.code == "bot-wall"


def test_the_child_finds_the_same_within_its_memory() -> None:
    here = article_bytes(article(), address=ADDRESS)
    assert SandboxProcess().article(article(), address=ADDRESS) == (here.text, here.image, here.image_alt)
