"""Bulletins of the source information system by HTTP: what each priority becomes, and who decides.

Unknown areas are refused by name, the same bulletin is taken once, and a recall or replacement follows it everywhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.policy import Grant, Right
from server.setup.config_sections import AnnouncementsSection, NoticesSection
from server.store.announcements import announcements
from server.store.notices import actions, notices
from server.store.people import messages, people
from tests.cast import DAY, EDITOR, HOUR, NOW
from tests.desk.api.programs import UNLIMITED, Program, data, program
from tests.desk.notices.forms import WORDS, seen
from tests.desk.office import Office

SEND: tuple[Right, ...] = ("bulletin.send", "media.write")
AIR: tuple[Right, ...] = (*SEND, "bulletin.air")
PATH = "source-system/bulletins"


def sent(number: str = "TTN-1", **changes: Any) -> dict[str, Any]:
    return {
        "number": number, "priority": "normal", "title": "Lịch tiêm chủng", "text": "Sáng thứ Ba hằng tuần.",
        "areas": ["xa-minh-tan"], "issuer": "Sở Y tế", "until": (NOW + DAY).isoformat(), **changes,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def unlimited(office: Office) -> None:
    office.config = UNLIMITED


@pytest.fixture
def asker(office: Office) -> Program:
    return program(office, *SEND, area="tinh")


@pytest.fixture
def trusted(office: Office) -> Program:
    return program(office, *AIR, area="tinh")


def only_item(client: Program, body: dict[str, Any]) -> Any:
    (item,) = data(client.post(PATH, body))["items"]
    return item


def test_a_normal_bulletin_waits_in_the_queue_of_its_commune(office: Office, trusted: Program) -> None:
    item = only_item(trusted, sent())
    assert (item["state"], item["areas"], item["decided_by"]) == ("submitted", ["xa-minh-tan"], "")
    posted = announcements.get(office.db, int(item["item"].partition(":")[2]))
    assert (posted.title, posted.text) == ("Lịch tiêm chủng", "Sáng thứ Ba hằng tuần.\n\nSở Y tế")
    assert [one.kind for one in messages.unseen(office.db, EDITOR.slug)] == ["bulletin.normal"]


def test_priority_airs_where_the_editor_allowed_it_and_waits_elsewhere(
    office: Office, asker: Program, trusted: Program
) -> None:
    assert only_item(asker, sent("a", priority="priority"))["state"] == "submitted"
    assert only_item(trusted, sent("b", priority="priority"))["state"] == "approved"
    people.revoke(office.db, EDITOR.slug, Grant("editor", "tinh"), by=None, actor="os:root", now=NOW)
    assert only_item(trusted, sent("c", priority="priority"))["state"] == "submitted"


def test_who_decided_the_order_is_recorded_and_shown(office: Office, trusted: Program) -> None:
    first = only_item(trusted, sent("a", priority="priority"))
    other = only_item(trusted, sent("b", priority="priority", title="Lịch tiếp dân"))
    assert (first["ordered_by"], first["ordered"]) == ("", None)
    ids = [int(one["item"].partition(":")[2]) for one in (other, first)]
    announcements.reorder(office.db, ids, actor=EDITOR.slug, now=NOW + HOUR)
    (item,) = data(trusted.get(f"{PATH}/a"))["items"]
    assert (item["ordered_by"], item["ordered"]) == (EDITOR.slug, "2026-03-09T01:30:00Z")


def test_urgent_is_live_at_once_only_with_the_right_and_without_four_eyes(
    office: Office, asker: Program, trusted: Program
) -> None:
    urgent = {"priority": "urgent", "title": "Vỡ đê Đông Hải", "text": "Sơ tán ngay\nĐến trường học"}
    assert only_item(asker, sent("a", **urgent))["state"] == "drafted"
    assert "bulletin.urgent" in {one.kind for one in messages.unseen(office.db, EDITOR.slug)}
    item = only_item(trusted, sent("b", **urgent))
    assert item["state"] == "live"
    made = notices.get(office.db, int(item["item"].partition(":")[2]))
    assert (made.level, made.sender, made.acts) == ("urgent", "Sở Y tế", ("Sơ tán ngay", "Đến trường học"))


def test_the_first_short_lines_of_a_longer_urgent_text_are_its_instructions(office: Office, trusted: Program) -> None:
    lines = ["Sơ tán ngay", "Đến trường học", "Mang nước uống", "Nước đang lên rất nhanh. " * 8]
    item = only_item(trusted, sent(priority="urgent", title="Vỡ đê", text="\n".join(lines)))
    made = notices.get(office.db, int(item["item"].partition(":")[2]))
    assert made.acts == tuple(lines[:3])
    assert made.description == "\n".join(lines).strip(), "the whole is on the public page"


def test_a_long_text_of_an_urgent_bulletin_is_at_the_desk_and_survives_an_edit(
    office: Office, asker: Program
) -> None:
    text = "Mực nước tại cống Tràng vượt báo động III. " * 9
    item = only_item(asker, sent(priority="urgent", text=text))
    id, browser = int(item["item"].partition(":")[2]), office.browser(EDITOR)
    assert text.strip() in browser.get(f"/desk/urgent/{id}").text
    form = {**WORDS, "headline": "Nước lên nhanh", "seen": seen(browser, id)}
    assert browser.post(f"/desk/urgent/{id}/edit", form).status_code == 303
    edited = notices.get(office.db, id)
    assert (edited.headline, edited.description) == ("Nước lên nhanh", text.strip())


def test_four_eyes_leaves_every_bulletin_to_an_editor(office: Office) -> None:
    office.config = UNLIMITED.model_copy(
        update={
            "notices": NoticesSection(four_eyes=True),
            "announcements": AnnouncementsSection(four_eyes=True),
        }
    )
    client = program(office, *AIR, area="tinh")
    assert only_item(client, sent("a", priority="urgent"))["state"] == "drafted"
    assert only_item(client, sent("b", priority="priority"))["state"] == "submitted"


def test_the_same_bulletin_is_taken_once_and_another_content_is_refused(office: Office, asker: Program) -> None:
    first = data(asker.post(PATH, sent(areas=["xa-minh-tan", "xa-dong-hai"])))
    assert data(asker.post(PATH, sent(areas=["xa-dong-hai", "xa-minh-tan"]))) == first
    assert len(announcements.all(office.db)) == len(first["items"]) == 2
    office.later(days=3)  # its end has passed, but it was taken before
    assert data(asker.post(PATH, sent(areas=["xa-minh-tan", "xa-dong-hai"])))["number"] == "TTN-1"
    answer = asker.post(PATH, sent(title="Lịch khác", until=(NOW + 5 * DAY).isoformat()))
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")


def test_areas_are_found_by_their_codes_and_unknown_ones_are_named(asker: Program) -> None:
    assert data(asker.post(PATH, sent(areas=["vn-66"])))["areas"] == ["tinh"]
    answer = asker.post(PATH, sent("b", areas=["99999", "xa-minh-tan", "Xã Lạ"]))
    assert answer.status_code == 422
    assert answer.get_json()["error"] == "Không có đơn vị nào mang mã 99999, Xã Lạ."


def test_a_key_sends_to_its_own_areas_only(office: Office) -> None:
    own = program(office, *AIR, area="xa-minh-tan")
    answer = own.post(PATH, sent(areas=["xa-dong-hai"]))
    assert (answer.status_code, "Xã Đông Hải" in answer.text) == (422, True)
    whole = program(office, *SEND, area="tinh")
    data(whole.post(PATH, sent(areas=["xa-dong-hai"])))
    assert own.get(f"{PATH}/TTN-1").status_code == 404
    assert own.post(f"{PATH}/TTN-1/recall").status_code == 404
    assert data(own.get(PATH))["items"] == []
    assert own.post(PATH, sent("b", replaces="TTN-1")).status_code == 422
    assert program(office, "announcement.write").post(PATH, sent("c")).status_code == 403


def test_a_recall_takes_it_off_once(office: Office, trusted: Program) -> None:
    data(trusted.post(PATH, sent("a", priority="priority", areas=["xa-minh-tan", "xa-dong-hai"])))
    data(trusted.post(PATH, sent("b", priority="urgent")))
    for number, state in (("a", "withdrawn"), ("b", "cleared")):
        first = data(trusted.post(f"{PATH}/{number}/recall", {"reason": "Gửi nhầm"}))
        assert {one["state"] for one in first["items"]} == {state}
        assert data(trusted.post(f"{PATH}/{number}/recall", {"reason": "Gửi nhầm"})) == first
    assert trusted.post(f"{PATH}/khong-co/recall").status_code == 404


def test_a_replacement_swaps_on_approval(office: Office, asker: Program, trusted: Program) -> None:
    old = only_item(trusted, sent("a", priority="priority"))
    new = only_item(asker, sent("b", priority="priority", replaces="a", text="Sáng thứ Tư."))
    former, later = (int(one["item"].partition(":")[2]) for one in (old, new))
    assert announcements.get(office.db, former).state == "approved"
    announcements.take(office.db, later, "approve", actor=EDITOR.slug, now=NOW)
    assert announcements.get(office.db, former).successor == later
    found = data(trusted.get(f"{PATH}/a"))
    assert (found["replaced_by"], found["items"][0]["state"]) == ("b", "withdrawn")


def test_what_an_editor_took_off_does_not_return_by_a_replacement(office: Office, trusted: Program) -> None:
    old = only_item(trusted, sent("a", priority="priority"))
    announcements.withdraw(office.db, int(old["item"].partition(":")[2]), actor=EDITOR.slug, now=NOW)
    assert only_item(trusted, sent("b", priority="priority", replaces="a"))["state"] == "submitted"


def test_a_waiting_bulletin_leaves_the_queue_when_it_is_replaced(office: Office, asker: Program) -> None:
    data(asker.post(PATH, sent("a", areas=["xa-minh-tan", "xa-dong-hai"])))
    data(asker.post(PATH, sent("b", replaces="a")))
    assert {one["state"] for one in data(asker.get(f"{PATH}/a"))["items"]} == {"withdrawn"}
    assert asker.post(PATH, sent("c", replaces="khong-co")).status_code == 422


def test_an_urgent_replacement_corrects_the_live_notice(office: Office, asker: Program, trusted: Program) -> None:
    old = only_item(trusted, sent("a", priority="urgent"))
    draft = only_item(asker, sent("b", priority="urgent", replaces="a", title="Nước đã rút"))
    id, draft_id = (int(one["item"].partition(":")[2]) for one in (old, draft))
    assert notices.get(office.db, id).state == "live"
    actions.send(office.db, draft_id, actor=EDITOR.slug, now=NOW, four_eyes=False)
    assert notices.get(office.db, id).state == "corrected"
    assert only_item(trusted, sent("c", priority="urgent", replaces="b", title="Hết lụt"))["state"] == "live"
    assert notices.get(office.db, draft_id).state == "corrected"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "}, {"areas": []}, {"priority": "4"}, {"until": (NOW - DAY).isoformat()}, {"number": "a/b"},
        {"number": ""}, {"text": "x" * 8001}, {"priority": "urgent", "until": None}, {"replaces": "TTN-1"},
        {"priority": "urgent", "until": (NOW + timedelta(days=15)).isoformat()}, {"khac": 1}, {"areas": [["x"]]},
        {"priority": "urgent", "from": (NOW + HOUR).isoformat()}, {"files": [{"key": "0" * 32}]}, {"title": {"a": 1}},
    ],
)  # fmt: skip
def test_a_wrong_bulletin_is_refused_with_a_problem(office: Office, asker: Program, wrong: dict[str, Any]) -> None:
    answer = asker.post(PATH, sent() | wrong)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert announcements.all(office.db) == ()


def test_a_body_that_is_no_bulletin_is_refused(office: Office, asker: Program) -> None:
    client = office.app.test_client()
    headers = {"Authorization": f"Bearer {asker.key}", "Content-Type": "application/json"}
    for body in (b"", b"[]", b'{"number":', b"\xff\xfe", b"[" * 100_000, b'{"number": 1e999}'):
        answer = client.post(f"/api/v1/{PATH}", data=body, headers=headers)
        assert answer.status_code in (400, 422)


def test_an_idempotency_key_repeats_the_answer(asker: Program) -> None:
    first = asker.post(PATH, sent(), Idempotency_Key="x")
    again = asker.post(PATH, sent(), Idempotency_Key="x")
    assert (first.get_json(), again.headers["Idempotent-Replayed"]) == (again.get_json(), "true")


def test_lists_have_pages(asker: Program) -> None:
    for number in "abc":
        data(asker.post(PATH, sent(number)))
    first = data(asker.get(f"{PATH}?limit=2"))
    rest = data(asker.get(f"{PATH}?limit=2&before={first['next']}"))
    assert [one["number"] for one in (*first["items"], *rest["items"])] == ["c", "b", "a"]
    assert rest["next"] is None
