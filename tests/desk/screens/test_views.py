"""Screens at the desk: people pair, command and see only the screens of their areas.

Also tests panic mode, the proof of play and the ticket of the wall.
"""

from __future__ import annotations

import re

import pytest

from server.core.model import Board
from server.core.screens.proof import Play
from server.core.screens.screens import Link, Screen
from server.desk.auth.reauthenticate import STATUS
from server.desk.records.proof import SHOWN_AT_ONCE
from server.desk.screens.wall_tickets import wall_tickets
from server.store.audit import audit
from server.store.boards import boards, panics
from server.store.screens import pairing, receipts, screens
from server.store.tables import outages
from tests.cast import (
    BOARD_MINH_TAN,
    EDITOR,
    HOI_TRUONG,
    HOUR,
    KEEPER,
    MINUTE,
    NOW,
    OPERATOR,
    PHO_DONG_HAI,
    Person,
)
from tests.desk.office import Office
from tests.desk.web.test_rights import WALKERS, walked
from tests.store.screens.test_screens import HALL, paired

__all__ = ["walked"]  # a fixture that pytest finds by its name here

COMMUNE_EDITOR: Person = WALKERS["e"]
COMMUNE_KEEPER: Person = WALKERS["k"]
HERE, THERE = BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug


def in_store(office: Office, id: int) -> Screen:
    return screens.get(office.db, id)


# Pairing


def test_an_editor_pairs_a_device_by_its_code(office: Office) -> None:
    code, secret, _ = pairing.open_code(office.db, NOW)
    editor = office.browser(EDITOR)
    answer = editor.post(
        "/desk/screens/new",
        {"code": f"{code[:4].lower()} {code[4:]}", "board": HALL, "name": "Sảnh", "phone": "0221 1"},
    )
    assert answer.status_code == 303
    (made,) = screens.all(office.db)
    assert (made.name, made.board, made.phone, made.paired_by) == ("Sảnh", HALL, "0221 1", EDITOR.slug)
    assert pairing.collect(office.db, code, secret, NOW) is not None
    assert "Sảnh" in editor.get("/desk/screens/").text


def test_a_wrong_code_is_reported_and_the_form_keeps_its_values(office: Office) -> None:
    editor = office.browser(EDITOR)
    for code, said in (
        ("BBBBBBBB", "Mã không đúng"),
        ("BCD", "tám chữ cái"),
        ("ABCD EFGH", "không bao giờ có A, E"),
        ("", "chưa có gì"),
    ):
        answer = editor.post("/desk/screens/new", {"code": code, "board": HALL, "name": "Sảnh tầng 1"})
        assert answer.status_code == 422
        assert said in answer.text
        assert "Sảnh tầng 1" in answer.text


def test_nobody_pairs_or_changes_a_screen_of_another_area(walked: Office) -> None:
    code, _, _ = pairing.open_code(walked.db, NOW)
    foreign, _ = paired(walked.db, THERE)
    editor = walked.browser(COMMUNE_EDITOR)
    assert editor.post("/desk/screens/new", {"code": code, "board": THERE}).status_code == 403
    assert editor.post("/desk/screens/new", {"code": code, "replaces": str(foreign.id)}).status_code == 403
    for path in ("", "/ask/reload", "/lend", "/move", "/revoke"):
        assert editor.post(f"/desk/screens/{foreign.id}{path}", {"board": HERE}).status_code == 403, path
    assert editor.get(f"/desk/screens/{foreign.id}").status_code == 403
    assert editor.post(f"/desk/screens/boards/{THERE}/mode", {"mode": "dark"}).status_code == 403
    assert in_store(walked, foreign.id) == foreign
    assert boards.get(walked.db, THERE).mode == "on"


def test_a_screen_cannot_be_moved_to_a_board_of_another_area(walked: Office) -> None:
    mine, _ = paired(walked.db, HERE)
    answer = walked.browser(COMMUNE_EDITOR).post(f"/desk/screens/{mine.id}/move", {"board": THERE})
    assert answer.status_code == 403
    assert in_store(walked, mine.id).board == HERE


def test_lists_show_nothing_of_another_area(walked: Office) -> None:
    paired(walked.db, THERE, name="Máy của xã khác", phone="0999 888 777")
    for path in ("/desk/screens/", "/desk/screens/new", "/desk/screens/panic", "/desk/proof/"):
        text = walked.browser(COMMUNE_EDITOR).get(path).text
        for foreign in ("Máy của xã khác", "0999 888 777", PHO_DONG_HAI.name, "Xã Đông Hải"):
            assert foreign not in text, (path, foreign)


# Actions on a screen


@pytest.mark.parametrize("name", ["reload", "identify", "screenshot"])
def test_one_press_sends_a_command_to_a_screen(office: Office, name: str) -> None:
    screen, _ = paired(office.db)
    assert office.browser(EDITOR).post(f"/desk/screens/{screen.id}/ask/{name}").status_code == 303
    (asked,) = screens.commands_since(office.db, 0, NOW)
    assert (asked.screen, asked.name) == (screen.id, name)
    assert office.browser(EDITOR).post(f"/desk/screens/{screen.id}/ask/format").status_code == 404


def test_revoking_asks_for_a_fresh_factor(office: Office) -> None:
    screen, _ = paired(office.db)
    tired = office.browser(EDITOR, factor=False)
    assert tired.post(f"/desk/screens/{screen.id}/revoke").status_code == STATUS
    assert in_store(office, screen.id).revoked is None
    office.browser(EDITOR).post(f"/desk/screens/{screen.id}/revoke")
    assert in_store(office, screen.id).revoked == NOW


def test_a_screen_is_lent_only_until_a_time_in_the_future(office: Office) -> None:
    screen, _ = paired(office.db)
    editor = office.browser(EDITOR)
    for wrong in ("", "hôm qua", "2026-03-09T07:00"):
        editor.post(f"/desk/screens/{screen.id}/lend", {"until": wrong})
        assert in_store(office, screen.id).handed_until is None
    editor.post(f"/desk/screens/{screen.id}/lend", {"until": "2026-03-09T09:30"})
    assert in_store(office, screen.id).handed_until == NOW + 2 * HOUR
    assert "Nhường cho cuộc họp đến 09:30" in editor.get("/desk/screens/").text
    editor.post(f"/desk/screens/{screen.id}/lend", {"take": "now"})
    assert in_store(office, screen.id).handed_until is None


def test_a_lost_screen_shows_since_when_and_whom_to_call(office: Office) -> None:
    screen, _ = paired(office.db, name="Cổng", phone="0912 000 111")
    receipts.save(office.db, [], [], [Link(screen.id, False, NOW - HOUR)])
    text = office.browser(OPERATOR if screen.board == HERE else EDITOR).get("/desk/screens/").text
    assert "Mất liên lạc từ 06:30" in text
    assert "tel:0912000111" in text


def test_a_board_is_set_to_dark_and_back(office: Office) -> None:
    editor = office.browser(EDITOR)
    editor.post(f"/desk/screens/boards/{HALL}/mode", {"mode": "dark"})
    assert boards.get(office.db, HALL).mode == "dark"
    editor.post(f"/desk/screens/boards/{HALL}/mode", {"mode": "on"})
    assert boards.get(office.db, HALL).mode == "on"
    assert editor.post(f"/desk/screens/boards/{HALL}/mode", {"mode": "party"}).status_code == 400


# Panic


def test_one_person_presses_panic_without_a_code_and_ends_it_with_a_fresh_factor(walked: Office) -> None:
    tired = walked.browser(COMMUNE_EDITOR, factor=False)
    assert tired.post("/desk/screens/panic/tinh").status_code == 403
    tired.post("/desk/screens/panic/xa-minh-tan")
    assert tired.post("/desk/screens/panic/xa-minh-tan/end").status_code == STATUS
    editor = walked.browser(COMMUNE_EDITOR)
    assert [one.area for one in panics.on(walked.db)] == ["xa-minh-tan"]
    assert "an toàn từ" in editor.get("/desk/screens/panic").text
    editor.post("/desk/screens/panic/xa-minh-tan/end")
    assert panics.on(walked.db) == ()


# Boards


def test_a_board_with_screens_cannot_be_removed(office: Office) -> None:
    screen, _ = paired(office.db)
    keeper = office.browser(KEEPER)
    keeper.post(f"/desk/screens/boards/{HALL}/remove")
    assert boards.get(office.db, HALL) == HOI_TRUONG
    screens.revoke(office.db, screen.id, actor=KEEPER.slug, now=NOW)
    keeper.post(f"/desk/screens/boards/{HALL}/remove")
    assert HALL not in [one.slug for one in boards.all(office.db)]


# Proof of play


def played(office: Office, board: Board, screen: Screen, times: int, title: str = "Niêm yết") -> None:
    made = [
        Play(
            screen.id,
            board.slug,
            screen.slot,
            "announcement:5",
            title,
            "ab" * 8,
            NOW - HOUR + n * MINUTE,
            "2026-03-09",
            6,
        )
        for n in range(times)
    ]
    receipts.save(office.db, made, [], [])


def test_the_proof_of_an_item_has_boards_times_hashes_and_outages(office: Office) -> None:
    screen, _ = paired(office.db, name="Sảnh tầng 1")
    played(office, HOI_TRUONG, screen, 3)
    with office.db.write() as conn:
        conn.execute(outages.insert().values(screen=screen.id, board=HALL, begun=NOW - HOUR, ended=NOW - 50 * MINUTE))
    editor = office.browser(EDITOR)
    listed = editor.get("/desk/proof/?from=2026-03-09&to=2026-03-09").text
    assert "Niêm yết" in listed
    record = editor.get("/desk/proof/item/announcement:5?from=2026-03-09&to=2026-03-09").text
    for said in (
        "Hội trường tỉnh",
        "Sảnh tầng 1",
        "ab" * 8,
        "09/03/2026 06:30",
        "09/03/2026 06:32",
        "09/03/2026 06:40",
    ):
        assert said in record, said
    rows = editor.get("/desk/proof/proof.csv?from=2026-03-09&to=2026-03-09").get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "announcement:5" not in rows[1]
    assert rows[1].startswith("09/03/2026;Hội trường tỉnh;Tỉnh Hưng Yên;Thông báo;Niêm yết;3;")


def test_the_proof_sums_boards_and_has_pages(office: Office) -> None:
    hall, there = paired(office.db, name="Sảnh tầng 1")[0], paired(office.db, THERE, name="Trước chợ")[0]
    played(office, HOI_TRUONG, hall, 3)
    played(office, PHO_DONG_HAI, there, 2)
    times = [
        Play(hall.id, HALL, hall.slot, f"story:{n}", f"Tin {n}", "cd" * 8, NOW + n * MINUTE, "2026-03-09", 7)
        for n in range(SHOWN_AT_ONCE)
    ]
    receipts.save(office.db, times, [], [])
    editor, day = office.browser(EDITOR), "from=2026-03-09&to=2026-03-09"
    first = editor.get(f"/desk/proof/?{day}").text
    assert f"{SHOWN_AT_ONCE + 5} lần chiếu" in first
    (posted,) = [row for row in first.split("<tr>") if "announcement:5" in row]
    assert re.findall(r">(\d+)</td>", posted) == ["5", "2", "2"]
    second = editor.get(f"/desk/proof/?{day}&page=2").text
    assert (first.count("/desk/proof/item/"), second.count("/desk/proof/item/")) == (SHOWN_AT_ONCE, 1)
    assert {f"Tin {n}" for n in range(SHOWN_AT_ONCE)} == set(re.findall(r"Tin \d+(?=</a>)", first + second))
    one = editor.get(f"/desk/proof/?{day}&q=tin+59").text
    assert "1 lần chiếu" in one
    record = editor.get(f"/desk/proof/item/announcement:5?{day}").text
    hall_row, there_row = (row for row in record.split("<tr>") if "09/03/2026 0" in row)
    assert "Sảnh tầng 1" in hall_row
    assert "Trước chợ" not in hall_row
    assert "Trước chợ" in there_row


def test_no_page_shows_proof_of_another_area(walked: Office) -> None:
    foreign, _ = paired(walked.db, THERE, name="Máy của xã khác")
    played(walked, PHO_DONG_HAI, foreign, 2, "Tin của xã khác")
    viewer = walked.browser(WALKERS["v"])
    for path in (
        "/desk/proof/",
        "/desk/proof/proof.csv",
        "/desk/proof/item/announcement:5",
        "/desk/wall/now/announcement:5",
    ):
        text = viewer.get(path).get_data(as_text=True)
        for word in ("Tin của xã khác", "Máy của xã khác", PHO_DONG_HAI.name):
            assert word not in text, path
    assert viewer.get(f"/desk/proof/?board={THERE}").status_code == 404


def test_a_title_in_the_csv_file_is_not_a_formula(office: Office) -> None:
    screen, _ = paired(office.db)
    played(office, HOI_TRUONG, screen, 1, '=HYPERLINK("x")')
    assert "\"'=HYPERLINK" in office.browser(EDITOR).get("/desk/proof/proof.csv").get_data(as_text=True)


# The wall


def test_the_walls_ticket_names_the_sign_in_and_cannot_be_forged(office: Office) -> None:
    text = office.browser(EDITOR).get("/desk/wall/").text
    ticket = text.split('data-ticket="')[1].split('"')[0]
    tickets = wall_tickets(office.folder)
    sign_in = tickets.read(ticket)
    assert sign_in is not None
    assert len(sign_in) == 32
    assert tickets.read(ticket[:-2] + "xx") is None
    assert tickets.read("") is None


def test_the_page_of_an_item_shows_where_it_was_proved(office: Office) -> None:
    screen, _ = paired(office.db)
    played(office, HOI_TRUONG, screen, 2)
    text = office.browser(EDITOR).get("/desk/wall/now/announcement:5").text
    assert "Hội trường tỉnh" in text
    assert "06:31:00" in text
    assert "không nằm trong vòng phát" in office.browser(EDITOR).get("/desk/wall/now/story:99").text


def test_every_action_is_in_the_audit_with_its_actor(office: Office) -> None:
    screen, _ = paired(office.db)
    editor = office.browser(EDITOR)
    editor.post(f"/desk/screens/{screen.id}", {"name": "Tên mới", "phone": "", "notes": ""})
    editor.post(f"/desk/screens/{screen.id}/ask/identify")
    editor.post(f"/desk/screens/boards/{HALL}/mode", {"mode": "dark"})
    editor.post("/desk/screens/panic/tinh")
    acts = [(act.act, act.actor) for act in audit.all(office.db)][-4:]
    assert acts == [(act, EDITOR.slug) for act in ("screen.edit", "screen.identify", "board.mode", "area.panic")]
