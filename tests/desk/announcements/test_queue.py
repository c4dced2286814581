"""The queue: approval, undo, order, search, history; nobody sees announcements of other areas."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from server.core.model import Window
from server.core.policy import Grant
from server.setup.config import Config
from server.setup.config_sections import AnnouncementsSection, PeopleSection
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.media import library
from server.store.people import messages, people
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.announcements.forms import act, state, submitted, write
from tests.desk.office import Office
from tests.store.media.test_library import library_file

# An operator of another commune, who must see nothing of Minh Tân.
STRANGER = Person("dong", "Vũ Thị Đông", "operator", "xa-dong-hai")


@pytest.fixture
def settled(office: Office) -> Office:
    people.add(office.db, username="dong", name=STRANGER.name, email="dong@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "dong", Grant("operator", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    return office


def test_an_operator_submits_an_editor_approves_in_one_press(office: Office) -> None:
    one = submitted(office)
    assert (one.state, one.text, one.created_by) == ("submitted", "Từ 8 giờ tại **thôn Đông**.", "hoa")
    page = office.browser(EDITOR).get("/desk/queue/")
    assert "Tạm ngừng cấp nước" in page.text
    assert 'value="approve"' in page.text
    act(office.browser(EDITOR), one, "approve")
    assert state(office, one) == "approved"
    assert [each.act for each in audit.all(office.db)][-3:] == [
        "announcement.post", "announcement.submit", "announcement.approve",
    ]  # fmt: skip


def test_the_editor_gets_a_message_and_then_the_operator(office: Office) -> None:
    one = submitted(office)
    (told,) = messages.unseen(office.db, "lan")
    assert (told.address, told.link) == ("lan@example.vn", f"/desk/queue/{one.id}")
    assert one.title in told.subject
    browser = office.browser(EDITOR)
    act(browser, one, "return", reason="Thiếu giờ kết thúc")
    (answer,) = messages.unseen(office.db, "hoa")
    assert "Thiếu giờ kết thúc" in answer.text
    page = office.browser(OPERATOR).get("/desk/queue/").text
    assert "Thiếu giờ kết thúc" in page
    office.browser(OPERATOR).post("/desk/seen", {"id": str(answer.id)})
    assert messages.unseen(office.db, "hoa") == ()


def test_an_operator_cannot_approve_by_any_request(office: Office) -> None:
    one = submitted(office)
    browser = office.browser(OPERATOR)
    for step in ("approve", "return", "requeue", "reinstate"):
        assert act(browser, one, step, reason="x").status_code == 403
    assert write(browser, "approve", title="Khác").status_code == 403
    assert browser.post("/desk/queue/undo", {"way": f"{one.id}:approve"}).status_code == 403
    assert browser.post("/desk/queue/order", {"id": str(one.id)}).status_code == 403
    assert state(office, one) == "submitted"
    assert all(each.state != "approved" for each in announcements.all(office.db))


def test_an_editor_approves_his_own_unless_four_eyes_are_asked_for(office: Office) -> None:
    write(office.browser(EDITOR), "approve")
    (one,) = announcements.all(office.db)
    assert one.state == "approved"
    assert audit.all(office.db)[-1].act == "announcement.approve_own"
    office.config = Config(
        people=PeopleSection(second_factor=False), announcements=AnnouncementsSection(four_eyes=True)
    )
    office._app = None
    browser = office.browser(EDITOR)
    assert "Duyệt và chiếu" not in browser.get("/desk/compose/").text
    write(browser, "submit", title="Khác")
    mine = announcements.all(office.db)[0]
    page = browser.get(act(browser, mine, "approve").headers["Location"])
    assert "biên tập viên khác" in page.text
    act(office.browser(SECOND_EDITOR), mine, "approve")
    assert state(office, mine) == "approved"


def test_undo_takes_back_what_was_just_done(office: Office) -> None:
    one = submitted(office)
    browser = office.browser(EDITOR)
    act(browser, one, "approve")
    way = re.search(r'name="way" value="([^"]+)"', browser.get("/desk/queue/").text)
    assert way is not None
    browser.post("/desk/queue/undo", {"way": way[1]})
    assert state(office, one) == "submitted"
    act(browser, one, "approve")
    act(browser, announcements.get(office.db, one.id), "withdraw")
    way = re.search(r'name="way" value="([^"]+)"', browser.get("/desk/queue/").text)
    assert way is not None
    browser.post("/desk/queue/undo", {"way": way[1]})
    assert state(office, one) == "approved"


def test_a_step_on_many_reports_those_that_were_refused(office: Office) -> None:
    some = [submitted(office, title=f"Thông báo {n}") for n in range(3)]
    changed = announcements.revise(office.db, replace(some[0], text="Khác"), actor="hoa", now=NOW)
    assert changed.version == 2
    browser = office.browser(EDITOR)
    ids = [f"{one.id}:{one.version}" for one in some]
    page = browser.get(browser.post("/desk/queue/act", {"step": "approve", "id": ids}).headers["Location"]).text
    assert [state(office, one) for one in some] == ["submitted", "approved", "approved"]
    assert "Nguyễn Thị Hoa vừa sửa «Thông báo 0»: hãy xem lại rồi quyết định." in page
    assert "2 thông báo" in page


def test_one_of_many_that_went_to_another_area_leaves_the_others_to_be_decided(office: Office) -> None:
    some = [submitted(office, title=f"Thông báo {n}") for n in range(3)]
    people.add(office.db, username="an", name="Vũ An", email="an@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "an", Grant("editor", "xa-minh-tan"), by=None, actor="os:root", now=NOW)
    announcements.revise(office.db, replace(some[1], area="xa-dong-hai", boards=()), actor="hoa", now=NOW)
    browser = office.browser(Person("an", "Vũ An", "editor", "xa-minh-tan"))
    ids = [*(f"{one.id}:{one.version}" for one in some), "999:1"]
    page = browser.get(browser.post("/desk/queue/act", {"step": "approve", "id": ids}).headers["Location"]).text
    assert [state(office, one) for one in some] == ["approved", "submitted", "approved"]
    assert f"Để lại thông báo số {some[1].id}: không còn, hoặc đã chuyển sang đơn vị khác." in page
    assert "Để lại thông báo số 999" in page
    assert act(browser, some[1], "approve").status_code == 404, "alone it has no page"


def test_a_store_that_fails_on_the_way_is_told_with_what_was_done(office: Office) -> None:
    some = [submitted(office, title=f"Thông báo {n}") for n in range(3)]
    with office.db.write() as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE OF state ON announcements "
            f"WHEN NEW.id = {some[1].id} BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )
    browser = office.browser(EDITOR)
    ids = [f"{one.id}:{one.version}" for one in some]
    page = browser.get(browser.post("/desk/queue/act", {"step": "approve", "id": ids}).headers["Location"]).text
    assert [state(office, one) for one in some] == ["approved", "submitted", "submitted"]
    assert f"không nhận nữa: thông báo số {some[1].id}, {some[2].id}" in page


def test_reordering_by_buttons(office: Office) -> None:
    ids = [announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor="hoa").id for _ in range(3)]
    browser = office.browser(EDITOR)
    browser.post("/desk/queue/order", {"id": [str(id) for id in ids], "move": f"{ids[2]}:up", "tab": "on air"})
    shown = announcements.shown(office.db, ("xa-minh-tan",), now=NOW)
    assert [one.id for one in shown] == [ids[0], ids[2], ids[1]]


def test_tabs_search_without_marks_and_areas(office: Office) -> None:
    submitted(office, title="Lịch tiếp công dân")
    submitted(office, title="Họp thôn")
    browser = office.browser(EDITOR)

    def listed(asked: str) -> str:
        return str(browser.get(f"/desk/queue/?tab=submitted&{asked}").text).split('id="list"')[1]

    assert "Lịch tiếp công dân" in listed("q=lich+tiep")
    assert "Họp thôn" not in listed("q=lich+tiep")
    assert "Họp thôn" not in listed("area=xa-dong-hai")
    assert "Họp thôn" in listed("area=tinh")


def test_every_tab_shows_its_count_whichever_is_open(office: Office) -> None:
    gone = (Window(NOW - 2 * DAY, NOW - DAY),)
    for n in range(3):
        over = cast.announcement(title=f"Đã qua {n}", area="xa-minh-tan", windows=gone, created=NOW - 2 * DAY)
        announcements.post(office.db, over, actor=EDITOR.slug)
    submitted(office)
    browser = office.browser(EDITOR)
    for tab in ("submitted", "draft", "ended"):
        page = browser.get(f"/desk/queue/?tab={tab}").text
        assert re.findall(r'how-many">(\d+)<', page) == ["1", "0", "0", "0", "3"], tab
        assert ("Đã qua 1" in page) == (tab == "ended")
    found = browser.get("/desk/queue/?tab=submitted&q=da+qua+1").text
    assert re.findall(r'how-many">(\d+)<', found) == ["0", "0", "0", "0", "1"]


def test_nobody_of_another_commune_sees_or_changes_anything(settled: Office) -> None:
    one = submitted(settled)
    settled_file = library_file()
    library.put(settled.db, settled_file)
    browser = settled.browser(STRANGER)
    for path in ("/desk/queue/", "/desk/queue/?tab=draft", "/desk/compose/", "/desk/media/", "/desk/compose/library"):
        page = browser.get(path)
        assert page.status_code == 200
        for secret in (one.title, "Nguyễn Thị Hoa", settled_file.name, settled_file.hash):
            assert secret not in page.text
    for path in (f"/desk/queue/{one.id}", f"/desk/compose/{one.id}", f"/desk/compose/?copy={one.id}"):
        assert browser.get(path).status_code == 404
    assert browser.get(f"/desk/media/{settled_file.hash}").status_code == 404
    assert act(browser, one, "withdraw").status_code == 404
    assert write(browser, "submit", f"/desk/compose/{one.id}").status_code == 404
    assert write(browser, area="xa-minh-tan").status_code == 422
    assert write(browser, area="tinh").status_code == 422
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(b"x"), "a.pdf")}
    assert browser.post("/desk/compose/files", sent, content_type="multipart/form-data").status_code == 403
    assert state(settled, one) == "submitted"


def test_what_would_break_another_ones_longest_gap_is_not_approved(office: Office) -> None:
    write(office.browser(EDITOR), "approve", statutory="y", gap="1")
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    late = announcements.post(
        office.db, cast.announcement(area="xa-minh-tan", text=long, state="submitted"), actor="hoa"
    )
    browser = office.browser(EDITOR)
    page = browser.get(act(browser, late, "approve").headers["Location"]).text
    assert "vì còn giữ nhịp của: Tạm ngừng cấp nước" in page
    assert state(office, late) == "submitted"


def test_the_page_of_one_that_was_never_edited_has_no_history(office: Office) -> None:
    one = submitted(office)
    page = office.browser(EDITOR).get(f"/desk/queue/{one.id}")
    assert page.status_code == 200
    assert "Các lần sửa" not in page.text


def test_history_marks_each_changed_word(office: Office) -> None:
    one = submitted(office)
    announcements.revise(office.db, replace(one, text="Từ 9 giờ tại **thôn Đông**."), actor="lan", now=NOW + HOUR)
    page = office.browser(OPERATOR).get(f"/desk/queue/{one.id}").text
    assert "<del>8</del>" in page
    assert "<ins>9</ins>" in page
    assert "Trần Ngọc Lan" in page


def test_an_edit_replaces_what_is_on_air_once_it_is_approved(office: Office) -> None:
    one = submitted(office)
    browser = office.browser(EDITOR)
    act(browser, one, "approve")
    write(office.browser(OPERATOR), "submit", f"/desk/compose/{one.id}", title="Đã sửa", version="1")
    new = announcements.all(office.db)[0]
    assert (new.replaces, new.state, state(office, one)) == (one.id, "submitted", "approved")
    act(browser, new, "approve")
    assert (state(office, new), state(office, one)) == ("approved", "withdrawn")
