"""OPML: an exported list is read back, and lists of other programs are read whatever their letter case."""

from __future__ import annotations

import pytest

from feeds import ParseError
from feeds.formats.opml import Outline, parse_opml, write_opml

LIST = (
    Outline("Cổng <tỉnh> & huyện", "https://tinh.example.vn/rss", "https://tinh.example.vn/", ("Tỉnh",)),
    Outline("Xã Đông Hải", "https://xa.example.vn/rss?a=1&b=2", groups=("Xã", "Ven biển")),
    Outline("Báo", "https://bao.example.vn/rss"),
)


def test_a_written_list_is_read_back() -> None:
    assert parse_opml(write_opml("Nguồn tin", LIST)) == LIST


def test_a_list_of_another_program() -> None:
    other = """<OPML version="1.0"><body><outline text="Nhóm"><outline text="A" XMLURL="http:a.vn/rss"/>
    <outline title="lặp" xmlUrl="http://a.vn/rss"/><outline text="không" xmlUrl="javascript:1"/>
    </outline></body></OPML>"""
    assert parse_opml(other.encode("utf-16")) == (Outline("A", "http://a.vn/rss", groups=("Nhóm",)),)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<rss/>", "not-opml"), (b"", "broken"), (b"\x00", "broken")],
)
def test_a_file_that_is_no_opml_is_an_error(body: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_opml(body)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "entity", ['<!ENTITY b SYSTEM "file:///etc/passwd">', '<!ENTITY b SYSTEM "http://127.0.0.1:1/">']
)
def test_nothing_is_looked_up(entity: str) -> None:
    body = f'<!DOCTYPE opml [{entity}]><opml><body><outline text="&b;" xmlUrl="http://a.vn/"/></body></opml>'
    (one,) = parse_opml(body.encode())
    assert one.title in ("", "http://a.vn/")


def test_a_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE opml [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]><opml><body>&b;</body></opml>'
    with pytest.raises(ParseError) as caught:
        parse_opml(bomb.encode())
    assert caught.value.code == "entity-bomb"
