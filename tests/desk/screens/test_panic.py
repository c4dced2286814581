"""The panic button, which puts all boards of an area into safe mode: how to press it, who may, and how it ends."""

from __future__ import annotations

import pytest

from server.core.policy import Grant
from server.core.screens.screens import Link
from server.desk.auth.reauthenticate import STATUS
from server.store.boards import boards, panics
from server.store.people import people
from server.store.screens import receipts
from tests.cast import BOARD_MINH_TAN, EDITOR, HOUR, KEEPER, NOW, OPERATOR, PHO_DONG_HAI, Person
from tests.desk.office import Office
from tests.store.screens.test_screens import HALL, paired

PANIC = "/desk/screens/panic"
PRESS = f'action="{PANIC}"'
TWO = Person("hai-xa", "Người Hai Xã", "editor", "xa-minh-tan")


def on(office: Office) -> list[str]:
    return [one.area for one in panics.on(office.db)]


@pytest.mark.parametrize("path", ["/desk/wall/", "/desk/screens/", "/desk/security/", "/desk/timeline/"])
def test_the_button_is_on_every_page_of_those_who_may_press_it(office: Office, path: str) -> None:
    for person in (EDITOR, KEEPER):
        text = office.browser(person).get(path).text
        assert PRESS in text, person
        assert "Tỉnh Hưng Yên, </span>3 bảng" in text
    assert PRESS not in office.browser(OPERATOR).get(path).text


def test_one_press_without_a_code_makes_every_board_safe_and_says_what_happened(office: Office) -> None:
    paired(office.db, name="Sảnh")
    lost, _ = paired(office.db, PHO_DONG_HAI.slug, name="Chợ", phone="0912 000 111")
    receipts.save(office.db, [], [], [Link(1, True, NOW), Link(lost.id, False, NOW - HOUR)])
    browser = office.browser(EDITOR, factor=False)
    for _ in range(2):  # a second press changes nothing
        pressed = browser.post(PANIC, follow_redirects=True)
        assert pressed.status_code == 200
        assert "3 bảng đang hiện trang an toàn." in pressed.text
        assert on(office) == ["tinh"]
    told = browser.get(PANIC).text
    assert "1 màn hình không nối với máy chủ" in told
    assert "tel:0912000111" in told
    assert "Sảnh" not in told
    assert "an toàn theo Tỉnh Hưng Yên" in told
    assert PRESS not in told, "nothing is left to press"
    assert "3 bảng an toàn" in browser.get("/desk/timeline/").text
    assert browser.post(f"{PANIC}/tinh/end").status_code == STATUS, "leaving asks for a code"
    assert "đã trở lại chương trình" in office.browser(EDITOR).post(f"{PANIC}/tinh/end", follow_redirects=True).text
    assert on(office) == []


def test_whoever_has_several_areas_chooses_first_and_reaches_no_other(office: Office) -> None:
    people.add(office.db, username=TWO.slug, name=TWO.name, email="h@x.vn", actor="os:root", now=NOW)
    for area in ("xa-minh-tan", "xa-dong-hai"):
        people.grant(office.db, TWO.slug, Grant("editor", area), by=None, actor="os:root", now=NOW)
    browser = office.browser(TWO, factor=False)
    bar = browser.get("/desk/wall/").text
    assert "2 đơn vị, </span>2 bảng" in bar
    assert PRESS not in bar, "no hold before the choice"
    assert "hãy chọn đơn vị" in browser.post(PANIC, follow_redirects=True).text
    assert on(office) == []
    for area in ("xa-minh-tan", "xa-dong-hai"):
        assert "1 bảng đang hiện trang an toàn." in browser.post(f"{PANIC}/{area}", follow_redirects=True).text
    assert sorted(on(office)) == ["xa-dong-hai", "xa-minh-tan"]
    here = office.browser(EDITOR).get("/desk/wall/").text
    assert PRESS in here, "the province's own board is not safe yet"
    assert "2 bảng an toàn" in here


def test_a_board_of_a_safe_area_that_is_switched_on_is_not_said_to_play(office: Office) -> None:
    boards.set_mode(office.db, HALL, "dark", actor=EDITOR.slug, now=NOW)
    panics.begin(office.db, "tinh", actor=EDITOR.slug, now=NOW)
    answer = office.browser(EDITOR).post(f"/desk/screens/boards/{HALL}/mode", {"mode": "on"}, follow_redirects=True)
    assert "vẫn ở trang an toàn" in answer.text
    assert BOARD_MINH_TAN.name in answer.text
