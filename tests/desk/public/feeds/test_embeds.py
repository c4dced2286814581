"""oEmbed and the widget: whole without scripts and cookies, framed by any site, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from server.core.model import Announcement
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from tests.cast import HOI_TRUONG, NOW, TIN_XA, announcement, entry, notice
from tests.desk.office import Office
from tests.desk.public.feeds.conftest import URL
from tests.store.sources.readings import only, save


def posted(office: Office, **changes: Any) -> Announcement:
    return announcements.post(office.db, announcement(**changes), actor="lan")


@pytest.mark.parametrize(
    "path", ["/embed/board/hoi-truong", "/embed/item/a1", "/embed/item/a99", "/embed/board/khong-co"]
)
def test_a_widget_has_no_script_and_no_cookie_and_any_site_may_frame_it(public: Office, path: str) -> None:
    posted(public)
    answer = public.browser().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/nhung", "/embed/", "/data/", "/item/a1", "/board/hoi-truong/feed.atom", "/oembed"]
)
def test_no_other_page_may_be_framed(public: Office, path: str) -> None:
    posted(public)
    assert "frame-ancestors 'self'" in public.browser().get(path).headers["Content-Security-Policy"]


def test_the_widget_of_a_board_lists_what_it_shows_with_absolute_links(public: Office) -> None:
    one = posted(public, title="<b>Họp</b> dân")
    notices.post(public.db, notice(), actor="lan", now=NOW)
    tree = HTMLParser(public.browser().get("/embed/board/hoi-truong").text)
    assert [node.text().strip() for node in tree.css("h2")] == [
        "Bão số 3 đổ bộ chiều nay, người dân không ra đường",
        "<b>Họp</b> dân",
    ]
    assert [node.attributes["href"] for node in tree.css("a")] == [
        f"{URL}/board/hoi-truong",
        f"{URL}/board/hoi-truong",
        f"{URL}/item/a{one.id}",
    ]
    assert {node.attributes["target"] for node in tree.css("a")} == {"_blank"}


def test_the_widget_of_an_item_ends_with_the_item(public: Office) -> None:
    one = posted(public)
    browser = public.browser()
    assert "Tiếp công dân sáng thứ Năm" in browser.get(f"/embed/item/a{one.id}").text
    announcements.withdraw(public.db, one.id, actor="lan", now=NOW)
    answer = browser.get(f"/embed/item/a{one.id}")
    assert answer.status_code == 404
    assert "Tin này không còn được đăng" in answer.text
    assert "Tiếp công dân" not in answer.text


def embedded(office: Office, address: str, **more: str) -> tuple[int, dict[str, Any]]:
    answer = office.browser().get("/oembed", query_string={"url": address, "format": "json", **more})
    return answer.status_code, json.loads(answer.text) if answer.status_code == 200 else {}


def frame_in(html: str) -> dict[str, str]:
    """The attributes of the only frame in ``html``."""
    (frame,) = HTMLParser(html).css("iframe")
    return {name: value or "" for name, value in frame.attributes.items()}


def test_oembed_of_a_board_and_of_an_item_is_a_frame_of_its_size(public: Office) -> None:
    one = posted(public, title='Họp "tổ dân phố"')
    status, board = embedded(public, f"{URL}/board/hoi-truong")
    assert (status, board["version"], board["type"]) == (200, "1.0", "rich")
    frame = frame_in(board["html"])
    assert frame["src"] == f"{URL}/embed/board/hoi-truong"
    assert (frame["width"], frame["height"]) == (str(board["width"]), str(board["height"])) == ("420", "560")
    _, item = embedded(public, f"{URL}/item/a{one.id}", maxwidth="300", maxheight="200")
    assert (item["title"], item["width"], item["height"]) == ('Họp "tổ dân phố"', 300, 200)
    assert frame_in(item["html"])["title"] == 'Họp "tổ dân phố"'
    assert public.browser().get(frame["src"].removeprefix(URL)).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "http://[", "https://la.example/board/hoi-truong", f"{URL}/board/khong-co", f"{URL}/item/a99",
        f"{URL}/", f"{URL}/desk/", f"{URL}/board/hoi-truong/feed.atom", "javascript://localhost/board/hoi-truong",
        f"{URL}/item/zz",
    ],
)  # fmt: skip
def test_oembed_knows_no_other_page(public: Office, address: str) -> None:
    posted(public, state="draft")
    assert embedded(public, address)[0] == 404


def test_oembed_speaks_only_json(public: Office) -> None:
    answer = public.browser().get("/oembed", query_string={"url": f"{URL}/board/hoi-truong", "format": "xml"})
    assert answer.status_code == 501


def test_a_story_is_embedded_where_a_public_board_reads_its_source(public: Office) -> None:
    save(public.db, entry("bai-1"))
    story = only(public.db)
    assert embedded(public, f"{URL}/item/s{story.id}")[0] == 200
    boards.save(public.db, replace(HOI_TRUONG, lanes=()), actor="tuan", now=NOW)
    assert embedded(public, f"{URL}/item/s{story.id}")[0] == 200
    save(public.db, entry("bai-2"), source=TIN_XA)
    assert embedded(public, f"{URL}/item/s{story.id + 1}")[0] == 404


@pytest.mark.parametrize(
    ("path", "language", "word"), [("/nhung", "vi", "Chép đoạn mã"), ("/embed/", "en", "Copy the code")]
)
def test_the_page_for_webmasters_has_the_code_of_every_public_board(
    public: Office, path: str, language: str, word: str
) -> None:
    boards.save(public.db, replace(HOI_TRUONG, slug="kin", public=False), actor="tuan", now=NOW)
    boards.save(public.db, replace(HOI_TRUONG, name='Nhà "văn hóa" & thư viện'), actor="tuan", now=NOW)
    page = public.browser().get(path).text
    assert f'<html lang="{language}">' in page
    assert word in page
    codes = [HTMLParser(node.text()).css_first("iframe") for node in HTMLParser(page).css("pre")]
    addresses = [code.attributes["src"] for code in codes if code is not None]
    assert sorted(str(one) for one in addresses) == [
        f"{URL}/embed/board/{slug}" for slug in ("hoi-truong", "pho-dong-hai", "xa-minh-tan")
    ]
    assert 'Nhà "văn hóa" & thư viện' in {code.attributes["title"] for code in codes if code is not None}
    assert "<script" not in page
