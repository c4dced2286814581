"""Reading the page of an article: its text without menus, its picture, and pages that refuse robots."""

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


def test_an_article_has_what_a_reader_sees_and_the_marks_of_its_lists() -> None:
    body = (
        f"<p>{PARAGRAPHS[0]}</p><p>Hồ sơ gồm hai loại giấy tờ:</p><ol><li>Đơn theo mẫu</li><li>Bản vẽ nhà ở</li></ol>"
        "<p>Lệ phí <s>100.000</s> 75.000 đồng.<span style='display:none'> khuất mắt</span></p>"
        f"<figure><img src=a.jpg><figcaption>Ảnh: Lê Na</figcaption></figure><p>{PARAGRAPHS[1]}</p>"
    )
    text = article_bytes(page(f"<article><h1>Cấp phép</h1>{body}</article>").encode(), address=ADDRESS).text
    assert [line for line in text.split("\n") if line[:2] in ("1.", "2.")] == ["1. Đơn theo mẫu", "2. Bản vẽ nhà ở"]
    assert "Lệ phí 75.000 đồng." in text
    assert not any(word in text for word in ("100.000", "khuất mắt", "Lê Na"))
