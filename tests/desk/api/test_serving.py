"""Numbers of counters by the API: who may report them, where, how often, and when they leave the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.core.policy import Grant
from server.store.audit import audit
from server.store.boards import boards, now_serving
from server.store.database import revision
from server.store.people import people
from tests.cast import BOARD_MINH_TAN, EDITOR, HOI_TRUONG, NOW, PHO_DONG_HAI
from tests.desk.api.programs import Program, data, program
from tests.desk.office import Office

SLUG = BOARD_MINH_TAN.slug
SERVING = f"boards/{SLUG}/serving"
ONE = {"name": "3", "service": "Đất đai", "number": "A105", "next": ["A106", "A107"]}
STATE = {"counters": [ONE, {"name": "4", "note": "Tạm nghỉ đến 14:00"}]}


@pytest.fixture
def hall(office: Office) -> Program:
    """The queue system of the commune's hall, whose board shows numbers in its lap."""
    boards.save(office.db, replace(BOARD_MINH_TAN, serving="lap"), actor="lan", now=NOW)
    return program(office, "board.serving")


def acts(office: Office) -> list[tuple[str, str]]:
    return [(one.act, one.actor) for one in audit.all(office.db) if one.act.startswith("board.serving")]


def test_numbers_are_stored_whole_and_leave_after_ten_minutes(office: Office, hall: Program) -> None:
    shown = data(hall.put(SERVING, STATE))
    assert (shown["shown"], shown["counters"][0]["next"]) == (True, ["A106", "A107"])
    stored = now_serving.all(office.db, NOW)[SLUG]
    assert [(one.name, one.number, one.note) for one in stored.counters] == [
        ("3", "A105", ""), ("4", "", "Tạm nghỉ đến 14:00"),
    ]  # fmt: skip
    assert stored.until == NOW + timedelta(minutes=10)
    assert now_serving.all(office.db, stored.until) == {}


def test_each_report_replaces_the_last_one(office: Office, hall: Program) -> None:
    data(hall.put(SERVING, STATE))
    before = now_serving.versions(office.db)[SLUG]
    office.later(seconds=1)
    data(hall.put(SERVING, {"counters": [ONE | {"number": "A106", "next": []}]}))
    stored = now_serving.all(office.db, office.now)[SLUG]
    assert [(one.number, one.coming) for one in stored.counters] == [("A106", ())]
    assert stored.version > before


def test_only_its_begin_and_its_end_are_audited_and_change_what_boards_are_composed_of(
    office: Office, hall: Program
) -> None:
    for second in range(3):
        data(hall.put(SERVING, {"counters": [ONE | {"number": f"{second}"}]}))
        if second == 0:
            begun = revision.current(office.db)
        office.later(seconds=1)
    assert revision.current(office.db) == begun
    assert acts(office) == [("board.serving_begin", "token:1")]
    assert data(hall.delete(SERVING)) == {"board": SLUG, "ended": True}
    assert acts(office)[1:] == [("board.serving_end", "token:1")]
    assert revision.current(office.db) > begun
    assert data(hall.delete(SERVING))["ended"] is False


def test_numbers_that_are_not_renewed_are_ended_by_the_program(office: Office, hall: Program) -> None:
    data(hall.put(SERVING, STATE))
    assert now_serving.end_due(office.db, NOW + timedelta(minutes=9)) == 0
    assert now_serving.end_due(office.db, NOW + timedelta(minutes=10)) == 1
    assert now_serving.versions(office.db) == {}
    assert acts(office)[-1][0] == "board.serving_end"


def test_faster_than_once_a_second_is_refused_and_what_was_accepted_stays(office: Office, hall: Program) -> None:
    for number in ("1", "2"):
        data(hall.put(SERVING, {"counters": [ONE | {"number": number}]}))
    refused = hall.put(SERVING, {"counters": [ONE | {"number": "3"}]})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.content_type == "application/problem+json"
    assert now_serving.all(office.db, NOW)[SLUG].counters[0].number == "2"
    for called in range(4, 70):
        office.later(seconds=1)
        data(hall.put(SERVING, {"counters": [ONE | {"number": f"{called}"}]}))


def test_a_clock_that_was_set_back_does_not_stop_the_numbers(office: Office, hall: Program) -> None:
    data(hall.put(SERVING, STATE))
    office.later(hours=-5)
    data(hall.put(SERVING, {"counters": [ONE | {"number": "9"}]}))
    assert now_serving.all(office.db, office.now)[SLUG].counters[0].number == "9"


@pytest.mark.parametrize("board", [HOI_TRUONG, PHO_DONG_HAI])
def test_numbers_are_refused_on_any_other_board(office: Office, hall: Program, board: Any) -> None:
    boards.save(office.db, replace(board, serving="always"), actor="lan", now=NOW)
    for area, status in (("tinh", 403), ("xa-minh-tan", 404)):
        client = program(office, "board.serving", area=area)
        for answer in (
            client.put(f"boards/{board.slug}/serving", STATE),
            client.delete(f"boards/{board.slug}/serving"),
        ):
            assert answer.status_code == status
    assert now_serving.versions(office.db) == {}


def test_a_key_for_messages_shows_no_numbers_and_the_other_way_round(office: Office, hall: Program) -> None:
    assert program(office, "board.message", "board.view").put(SERVING, STATE).status_code == 403
    assert hall.post(f"boards/{SLUG}/messages", {"text": "Hồ sơ 123"}).status_code == 403


def test_a_key_reports_only_as_long_as_its_maker_may(office: Office, hall: Program) -> None:
    people.revoke(office.db, EDITOR.slug, Grant("editor", "tinh"), by=None, actor="os:root", now=NOW)
    assert hall.put(SERVING, STATE).status_code == 403


def test_a_board_that_does_not_show_numbers_refuses_them(office: Office) -> None:
    refused = program(office, "board.serving").put(SERVING, STATE)
    assert refused.status_code == 409
    assert "chưa bật" in refused.get_json()["detail"]


def test_on_the_safe_page_numbers_are_kept_and_the_answer_says_that_nobody_sees_them(
    office: Office, hall: Program
) -> None:
    boards.set_mode(office.db, SLUG, "safe", actor="lan", now=NOW)
    assert data(hall.put(SERVING, STATE))["shown"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"counters": []}, {"counters": [ONE] * 2}, {"counters": [ONE | {"name": f"{n}"} for n in range(13)]}, {},
        {"counters": [ONE | {"number": "A 105"}]}, {"counters": [ONE | {"number": "1234567"}]},
        {"counters": [ONE | {"number": 105}]}, {"counters": [ONE | {"next": ["1"] * 6}]},
        {"counters": [ONE | {"name": ""}]}, {"counters": [ONE | {"service": "x" * 29}]},
        {"counters": [ONE | {"colour": "red"}]}, {"counters": [ONE | {"next": [""]}]},
    ],
)  # fmt: skip
def test_what_a_board_could_not_show_is_refused(office: Office, hall: Program, wrong: dict[str, Any]) -> None:
    assert hall.put(SERVING, wrong).status_code == 422
    assert now_serving.versions(office.db) == {}
