"""Addresses are repaired and made absolute, or dropped; all spellings of an address have the same canonical key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.download.files import file_beside, folder_of
from feeds.download.links import absolute, canonical

BASE = "https://xa.example.invalid/rss/tin.xml"


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("https://xa.example.invalid/a?b=1&c=2#d", "https://xa.example.invalid/a?b=1&c=2#d"),
        ("http:xa.example.invalid/a?b=1", "http://xa.example.invalid/a?b=1"),
        ("http:/xa.example.invalid/a", "http://xa.example.invalid/a"),
        ("HTTPS://xa.example.invalid/a", "https://xa.example.invalid/a"),
        ("//cdn.example.invalid/a.jpg", "https://cdn.example.invalid/a.jpg"),
        ("www.example.invalid/a", "http://www.example.invalid/a"),
        ("/SiteAssets/anh 1.jpg", "https://xa.example.invalid/SiteAssets/anh%201.jpg"),
        ("../anh/đê.jpg", "https://xa.example.invalid/anh/%C4%91%C3%AA.jpg"),
        ("a\n/b", "https://xa.example.invalid/rss/a/b"),
        ("\\anh\\1.jpg", "https://xa.example.invalid/anh/1.jpg"),
        ("https://bảng.example.invalid/", "https://xn--bng-0gz.example.invalid/"),
    ],
)
def test_a_usable_address(link: str, whole: str) -> None:
    assert absolute(link, BASE) == whole


@pytest.mark.parametrize(
    "link",
    ["", "javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "mailto:a@b.vn", "file:///etc/passwd",
     "ftp://a/b", "http://", "http://[::1", "http://[x]/", "http://a b/", "http://a:99999/", "tag:a,2008:1",
     "https://" + "ả" * 80 + ".vn/", "https://a.vn/" + "x" * 3000],
)  # fmt: skip
def test_a_link_that_is_no_http_address_is_dropped(link: str) -> None:
    assert absolute(link, BASE) == ""


def test_a_relative_link_without_a_base_is_dropped() -> None:
    assert absolute("/a.html", "") == ""


@given(st.text(max_size=80) | st.text("htps:/w.[]@#?%&=\\ đ", max_size=40))
def test_the_result_is_ascii_http_and_stable(link: str) -> None:
    whole = absolute(link, BASE)
    assert whole == "" or (whole.isascii() and whole.startswith(("http://", "https://")))
    assert absolute(whole, "") == whole
    canonical(whole)


def test_all_spellings_of_a_page_have_one_key() -> None:
    spellings = (
        "https://xa.example.invalid/tin?id=7",
        "http://xa.example.invalid:80/tin?id=7",
        "HTTPS://XA.EXAMPLE.INVALID/tin?id=7",
        "https://xa.example.invalid/tin?utm_source=rss&id=7&utm_medium=x&fbclid=abc",
        "https://xa.example.invalid/tin?id=7#utm_source=rss",
    )
    assert {canonical(link) for link in spellings} == {"https://xa.example.invalid/tin?id=7"}


def test_other_pages_have_other_keys() -> None:
    links = ("https://a.vn/?id=7", "https://a.vn/?id=8", "https://a.vn/", "https://a.vn/#1.1", "https://b.vn/?id=7")
    assert len({canonical(link) for link in links}) == len(links)


def test_beside_a_feed_that_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "nguồn"
    (folder / "ảnh").mkdir(parents=True)
    (folder / "ảnh" / "1.jpg").touch()
    (tmp_path / "secret.jpg").touch()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    assert file_beside(folder, "ảnh/1.jpg") == (folder / "ảnh" / "1.jpg").as_uri()
    for foreign in (
        "../secret.jpg",
        "/etc/passwd",
        "link.jpg",
        "none.jpg",
        "http://a.vn/x",
        "a\0b",
        "x" * 5000,
        "",
        "ảnh",
    ):
        assert file_beside(folder, foreign) == ""


def test_a_url_has_no_folder() -> None:
    assert folder_of("https://a.vn/rss") is None
    assert folder_of("/srv/tin.xml") == Path("/srv")
