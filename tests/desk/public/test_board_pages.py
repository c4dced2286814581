"""The list of a public board: its groups, deadlines first, the search without marks, and what is never on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.core.model import Window
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from tests import cast
from tests.cast import BOARD_MINH_TAN, DAY, EDITOR, HOI_TRUONG, HOUR, NOW, OPERATOR, TIN_TINH, entry
from tests.desk.office import Office
from tests.desk.public.reader import Reader
from tests.desk.reading import text_of
from tests.store.sources.readings import save

BOARD = f"/board/{HOI_TRUONG.slug}"


@pytest.fixture
def reader(office: Office) -> Reader:
    return Reader.of(office)


def post(office: Office, title: str, text: str = "Nội dung", **changes: Any) -> None:
    announcements.post(office.db, cast.announcement(title=title, text=text, **changes), actor=OPERATOR.slug)


def groups(page: str) -> list[str]:
    return re.findall(r'<h2 id="[\w-]+-name">(.*?)</h2>', page)


def test_what_has_a_day_comes_first_and_the_nearest_day_before_the_others(office: Office, reader: Reader) -> None:
    post(office, "Mở lớp nghề may", "Học ba tháng.")
    post(office, "Nộp hồ sơ", "Nộp trước 17 giờ ngày 20/03/2026.")
    post(office, "Tiêm vắc-xin", "Tiêm ngày 12/3, từ 7 giờ 30.")
    save(office.db, entry("bai-1", title="Khánh thành cầu"))
    post(office, "Danh sách thửa đất", longest_gap=timedelta(hours=1), windows=(Window(NOW),))
    page = reader.get(BOARD).text
    assert groups(page) == ["Có hạn, gần nhất trước", "Niêm yết", "Thông báo", "Tin tức"]
    assert reader.titles(BOARD) == [
        "Tiêm vắc-xin", "Nộp hồ sơ", "Danh sách thửa đất", "Mở lớp nghề may", "Khánh thành cầu",
    ]  # fmt: skip
    assert '<time class="leaf" datetime="2026-03-12"><b>12</b><span>tháng 3</span></time>' in page
    assert "còn 3 ngày" in page


@pytest.mark.parametrize("words", ["tiem vac xin", "TIÊM", "so ho khau", "vắc  minh tân"])
def test_the_search_needs_no_marks_and_finds_all_its_words(office: Office, reader: Reader, words: str) -> None:
    post(office, "Tiêm vắc xin cho trẻ", "Mang theo sổ hộ khẩu.", area="xa-minh-tan")
    post(office, "Cắt điện thôn Đông", area="xa-minh-tan")
    path = f"/board/{BOARD_MINH_TAN.slug}?q={words.replace(' ', '+')}"
    assert reader.titles(path) == ["Tiêm vắc xin cho trẻ"]
    assert "1 tin có" in text_of(reader.get(path).text)


def test_what_is_searched_for_is_shown_as_it_was_typed(reader: Reader) -> None:
    page = reader.get(f"{BOARD}?q=%22%3E%3Cscript%3E").text
    assert "<script>" not in page
    assert 'value="&#34;&gt;&lt;script&gt;"' in page


def test_the_full_board_and_each_item_are_one_press_away(office: Office, reader: Reader) -> None:
    post(office, "Mở lớp nghề may")
    page = reader.get(BOARD).text
    assert f'href="{BOARD}?full=1"' in page
    assert 'href="/item/a1"' in page
    for path in ("feed.atom", "feed.json", "calendar.ics"):
        assert f'href="{BOARD}/{path}"' in page
    assert 'href="/oembed?url=http%3A%2F%2Flocalhost%2Fboard%2Fhoi-truong"' in page


def test_an_urgent_notice_stands_above_with_what_to_do(office: Office, reader: Reader) -> None:
    notices.post(office.db, cast.notice(), actor=EDITOR.slug, now=NOW)
    page = text_of(reader.get(BOARD).text)
    assert page.index("KHẨN CẤP") < page.index("Tìm")
    for word in ("Tắt cầu dao khi nước vào nhà", "đến 08:30 hôm nay", "Ban chỉ huy phòng thủ dân sự tỉnh"):
        assert word in page
    office.now = NOW + HOUR
    assert "KHẨN CẤP" not in reader.get(BOARD).text


def test_an_exercise_is_never_red_and_says_that_it_is_none(office: Office, reader: Reader) -> None:
    notices.post(office.db, cast.notice(exercise=True), actor=EDITOR.slug, now=NOW)
    page = reader.get(BOARD).text
    assert '<details class="strip exercise">' in page
    assert "DIỄN TẬP, không có thật" in page
    assert "“Bão số 3" in page.replace("\xa0", " ")


def test_windows_open_and_close_to_the_second(office: Office, reader: Reader) -> None:
    post(office, "Mở lớp nghề may", windows=(Window(NOW + timedelta(seconds=20), NOW + timedelta(seconds=40)),))
    shown = []
    for seconds in (19, 20, 39, 40):
        office.now = NOW + timedelta(seconds=seconds)
        shown.append(reader.titles(BOARD))
    assert shown == [[], ["Mở lớp nghề may"], ["Mở lớp nghề may"], []]


@pytest.mark.parametrize("part", ["", "/parts", "/slide"])
def test_a_board_that_is_not_public_is_not_there(office: Office, reader: Reader, part: str) -> None:
    assert reader.get(f"{BOARD}{part}").status_code == 200
    boards.save(office.db, replace(HOI_TRUONG, public=False), actor="tuan", now=NOW)
    assert reader.get(f"{BOARD}{part}").status_code == 404
    assert HOI_TRUONG.name not in reader.get("/").text


def test_the_parts_are_the_same_list(office: Office, reader: Reader) -> None:
    post(office, "Mở lớp nghề may")
    found = reader.get(f"{BOARD}/parts").json
    assert found is not None
    assert "Mở lớp nghề may" in found["body"].replace("\xa0", " ")
    assert 'rel="canonical" href="http://localhost/board/hoi-truong"' in found["head"]


def test_the_miniature_is_the_slide_on_air_without_script(office: Office, reader: Reader) -> None:
    post(office, "Mở lớp nghề may", "Học ba tháng.")
    answer = reader.get(f"{BOARD}/slide")
    assert "Học ba tháng." in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Refresh"] == "60"
    notices.post(office.db, cast.notice(), actor=EDITOR.slug, now=NOW)
    assert "data-notice" in reader.get(f"{BOARD}/slide").text
    office.now = NOW + 2 * DAY
    assert "Học ba tháng." not in reader.get(f"{BOARD}/slide").text


def test_the_list_speaks_english_to_who_chose_it_and_keeps_the_news_as_it_is(office: Office, reader: Reader) -> None:
    save(office.db, entry("bai-1", title="Khánh thành cầu"), source=TIN_TINH)
    page = reader.get(BOARD, Cookie="language=en")
    assert '<html lang="en">' in page.text
    assert "Show the board full screen" in page.text
    assert "Khánh thành cầu" in page.text
    assert "Xem bảng toàn màn hình" in reader.get(BOARD).text
