"""Keepers see which areas have a place, check a new one on its map, and save it with a fresh factor."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from server.core.geography import geojson
from server.core.model import OutlinedArea, Point
from server.core.policy import Grant
from server.store.areas import areas
from server.store.audit import audit
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources
from tests.cast import AREAS, BOARD_MINH_TAN, BOARDS, EDITOR, KEEPER, MINH_TAN, NOW, PHO_DONG_HAI, SOURCES, Person
from tests.desk.areas.places import circle, file, place
from tests.desk.office import Browser, Office

HERE = f"/desk/areas/{MINH_TAN.slug}"
CIRCLE = circle(20.62, 106.03)
FORM = {"point": "20,6464 106,0511", "codes": "12274\n12277"}


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that saves."""
    form = page.split(f'action="{HERE}"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    found["codes"] = re.findall(r"<textarea name=\"codes\" hidden>(.*?)</textarea>", form, re.S)[0]
    return {name: unescape(value) for name, value in found.items() if name != "csrf_token"}


def mark(browser: Browser) -> str:
    found: str = re.findall(r'name="mark" type="hidden" value="(\w+)"', browser.get(HERE).text)[0]
    return found


def stored(office: Office) -> OutlinedArea:
    return areas.get(office.db, MINH_TAN.slug)


def test_the_tree_says_what_is_known_of_each_area(office: Office) -> None:
    place(office.db, "xa-dong-hai", CIRCLE, Point(20.6, 106.0), ("12300",))
    page = office.browser(KEEPER).get("/desk/areas/").text
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in page.split("<tbody>")[1].split("<tr>")[1:]]
    names = [next(name for name in ("Tỉnh Hưng Yên", "Xã Minh Tân", "Xã Đông Hải") if name in row) for row in rows]
    assert names == ["Tỉnh Hưng Yên", "Xã Minh Tân", "Xã Đông Hải"]
    assert [row.count("Chưa có") for row in rows] == [2, 3, 0]
    assert "12300" in rows[2]


def test_a_board_that_no_alert_finds_is_named(office: Office) -> None:
    finding = office.browser(KEEPER).get("/desk/areas/").text
    assert "Không nhận được cảnh báo theo vùng" not in finding, "the province has a code"
    place(office.db, "tinh")
    page = office.browser(KEEPER).get("/desk/areas/").text
    assert page.count("Không nhận được cảnh báo theo vùng") == 2
    assert f"Không nhận được cảnh báo theo vùng: {PHO_DONG_HAI.name}" in page
    place(office.db, "xa-dong-hai", CIRCLE)
    assert office.browser(KEEPER).get("/desk/areas/").text.count("Không nhận được cảnh báo theo vùng") == 1


def test_a_place_is_checked_and_then_saved(office: Office) -> None:
    keeper = office.browser(KEEPER)
    shown = keeper.post(f"{HERE}/check", {**FORM, "mark": mark(keeper), "file": file(CIRCLE)})
    assert shown.status_code == 200
    assert "<ins>20,6464 106,0511</ins>" in shown.text
    assert "<ins>1 vùng khép kín, 41 điểm, khoảng" in shown.text
    assert "<ins>12274, 12277</ins>" in shown.text
    assert '<svg class="area-map"' in shown.text
    assert stored(office) == OutlinedArea("xa-minh-tan", "Xã Minh Tân", "tinh"), "nothing is saved before"
    saved = keeper.post(HERE, fields(shown.text), follow_redirects=True)
    assert "Đã lưu thay đổi của Xã Minh Tân." in saved.text
    assert stored(office) == OutlinedArea(
        "xa-minh-tan", "Xã Minh Tân", "tinh", ("12274", "12277"), "", Point(20.6464, 106.0511),
        outline=geojson.read(CIRCLE).outline,
    )  # fmt: skip


def test_the_outline_survives_the_question_for_the_second_factor(office: Office) -> None:
    keeper = office.browser(KEEPER, factor=False)
    checked = fields(keeper.post(f"{HERE}/check", {**FORM, "mark": mark(keeper), "file": file(CIRCLE)}).text)
    asked = keeper.post(HERE, checked)
    assert asked.status_code == 428
    carried = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text)
    assert {name: unescape(value) for name, value in carried}["outline"] == checked["outline"]
    assert stored(office).outline == ()


def test_an_outline_stays_until_another_comes_or_it_is_dropped(office: Office) -> None:
    place(office.db, MINH_TAN.slug, CIRCLE, Point(20.123456789012, 106.0))
    keeper = office.browser(KEEPER)
    before, point = stored(office), {"point": "20,123456789 106", "codes": "12274", "mark": mark(keeper)}
    kept = fields(keeper.post(f"{HERE}/check", {**point, "point": "20,1234568 106"}).text)
    assert kept["outline"] == ""
    keeper.post(HERE, kept)
    assert stored(office) == replace(before, codes=("12274",)), "the point was not touched and stays exact"
    dropped = keeper.post(f"{HERE}/check", {**point, "mark": mark(keeper), "drop": "y"})
    assert "không còn" in dropped.text
    keeper.post(HERE, fields(dropped.text))
    assert stored(office) == OutlinedArea(
        "xa-minh-tan", "Xã Minh Tân", "tinh", ("12274",), "", Point(20.123456789, 106.0)
    )


def test_letters_are_no_telephone_number(office: Office) -> None:
    answer = office.browser(KEEPER).post(f"{HERE}/check", {**FORM, "telephone": "gọi bác Tư"})
    assert (answer.status_code, "không phải số điện thoại" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({"point": "chợ"}, "point-wrong", "Không hiểu vị trí này"),
        ({"point": "106 20"}, "point-wrong", "vĩ độ đứng trước"),
        ({"codes": "12274\nHY"}, "codes-wrong", "Không hiểu mã «HY»"),
        ({"file": ("[]", "xa.geojson")}, "file-wrong", "không đúng dạng GeoJSON"),
        ({"file": ("PK\x03\x04", "xa.kmz")}, "file-wrong", "tệp nén"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office: Office, change: dict[str, object], at: str, words: str) -> None:
    sent = {name: file(*value) if isinstance(value, tuple) else value for name, value in change.items()}
    keeper = office.browser(KEEPER)
    answer = keeper.post(f"{HERE}/check", {**FORM, **sent})
    assert answer.status_code == 422
    assert words in answer.text.split(f'id="{at}"')[1].split("</p>")[0]
    if "file" not in change:
        assert keeper.post(HERE, {**FORM, **change}).status_code == 422
        assert stored(office) == OutlinedArea("xa-minh-tan", "Xã Minh Tân", "tinh")


def test_going_back_and_a_mistake_keep_the_new_outline(office: Office) -> None:
    keeper = office.browser(KEEPER)
    checked = fields(keeper.post(f"{HERE}/check", {**FORM, "file": file(CIRCLE)}).text)
    for change in ({"do": "back"}, {"point": "chợ"}):
        page = keeper.post(f"{HERE}/check", {**checked, **change}).text
        assert "Mới, chưa lưu: 1 vùng khép kín, 41 điểm" in page
        assert unescape(re.findall(r'name="outline" type="hidden" value="([^"]*)"', page)[0]) == checked["outline"]
    forged = keeper.post(f"{HERE}/check", {**checked, "outline": "{", "do": "back"})
    assert "Mới, chưa lưu" not in forged.text


def test_somebody_elses_change_is_not_overwritten_unseen(office: Office) -> None:
    keeper = office.browser(KEEPER)
    checked = fields(keeper.post(f"{HERE}/check", {**FORM, "mark": mark(keeper)}).text)
    place(office.db, MINH_TAN.slug, CIRCLE)
    answer = keeper.post(HERE, checked)
    assert answer.status_code == 422
    assert "Người khác vừa sửa đơn vị này" in answer.text
    assert stored(office).point is None
    again = fields(keeper.post(f"{HERE}/check", {**checked, "mark": mark(keeper)}).text)
    assert keeper.post(HERE, again).status_code == 303
    assert stored(office).point == Point(20.6464, 106.0511)


def test_the_same_place_again_changes_nothing(office: Office) -> None:
    keeper = office.browser(KEEPER)
    answer = keeper.post(HERE, {"point": "", "codes": "", "mark": mark(keeper)}, follow_redirects=True)
    assert "Không có gì thay đổi ở Xã Minh Tân." in answer.text
    assert [one.act for one in audit.all(office.db) if one.act.startswith("area.")] == []


def test_a_point_or_board_outside_the_outline_is_remarked_upon(office: Office) -> None:
    boards.save(office.db, replace(BOARD_MINH_TAN, point=Point(21.5, 106.03)), actor="tuan", now=NOW)
    page = (
        office.browser(KEEPER).post(f"{HERE}/check", {"point": "20 106,03", "codes": "", "file": file(CIRCLE)}).text
    )
    assert "Vị trí nằm ngoài đường bao" in page.split("<form method")[-2], "before the button that saves"
    assert f"Bảng tin nằm ngoài đường bao: {BOARD_MINH_TAN.name}." in page
    good = office.browser(KEEPER).post(f"{HERE}/check", {"point": "20,62 106,03", "codes": "", "file": file(CIRCLE)})
    assert "Vị trí nằm ngoài đường bao" not in good.text


def test_a_board_without_a_point_is_drawn_at_that_of_its_area(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert f"Chưa có vị trí: {BOARD_MINH_TAN.name}." in keeper.get(HERE).text
    page = keeper.post(f"{HERE}/check", {"point": "20,62 106,03", "codes": ""}).text
    assert f"<title>{BOARD_MINH_TAN.name}</title>" in page
    assert "Chưa có vị trí" not in page


def test_keepers_find_the_page_in_their_menu_and_at_their_boards(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert '<a href="/desk/areas/">Đơn vị</a>' in keeper.get("/desk/screens/").text
    assert f'<a href="{HERE}">' in keeper.get(f"/desk/screens/boards/{BOARD_MINH_TAN.slug}").text
    assert "/desk/areas/" not in office.browser(EDITOR).get("/desk/screens/").text


def test_the_audit_says_in_words_what_changed(office: Office) -> None:
    place(office.db, MINH_TAN.slug, CIRCLE, Point(20.62, 106.03), ("12274",))
    page = re.sub(r"\s+", " ", office.browser(KEEPER).get(f"/desk/audit/?subject=area/{MINH_TAN.slug}").text)
    for words in (
        "Đặt vị trí, đường bao và mã của đơn vị",
        "Đơn vị «Xã Minh Tân»",
        "Tọa độ:</span> <ins>20,62 106,03</ins>",
        "Mã hành chính:</span> <ins>12274</ins>",
        "Đường bao:</span> <ins>1 vùng khép kín, 41 điểm",
    ):
        assert words in page
    assert "Mục khác" not in page


def test_a_keeper_of_a_commune_sees_only_that_commune(office: Office) -> None:
    people.add(office.db, username="xa", name="Người xã", email="xa@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "xa", Grant("keeper", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    theirs = office.browser(Person("xa", "Người xã", "keeper", "xa-dong-hai"))
    page = theirs.get("/desk/areas/").text
    assert "Xã Đông Hải" in page
    assert "Xã Minh Tân" not in page
    for answer in (theirs.get(HERE), theirs.post(f"{HERE}/check", FORM), theirs.post(HERE, FORM)):
        assert answer.status_code == 403
    assert theirs.get("/desk/areas/khong-co").status_code == 404
    assert office.browser(EDITOR).get("/desk/areas/").status_code == 403


def test_the_pages_are_in_english_too(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post("/desk/language/en")
    answer = keeper.post(f"{HERE}/check", {"point": "106 20", "codes": "", "file": file(CIRCLE)})
    assert "the latitude comes first, then the longitude" in answer.text
    opened = json.loads(CIRCLE)
    opened["coordinates"][0].pop()
    page = keeper.post(f"{HERE}/check", {"point": "", "codes": "", "file": file(json.dumps(opened))})
    assert "Ring 1 was not closed; its last point was joined to the first." in page.text


def test_the_list_of_communes_fills_in_code_and_place(office: Office) -> None:
    place(office.db, MINH_TAN.slug, codes=("HY:7",))
    keeper = office.browser(KEEPER)
    assert "Trong danh mục" not in keeper.get(HERE).text, "Hưng Yên has no commune of this name"
    renamed = [replace(one, name="Xã Minh Thọ") if one.slug == MINH_TAN.slug else one for one in AREAS]
    sources.seed(office.db, areas=renamed, sources=SOURCES, boards=BOARDS, now=NOW)
    page = keeper.get(HERE).text
    assert "Xã Minh Thọ, Tỉnh Hưng Yên" in page
    assert "chưa được kiểm chứng" in page
    typed = {"point": "", "codes": "HY:7\n12274", "mark": mark(keeper), "file": file(CIRCLE), "do": "12511"}
    filled = keeper.post(f"{HERE}/check", typed).text
    assert 'value="20,6969 106,337"' in filled
    assert re.findall(r">\s*([^<]*)</textarea>", filled)[0].split() == ["12511", "HY:7", "12274"]
    assert "Mới, chưa lưu: 1 vùng khép kín" in filled, "the chosen file is kept"
    assert stored(office).codes == ("HY:7",), "nothing is saved"
