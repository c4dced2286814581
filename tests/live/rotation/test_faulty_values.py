"""A stored value that cannot be read or drawn costs only its own item: boards, other items and notices are shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.core.model import Announcement, Notice, Window
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from tests.cast import EDITOR, MINUTE, NOW, TIN_TINH, announcement, entry, notice
from tests.live.studio import COMMUNE, HALL, STREET, Logged, Studio, beat, glass, keys

LAST_YEAR = "9999-12-31 23:59:59.000000"


def change(data: Path, statement: str, *values: object) -> None:
    """Runs an SQL statement on the store without the program's checks, and raises the revision: boards read it."""
    conn = sqlite3.connect(data / "bangtin.db")
    conn.execute("PRAGMA recursive_triggers=ON")
    conn.execute(statement, values)
    conn.execute("UPDATE store SET revision = revision + 1")
    conn.execute("UPDATE changes SET revision = (SELECT revision FROM store)")
    conn.commit()
    conn.close()


def post(house: Studio) -> Announcement:
    return announcements.post(house.db, announcement(windows=(Window(NOW),)), actor=EDITOR.slug)


def test_a_notice_until_the_year_9999_is_shown_or_left_out_and_the_others_come(house: Studio, data: Path) -> None:
    director, _ = house.on_air()
    bad: Notice = notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    change(data, "UPDATE notices SET until = ? WHERE id = ?", LAST_YEAR, bad.id)
    good = notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    beat(director)
    assert good.id in {one.id for one, _ in glass(director, HALL).notices}
    again, _ = house.on_air()
    assert good.id in {one.id for one, _ in glass(again, HALL).notices}


def test_an_announcement_that_cannot_be_decoded_is_left_out_also_after_a_restart(house: Studio, data: Path) -> None:
    house.read(TIN_TINH, entry("a"))
    bad = post(house)
    good = post(house)
    change(data, "UPDATE announcements SET windows = ? WHERE id = ?", '[["year 99999", null]]', bad.id)
    for _ in range(2):
        director, _ = house.on_air()
        assert f"announcement:{good.id}" in keys(director, HALL)
        assert f"announcement:{bad.id}" not in keys(director, HALL)
        assert director.troubles == ()


def test_an_announcement_until_the_year_9999_freezes_no_lap(house: Studio, data: Path) -> None:
    house.read(TIN_TINH, entry("a"))
    director, _ = house.on_air()
    odd = post(house)
    forever = '[["2026-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]]'
    change(data, "UPDATE announcements SET windows = ?, ends = ? WHERE id = ?", forever, LAST_YEAR, odd.id)
    beat(director)
    good = post(house)
    beat(director)
    assert {"story:1", f"announcement:{good.id}"} <= set(keys(director, HALL))
    again, _ = house.on_air()
    assert {"story:1", f"announcement:{good.id}"} <= set(keys(again, HALL))


def test_a_board_with_an_unreadable_value_shows_its_safe_slide_and_the_others_theirs(
    house: Studio, data: Path
) -> None:
    change(data, "UPDATE boards SET zone = 'Nowhere/City', hours = ? WHERE slug = ?", '[["07:00", "18:00"]]', HALL)
    director, _ = house.on_air()
    assert {one.board.slug for one in director.boards()} == {HALL, COMMUNE, STREET}
    assert glass(director, HALL).board.mode == "safe"
    assert glass(director, COMMUNE).board.mode == "on"
    posted = notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    beat(director)
    for board in (HALL, COMMUNE):
        assert posted.id in {one.id for one, _ in glass(director, board).notices}
    change(data, "UPDATE boards SET zone = 'Asia/Ho_Chi_Minh' WHERE slug = ?", HALL)
    beat(director)
    assert glass(director, HALL).board.mode == "on"


def test_a_board_that_cannot_be_composed_at_all_shows_its_safe_slide(
    house: Studio, data: Path, logged: Logged
) -> None:
    change(data, "UPDATE areas SET retired = 1 WHERE slug = (SELECT area FROM boards WHERE slug = ?)", HALL)
    director, _ = house.on_air()
    assert {one.board.slug for one in director.boards()} >= {HALL}
    assert glass(director, HALL).board.mode == "safe"
    assert HALL in [line["board"] for line in logged if line["event"] == "item left out"]
    assert HALL in director.left_out["board"]


def test_a_board_whose_row_has_no_readable_name_is_missing_alone(house: Studio, data: Path) -> None:
    change(data, "UPDATE boards SET name = ? WHERE slug = ?", b"\xff", HALL)
    director, _ = house.on_air()
    assert {one.board.slug for one in director.boards()} == {COMMUNE, STREET}
    assert [one.slug for one in boards.all(house.db)] == [COMMUNE, STREET]


def test_an_area_above_that_is_gone_costs_no_board(house: Studio, data: Path) -> None:
    change(data, "UPDATE areas SET retired = 1 WHERE parent IS NULL")
    director, _ = house.on_air()
    assert {one.board.slug for one in director.boards()} == {HALL, COMMUNE, STREET}
    assert glass(director, COMMUNE).board.mode == "on"
