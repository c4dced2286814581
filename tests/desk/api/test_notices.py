"""Notices and messages by the API follow the rules of the desk: who may push, four eyes, where and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.content.board_content import notices_for
from server.core.areas import AreaTree
from server.core.model import MESSAGE
from server.core.policy import Grant, Right
from server.desk.api.v1.messages import MOST_AT_ONCE
from server.setup.config import Config
from server.setup.config_sections import NoticesSection, PeopleSection
from server.store.audit import audit
from server.store.boards import boards
from server.store.notices import notices, publications
from server.store.people import messages, people, tokens
from tests.cast import AREAS, BOARD_MINH_TAN, BOARDS, DAY, EDITOR, HOI_TRUONG, KEEPER, NOW, OPERATOR, PHO_DONG_HAI
from tests.desk.api.programs import data, program
from tests.desk.office import Office

FLOOD = {"level": "urgent", "headline": "Nước sông lên nhanh", "areas": ["xa-minh-tan"], "minutes": 60}
MESSAGES = f"boards/{BOARD_MINH_TAN.slug}/messages"
READY = {"text": "Hồ sơ 123 đã có kết quả"}
TREE = AreaTree(AREAS)


def shown_on(office: Office, at: Any = None) -> set[str]:
    """The slugs of the boards that show some live notice."""
    live = notices.live(office.db, at or office.now)
    return {board.slug for board in BOARDS if notices_for(board, TREE, live)}


def test_a_key_proposes_and_the_editors_are_told_who(office: Office) -> None:
    made = data(program(office, "notice.propose", "board.view").post("notices", FLOOD))
    assert made["state"] == "drafted"
    assert shown_on(office) == set()
    (told,) = messages.unseen(office.db, EDITOR.slug)
    assert (told.link, "Một cửa" in told.text) == (f"/desk/urgent/{made['id']}", True)


def test_a_key_that_may_push_puts_a_notice_on_the_air_and_takes_it_off(office: Office) -> None:
    client = program(office)
    made = data(client.post("notices", FLOOD | {"push": True}))
    assert (made["state"], shown_on(office)) == ("live", {BOARD_MINH_TAN.slug})
    assert [one.act for one in audit.all(office.db)][-1] == "notice.post"
    assert audit.all(office.db)[-1].actor == "token:1"
    assert [one["id"] for one in data(client.get("notices"))["items"]] == [made["id"]]
    assert data(client.post(f"notices/{made['id']}/clear"))["state"] == "cleared"
    assert shown_on(office) == set()
    assert client.post(f"notices/{made['id']}/clear").status_code == 409
    assert data(client.get("notices"))["items"] == []
    assert data(client.get(f"notices/{made['id']}"))["state"] == "cleared"


def test_under_four_eyes_a_key_only_drafts(office: Office) -> None:
    office.config = Config(people=PeopleSection(second_factor=False), notices=NoticesSection(four_eyes=True))
    made = data(program(office).post("notices", FLOOD | {"push": True}))
    assert made["state"] == "drafted"
    assert notices.get(office.db, made["id"]).signed_by == ""


@pytest.mark.parametrize("rights", [("notice.propose",), ("notice.propose", "notice.clear", "board.view")])
def test_without_the_right_to_push_nothing_goes_on_the_air(office: Office, rights: tuple[Right, ...]) -> None:
    assert program(office, *rights).post("notices", FLOOD | {"push": True}).status_code == 403
    assert notices.all(office.db, states=("live", "drafted")) == ()


def test_a_key_notifies_only_its_areas(office: Office) -> None:
    client = program(office)
    for areas in (["tinh"], ["xa-dong-hai"], ["xa-minh-tan", "xa-dong-hai"], ["khong-co"]):
        assert client.post("notices", FLOOD | {"areas": areas, "push": True}).status_code == 403
    assert notices.all(office.db, states=("live", "drafted")) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"headline": "x" * 181}, {"headline": "  "}, {"areas": []}, {"minutes": 0}, {"until": "2026-03-10T00:00:00Z"},
        {"minutes": None}, {"minutes": None, "until": "2026-03-08T00:00:00Z"}, {"level": "normal"}, {"risk": 6},
        {"minutes": None, "until": "2026-04-08T00:00:00Z"}, {"acts": ["a", "b", "c", "d"]}, {"minutes": "60"},
    ],
)  # fmt: skip
def test_what_the_desk_would_refuse_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    sent = {name: value for name, value in {**FLOOD, **wrong}.items() if value is not None}
    answer = program(office).post("notices", sent)
    assert answer.status_code == 422, answer.text
    assert notices.all(office.db, states=("live", "drafted")) == ()


def test_the_same_notice_is_not_made_twice(office: Office) -> None:
    client = program(office)
    first, again = (data(client.post("notices", FLOOD | {"push": True})) for _ in range(2))
    assert first["id"] == again["id"]


def test_a_key_pushes_only_as_long_as_its_maker_may(office: Office) -> None:
    client = program(office)
    people.revoke(office.db, EDITOR.slug, Grant("editor", "tinh"), by=None, actor="os:root", now=NOW)
    assert client.post("notices", FLOOD | {"push": True}).status_code == 403
    assert client.post(MESSAGES, READY).status_code == 403
    assert data(client.post("notices", FLOOD))["state"] == "drafted"


def test_a_message_is_on_its_board_at_once_for_ten_minutes_and_on_no_other(office: Office) -> None:
    made = data(program(office, "board.message").post(MESSAGES, READY))
    assert shown_on(office) == {BOARD_MINH_TAN.slug}
    assert notices.get(office.db, made["id"]).until == NOW + timedelta(minutes=10)
    assert shown_on(office, NOW + timedelta(minutes=10)) == set()
    assert audit.all(office.db)[-1].actor == "token:1"


@pytest.mark.parametrize("board", [HOI_TRUONG, PHO_DONG_HAI])
def test_a_message_is_refused_on_any_other_board(office: Office, board: Any) -> None:
    for area in ("tinh", "xa-minh-tan"):
        client = program(office, "board.message", area=area)
        answer = client.post(f"boards/{board.slug}/messages", READY)
        assert answer.status_code == (403 if area == "tinh" else 404)
    assert shown_on(office) == set()


def test_a_key_without_this_right_shows_no_message(office: Office) -> None:
    assert program(office, "notice.push", "board.view").post(MESSAGES, READY).status_code == 403


def test_four_eyes_for_urgent_notices_do_not_hold_up_a_message(office: Office) -> None:
    office.config = Config(people=PeopleSection(second_factor=False), notices=NoticesSection(four_eyes=True))
    assert data(program(office).post(MESSAGES, READY))["state"] == "live"


def test_a_message_is_no_alert_for_others(office: Office) -> None:
    data(program(office).post(MESSAGES, READY))
    assert notices.live(office.db, NOW)[0].origin == MESSAGE
    assert publications.issued(office.db, NOW).notices == {}


def test_a_message_leaves_when_its_program_says_so_and_only_then(office: Office) -> None:
    client, other = program(office), program(office)
    made = data(client.post(MESSAGES, READY))
    assert other.delete(f"{MESSAGES}/{made['id']}").status_code == 404
    assert shown_on(office) == {BOARD_MINH_TAN.slug}
    assert data(client.delete(f"{MESSAGES}/{made['id']}"))["state"] == "cleared"
    assert shown_on(office) == set()
    assert client.delete(f"{MESSAGES}/{made['id']}").status_code == 409


def test_a_board_shows_only_so_many_messages_and_none_on_the_safe_page(office: Office) -> None:
    client = program(office)
    for number in range(MOST_AT_ONCE):
        data(client.post(MESSAGES, {"text": f"Hồ sơ {number}"}))
    assert client.post(MESSAGES, READY).status_code == 409
    assert data(client.post(MESSAGES, {"text": "Hồ sơ 0"}))["state"] == "live"
    office.later(minutes=11)
    boards.set_mode(office.db, BOARD_MINH_TAN.slug, "safe", actor="lan", now=office.now)
    assert client.post(MESSAGES, READY).status_code == 409


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": " "}, {"text": "x" * 121}, {"minutes": 61}, {"minutes": 0}])
def test_a_message_is_short_and_stays_at_most_an_hour(office: Office, wrong: dict[str, Any]) -> None:
    assert program(office).post(MESSAGES, READY | wrong).status_code == 422


def test_only_an_editor_of_the_area_gives_the_right_to_show_messages(office: Office) -> None:
    until, given_to = NOW + DAY, [BOARD_MINH_TAN.slug]
    for person in (KEEPER, OPERATOR):
        by = people.get(office.db, person.slug)
        with pytest.raises(people.NotAllowed):
            tokens.make(
                office.db, "x", ["board.message"], ["xa-minh-tan"], by=by, until=until, now=NOW, boards=given_to
            )
    editor = people.get(office.db, EDITOR.slug)
    wrong: list[tuple[list[Right], list[str]]] = [
        (["board.message"], []),
        (["board.view"], given_to),
        (["board.message"], ["pho-dong-hai"]),
    ]
    for rights, named in wrong:
        with pytest.raises(ValueError, match="ảng tin"):
            tokens.make(office.db, "x", rights, ["xa-minh-tan"], by=editor, until=until, now=NOW, boards=named)


def test_the_editor_gives_the_right_at_the_desk_and_the_audit_names_the_boards(office: Office) -> None:
    form = {
        "name": "Một cửa xã", "rights": ["board.message"], "boards": [BOARD_MINH_TAN.slug], "area": "xa-minh-tan",
        "days": "30",
    }  # fmt: skip
    browser = office.browser(EDITOR)
    assert "bt_" in browser.post("/desk/tokens/", form).text
    (made,) = tokens.listed(office.db)
    assert (made.rights, made.boards) == (("board.message",), (BOARD_MINH_TAN.slug,))
    page = browser.get("/desk/tokens/").text
    assert BOARD_MINH_TAN.name in page
    assert BOARD_MINH_TAN.slug in str(audit.all(office.db)[-1].after)
    refused = browser.post("/desk/tokens/", form | {"boards": []}).text
    assert "bt_" not in refused.split("<h1>")[1].split("placeholder")[0]
    assert replace(made) in tokens.listed(office.db)
