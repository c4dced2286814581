"""The front page of the province, and the files that browsers and search engines ask for."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from server.setup.config import Config
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARDS, DONG_HAI, EDITOR, HOI_TRUONG, MINH_TAN, NOW, OPERATOR, SOURCES, TINH, entry
from tests.desk.office import Office
from tests.desk.public.reader import Reader
from tests.desk.reading import text_of
from tests.store.sources.readings import save


@pytest.fixture
def reader(office: Office) -> Reader:
    return Reader.of(office)


def shown(page: str) -> list[str]:
    """The slugs of the boards on the front page, in their order."""
    return re.findall(r'<a href="/board/([\w-]+)">', page)


def test_the_boards_stand_below_their_area_with_their_live_slide(reader: Reader) -> None:
    page = reader.get("/").text
    assert shown(page) == ["hoi-truong", "xa-minh-tan", "pho-dong-hai"]
    assert re.findall(r'<h2 id="in-[\w-]+">(.*?)</h2>', page) == [one.name for one in AREAS]
    for board in BOARDS:
        assert f'src="/board/{board.slug}/slide" loading="lazy" sandbox="allow-same-origin"' in page


def test_boards_with_an_urgent_notice_come_first(office: Office, reader: Reader) -> None:
    notices.post(office.db, cast.notice(areas=(DONG_HAI.slug,)), actor=EDITOR.slug, now=NOW)
    page = reader.get("/").text
    assert shown(page)[0] == "pho-dong-hai"
    assert page.count('<li class="urgent">') == 1
    assert "KHẨN CẤP" in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("minh tan", ["xa-minh-tan"]), ("PHỐ", ["pho-dong-hai"]),
        ("hung yen", ["hoi-truong", "xa-minh-tan", "pho-dong-hai"]),
        ("dong hai hung yen", ["pho-dong-hai"]), ("không có nơi này", []),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_name_with_or_without_marks(reader: Reader, words: str, found: list[str]) -> None:
    assert shown(reader.get("/?q=" + words.replace(" ", "+")).text) == found


def test_the_telephone_is_that_of_the_area_or_of_the_one_above(office: Office, reader: Reader) -> None:
    areas = (replace(TINH, telephone="0221 000 100"), replace(MINH_TAN, telephone="0221.000.120"), DONG_HAI)
    sources.seed(office.db, areas=areas, sources=SOURCES, boards=BOARDS, now=NOW)
    assert '<a class="telephone" href="tel:0221000100">0221 000 100</a>' in reader.get("/").text
    assert 'href="tel:0221000120"' in reader.get("/board/xa-minh-tan").text
    assert 'href="tel:0221000100"' in reader.get("/board/pho-dong-hai").text
    made = announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor=OPERATOR.slug)
    assert "Gọi 0221.000.120" in reader.get(f"/item/a{made.id}").text


def test_whom_to_call_about_silent_screens_is_not_public(reader: Reader) -> None:
    assert TINH.phone
    for path in ("/", "/board/hoi-truong"):
        assert TINH.phone not in reader.get(path).text


def test_the_front_page_without_boards_says_so(office: Office, reader: Reader) -> None:
    for board in BOARDS:
        boards.save(office.db, replace(board, public=False), actor="tuan", now=NOW)
    assert "Chưa có bảng tin công cộng nào." in text_of(reader.get("/").text)


def test_the_sitemap_names_the_public_boards_and_what_they_show(office: Office, reader: Reader) -> None:
    announcements.post(office.db, cast.announcement(), actor=OPERATOR.slug)
    announcements.post(office.db, cast.announcement(state="draft"), actor=OPERATOR.slug)
    save(office.db, entry("bai-1"))
    answer = reader.get("/sitemap.xml")
    tree = etree.fromstring(answer.data)
    assert answer.content_type.startswith("application/xml")
    assert [one.text for one in tree.iter("{*}loc")] == [
        f"http://localhost{path}"
        for path in ("/", *(f"/board/{one.slug}" for one in (HOI_TRUONG, *BOARDS[1:])), "/item/a1", "/item/s1")
    ]


def test_addresses_begin_with_the_public_address(office: Office) -> None:
    office.config = Config.model_validate({"server": {"public_url": "https://bangtin.example.vn/"}})
    page = office.browser().get("/robots.txt", base_url="https://bangtin.example.vn").text
    assert "Sitemap: https://bangtin.example.vn/sitemap.xml" in page
    assert "Disallow: /desk/" in page


def test_the_manifest_names_an_icon_that_is_there(reader: Reader) -> None:
    answer = reader.get("/manifest.webmanifest")
    assert answer.content_type == "application/manifest+json"
    found = answer.json
    assert found is not None
    assert found["name"] == f"Bảng tin {TINH.name}"
    assert reader.get(found["icons"][0]["src"]).content_type.startswith("image/svg+xml")


@pytest.mark.parametrize("path", ["/", "/board/hoi-truong", "/manifest.webmanifest", "/robots.txt", "/sitemap.xml"])
def test_no_page_sets_a_cookie_and_browsers_ask_each_time(reader: Reader, path: str) -> None:
    answer = reader.get(path)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert reader.get(path, If_None_Match=answer.headers["ETag"]).status_code == 304
