"""Announcements at the desk: written, seen, sent, approved, returned, merged; and nothing of other areas, ever."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.core.model import Announcement, Attachment, Window
from server.core.policy import Grant
from server.media.importer import file_sandbox
from server.setup.config import Config
from server.setup.config_sections import AnnouncementsSection, PeopleSection
from server.store.announcements import announcements, autosave, listings
from server.store.audit import audit
from server.store.media import library, uploads
from server.store.people import messages, people
from server.worker.uploads import UploadImporter
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.office import Browser, Office
from tests.media import made
from tests.store.announcements.test_autosave import kept

WORDS = {
    "kind": "text",
    "title": "Tạm ngừng cấp nước",
    "text": "Từ 8 giờ tại **thôn Đông**.",
    "area": "xa-minh-tan",
    "where": "all",
    "when": "once",
    "until": "2026-03-16T17:00",
}
# Operator of another commune, who must never see anything of this one.
STRANGER = Person("dong", "Vũ Thị Đông", "operator", "xa-dong-hai")
KEY = "0123456789abcdef" * 2


@pytest.fixture
def settled(office: Office) -> Office:
    people.add(office.db, username="dong", name=STRANGER.name, email="dong@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "dong", Grant("operator", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    return office


def write(browser: Browser, do: str = "submit", path: str = "/desk/compose/", **changes: Any) -> Any:
    return browser.post(path, {**WORDS, "do": do, **changes})


def submitted(office: Office, **changes: Any) -> Announcement:
    answer = write(office.browser(OPERATOR), **changes)
    assert answer.status_code == 303, answer.text
    return listings.listed(office.db, ["xa-minh-tan"], now=office.now)[0]


def act(browser: Browser, one: Announcement, step: str, **more: Any) -> Any:
    return browser.post("/desk/queue/act", {"step": step, "id": f"{one.id}:{one.version}", **more})


def state(office: Office, one: Announcement) -> str:
    return announcements.get(office.db, one.id).state


# the way of an announcement


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


def test_the_editor_is_told_and_then_the_operator(office: Office) -> None:
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


def test_an_operator_approves_nothing_whatever_he_sends(office: Office) -> None:
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


def test_many_at_once_and_what_cannot_be_is_said(office: Office) -> None:
    some = [submitted(office, title=f"Thông báo {n}") for n in range(3)]
    changed = announcements.revise(office.db, replace(some[0], text="Khác"), actor="hoa", now=NOW)
    assert changed.version == 2
    browser = office.browser(EDITOR)
    ids = [f"{one.id}:{one.version}" for one in some]
    page = browser.get(browser.post("/desk/queue/act", {"step": "approve", "id": ids}).headers["Location"]).text
    assert [state(office, one) for one in some] == ["submitted", "approved", "approved"]
    assert "hãy xem lại rồi quyết định" in page
    assert "2 thông báo" in page


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


def test_every_tab_says_how_many_whichever_is_open(office: Office) -> None:
    gone = (Window(NOW - 2 * DAY, NOW - DAY),)
    for n in range(3):
        over = cast.announcement(title=f"Đã qua {n}", area="xa-minh-tan", windows=gone)
        announcements.post(office.db, over, actor=EDITOR.slug)
    submitted(office)
    browser = office.browser(EDITOR)
    for tab in ("submitted", "draft", "ended"):
        page = browser.get(f"/desk/queue/?tab={tab}").text
        assert re.findall(r'how-many">(\d+)<', page) == ["1", "0", "0", "0", "3"], tab
        assert ("Đã qua 1" in page) == (tab == "ended")
    found = browser.get("/desk/queue/?tab=submitted&q=da+qua+1").text
    assert re.findall(r'how-many">(\d+)<', found) == ["0", "0", "0", "0", "1"]


# other areas


def test_nobody_of_another_commune_sees_or_touches_anything(settled: Office) -> None:
    one = submitted(settled)
    settled_file = kept()
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
    assert write(browser, path=f"/desk/compose/{one.id}").status_code == 404
    assert write(browser, area="xa-minh-tan").status_code == 422
    assert write(browser, area="tinh").status_code == 422
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(b"x"), "a.pdf")}
    assert browser.post("/desk/compose/files", sent, content_type="multipart/form-data").status_code == 403
    assert state(settled, one) == "submitted"


def test_a_board_of_another_commune_is_no_target(office: Office) -> None:
    page = write(office.browser(OPERATOR), where="boards", boards="pho-dong-hai")
    assert page.status_code == 422
    assert announcements.all(office.db) == ()


# what is typed


def test_what_is_typed_is_kept_and_found_again_by_its_writer(office: Office) -> None:
    browser = office.browser(OPERATOR)
    answer = browser.post("/desk/compose/keep", {**WORDS, "title": "Đang gõ dở", "key": KEY, "weekdays": ["1", "3"]})
    assert answer.status_code == 204
    assert announcements.all(office.db) == ()
    assert "Đang gõ dở" in browser.get("/desk/compose/").text
    page = browser.get(f"/desk/compose/?typed={KEY}").text
    assert 'value="Đang gõ dở"' in page
    assert "Đang gõ dở" not in office.browser(EDITOR).get(f"/desk/compose/?typed={KEY}").text
    write(browser, "draft", title="Đang gõ dở", key=KEY)
    assert autosave.of(office.db, "hoa") == ()


def test_an_answer_that_is_wrong_comes_back_with_everything_typed(office: Office) -> None:
    page = write(office.browser(OPERATOR), kind="table", table="chỉ một dòng", title="", contact_name="Trạm y tế")
    assert page.status_code == 422
    for said in ("Chưa có tiêu đề", "ít nhất một dòng nội dung", "chỉ một dòng", "Trạm y tế", WORDS["text"]):
        assert said in page.text
    assert announcements.all(office.db) == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"until": "2026-03-01T17:00"}, "Thời gian chiếu đã qua"),
        ({"when": "repeat", "every": "month", "month_days": "32"}, "từ 1 đến 31"),
        ({"when": "repeat", "every": "week", "weekdays": []}, "Chưa chọn ngày nào trong tuần"),
        ({"kind": "pdf"}, "Chưa có tệp PDF"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "http://"),
        ({"where": "boards"}, "Chưa chọn bảng tin nào"),
        ({"statutory": "y", "gap": ""}, "Chưa ghi số phút"),
        ({"area": ""}, "Chưa chọn đơn vị"),
        ({"table": "a" + "\tb" * 40}, "12 cột"),
    ],
)
def test_each_complaint_is_said(office: Office, wrong: dict[str, Any], says: str) -> None:
    page = write(office.browser(OPERATOR), **wrong)
    assert page.status_code == 422
    assert says in page.text


def test_a_longest_gap_that_no_board_can_keep_names_the_smallest(office: Office) -> None:
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    for n in range(6):
        announcements.post(office.db, cast.announcement(area="xa-minh-tan", text=long, title=f"Dài {n}"), actor="hoa")
    page = write(office.browser(OPERATOR), statutory="y", gap="1", text=long)
    assert page.status_code == 422
    smallest = re.search(r"không chiếu lại kịp: nhỏ nhất là (\d+) phút", page.text)
    assert smallest is not None
    assert write(office.browser(OPERATOR), statutory="y", gap=smallest[1], text=long).status_code == 303


def test_nobody_approves_what_would_break_a_promise(office: Office) -> None:
    write(office.browser(EDITOR), "approve", statutory="y", gap="1")
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    late = announcements.post(
        office.db, cast.announcement(area="xa-minh-tan", text=long, state="submitted"), actor="hoa"
    )
    browser = office.browser(EDITOR)
    page = browser.get(act(browser, late, "approve").headers["Location"]).text
    assert "vì còn giữ nhịp của: Tạm ngừng cấp nước" in page
    assert state(office, late) == "submitted"


def test_what_comes_back_is_made_by_the_form(office: Office) -> None:
    browser = office.browser(OPERATOR)
    repeat = {"when": "repeat", "every": "month", "month_days": "15, cuối tháng", "opens": "07:00", "closes": "09:00"}
    write(browser, **repeat, but_holidays="y")
    (one,) = announcements.all(office.db)
    assert one.recurrence is not None
    assert (one.recurrence.rule, one.recurrence.but_holidays) == ("FREQ=MONTHLY;BYMONTHDAY=15,-1", True)
    assert one.windows[0].start == datetime(2026, 3, 15, tzinfo=UTC)
    assert "15, cuối tháng" in browser.get(f"/desk/compose/{one.id}").text


def test_nobody_reaches_a_whole_province_by_leaving_a_field_alone(office: Office) -> None:
    page = office.browser(EDITOR).get("/desk/compose/").text
    assert '<option selected value="">Chọn đơn vị</option>' in page or '<option value="">Chọn đơn vị</option>' in page
    assert write(office.browser(EDITOR), "approve", area="").status_code == 422
    assert 'type="hidden" name="area" value="xa-minh-tan"' in office.browser(OPERATOR).get("/desk/compose/").text


# two people at once


def test_two_who_change_different_things_are_put_together(office: Office) -> None:
    one = submitted(office)
    announcements.revise(office.db, replace(one, title="Tên của Minh"), actor="minh", now=NOW + MINUTE)
    browser = office.browser(EDITOR)
    page = write(browser, "draft", f"/desk/compose/{one.id}", version="1", text="Chữ của Lan")
    assert page.status_code == 409
    assert "gộp lại được cả hai" in page.text
    assert "Lê Quang Minh" in page.text
    again = _hidden(page.text)
    assert browser.post(f"/desk/compose/{one.id}", again).status_code == 303
    joined = announcements.get(office.db, one.id)
    assert (joined.title, joined.text, joined.version) == ("Tên của Minh", "Chữ của Lan", 3)


def test_two_who_change_the_same_words_are_asked(office: Office) -> None:
    one = submitted(office)
    announcements.revise(
        office.db, replace(one, text="Chữ của Minh", title="Tên của Minh"), actor="minh", now=NOW + MINUTE
    )
    page = write(office.browser(EDITOR), "draft", f"/desk/compose/{one.id}", version="1", text="Chữ của Lan")
    assert page.status_code == 409
    assert "Chữ của Minh" in page.text
    assert "Chữ của Lan" in page.text
    assert announcements.get(office.db, one.id).text == "Chữ của Minh"
    office.browser(EDITOR).post(f"/desk/compose/{one.id}", _hidden(page.text))
    after = announcements.get(office.db, one.id)
    assert (after.title, after.text) == ("Tên của Minh", "Chữ của Lan")
    assert [past.announcement.text for past in listings.versions(office.db, one.id)][-1] == "Chữ của Minh"


def _hidden(page: str) -> dict[str, list[str]]:
    """What the first button of the merge question sends."""
    form = page.split('action="/desk/compose/', 1)[1].split("</form>", 1)[0]
    sent: dict[str, list[str]] = defaultdict(list, do=["draft"])
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        sent[name].append(value)
    del sent["csrf_token"]
    return sent


def test_the_page_of_one_that_was_never_changed(office: Office) -> None:
    one = submitted(office)
    page = office.browser(EDITOR).get(f"/desk/queue/{one.id}")
    assert page.status_code == 200
    assert "Các lần sửa" not in page.text


def test_history_says_what_became_of_each_word(office: Office) -> None:
    one = submitted(office)
    announcements.revise(office.db, replace(one, text="Từ 9 giờ tại **thôn Đông**."), actor="lan", now=NOW + HOUR)
    page = office.browser(OPERATOR).get(f"/desk/queue/{one.id}").text
    assert "<del>8 </del>" in page
    assert "<ins>9 </ins>" in page
    assert "Trần Ngọc Lan" in page


def test_what_is_shown_is_replaced_when_the_change_is_approved(office: Office) -> None:
    one = submitted(office)
    browser = office.browser(EDITOR)
    act(browser, one, "approve")
    write(office.browser(OPERATOR), "submit", f"/desk/compose/{one.id}", title="Đã sửa", version="1")
    new = announcements.all(office.db)[0]
    assert (new.replaces, new.state, state(office, one)) == (one.id, "submitted", "approved")
    act(browser, new, "approve")
    assert (state(office, new), state(office, one)) == ("approved", "withdrawn")


def test_saving_what_was_not_changed_changes_nothing(office: Office) -> None:
    office.later(seconds=37)
    one = submitted(office)
    browser = office.browser(OPERATOR)
    shown = re.search(
        r'name="since" type="datetime-local" value="([^"]+)"', browser.get(f"/desk/compose/{one.id}").text
    )
    assert shown is not None
    office.later(minutes=5)
    write(browser, "draft", f"/desk/compose/{one.id}", since=shown[1], version="1")
    assert announcements.get(office.db, one.id).version == 1


def test_templates_and_copies_begin_anew(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "template", title="Mẫu lịch họp")
    (template,) = listings.templates(office.db, ["xa-minh-tan"])
    assert "Mẫu lịch họp" in browser.get("/desk/compose/").text
    assert 'value="Mẫu lịch họp"' in browser.get(f"/desk/compose/?template={template.id}").text
    assert listings.listed(office.db, ["xa-minh-tan"], now=NOW) == ()
    assert announcements.shown(office.db, ("xa-minh-tan",), now=NOW) == ()


# the preview


def test_the_preview_is_the_slide_in_three_sizes(office: Office) -> None:
    page = office.browser(OPERATOR).post("/desk/compose/preview", WORDS).text
    assert page.count("<iframe") == 3
    assert "1 bảng tin" in page
    assert "Xã Minh Tân" in page
    assert "&lt;b&gt;thôn Đông" in page or "thôn Đông" in page


def test_the_preview_warns_of_what_nobody_will_read(office: Office) -> None:
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    page = office.browser(OPERATOR).post("/desk/compose/preview", {**WORDS, "text": long}).text
    assert "khó đọc hết" in page


# files


def worker(office: Office) -> UploadImporter:
    for name in ("media", "uploads"):
        (office.folder / name).mkdir(exist_ok=True)
    return UploadImporter(office.db, office.folder / "uploads", office.folder / "media", office.clock, file_sandbox())


def test_a_pdf_is_sent_opened_by_the_worker_and_posted(office: Office, tmp_path: Path) -> None:
    browser = office.browser(OPERATOR)
    body = made.pdf(tmp_path / "lich.pdf", [made.A4, made.A4]).read_bytes()
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(body), "C:\\fakepath\\lich họp.pdf")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    assert "lich họp.pdf" in page
    assert "data-waits" in browser.get(waits[1]).text
    worker(office).tick()
    done = browser.get(waits[1]).text
    hashes = re.findall(r'name="file" value="([0-9a-f]{16})"', done)
    assert len(hashes) == 2
    assert 'data-kind="pdf"' in done
    assert office.browser(EDITOR).get(waits[1]).status_code == 404
    write(browser, kind="pdf", file=hashes, **{f"alt-{hashes[0]}": "Lịch trực"})
    (one,) = announcements.all(office.db)
    assert [file.hash for file in one.attachments] == hashes
    assert one.attachments[0].alt == "Lịch trực"
    assert "lich họp.pdf, trang 1" in browser.get("/desk/media/").text


def test_a_file_that_is_no_good_says_why(office: Office) -> None:
    browser = office.browser(OPERATOR)
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(b"<svg/>"), "a.png")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    worker(office).tick()
    assert "Chỉ nhận ảnh JPEG" in browser.get(waits[1]).text
    assert library.listed(office.db, ["xa-minh-tan"]) == ()


def test_a_file_that_is_not_in_the_library_cannot_be_named(office: Office) -> None:
    page = write(office.browser(OPERATOR), kind="pictures", file="f" * 16)
    assert page.status_code == 422
    assert "Chưa có ảnh nào" in page.text


def test_the_library_says_where_a_file_is_used_and_keeps_what_is_said_of_it(office: Office) -> None:
    library.put(office.db, kept())
    one = cast.announcement(
        area="xa-minh-tan", kind="pictures", attachments=(Attachment(kept().hash, "", 9, 9),), title="Ảnh sân đình"
    )
    announcements.post(office.db, one, actor="hoa")
    browser = office.browser(OPERATOR)
    page = browser.get(f"/desk/media/{kept().hash}").text
    assert "Ảnh sân đình" in page
    browser.post(
        f"/desk/media/{kept().hash}", {"name": "Sân đình", "alt": "Sân đình ngày hội", "expires": "2026-04-01"}
    )
    found = library.get(office.db, kept().hash)
    assert found.alt == "Sân đình ngày hội"
    assert found.expires is not None
    file = office.folder / "media" / f"{kept().hash}.webp"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"x")
    browser.post(f"/desk/media/{kept().hash}/remove")
    assert library.get(office.db, kept().hash) == found
    announcements.withdraw(office.db, 1, actor="hoa", now=NOW)
    browser.post(f"/desk/media/{kept().hash}/remove")
    assert not file.exists()
    assert library.listed(office.db, ["xa-minh-tan"]) == ()
    assert uploads.claim(office.db, NOW) is None
