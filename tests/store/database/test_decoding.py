"""Stored values that cannot be decoded: their row is left out, and every other row of the query is returned."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from server.core.model import Window
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Incomplete
from server.store.audit import audit, chain
from server.store.database import damaged_rows
from server.store.database.decoding import UnreadableRow
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal, Unstorable
from server.store.notices import notices
from server.store.people import people
from server.store.screens import screens
from tests import cast
from tests.cast import HOUR, NOW

ANYWHERE = [
    ("windows", "'5'"), ("windows", "'[[1, 2]]'"), ("windows", "'null'"), ("boards", "'\"chu\"'"),
    ("recurrence", "'{\"rule\": 5}'"), ("longest_gap", "1e300"), ("contact", "'[]'"),
]  # fmt: skip
OF_POSTGRES = [("created", "'infinity'"), ("created", "'20000-01-01'"), ("edited", "'0044-03-15 BC'")]
OF_SQLITE = [("created", "'hom nay'"), ("created", "'9999-12-31 00:00:00.000000'"), ("title", "x'fffe'")]


def damage(db: Database, id: int, column: str, value: str) -> None:
    with db.write() as conn:
        conn.execute(text(f"UPDATE announcements SET {column} = {value} WHERE id = {id}"))  # noqa: S608 - of this file


def check_left_out(db: Database, column: str, value: str) -> None:
    damaged = announcements.post(db, cast.announcement(), actor="lan")
    sound = announcements.post(db, cast.announcement(title="Lành lặn"), actor="lan")
    damage(db, damaged.id, column, value)
    assert [one.id for one in announcements.all(db)] == [sound.id]
    assert [one.id for one in announcements.shown(db, ["tinh"], now=NOW)] == [sound.id]
    with pytest.raises(UnreadableRow, match=column):
        announcements.get(db, damaged.id)
    (named,) = listings.damaged(db, ["tinh"], now=NOW)
    assert (named.key, named.columns) == (str(damaged.id), (column,))
    with db.read() as conn:
        assert [one.key for one in damaged_rows.everywhere(conn)] == [str(damaged.id)]
    assert announcements.withdraw_damaged(db, damaged.id, actor="lan", now=NOW) == "tinh"
    assert listings.damaged(db, ["tinh"], now=NOW) == ()


@pytest.mark.parametrize(("column", "value"), ANYWHERE)
def test_json_of_another_shape_leaves_out_its_row_only(db: Database, column: str, value: str) -> None:
    check_left_out(db, column, value)


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize(("column", "value"), OF_POSTGRES)
def test_times_beyond_the_calendar_leave_out_their_row_only(db: Database, column: str, value: str) -> None:
    check_left_out(db, column, value)


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize(("column", "value"), OF_SQLITE[:2])
def test_texts_that_are_no_time_leave_out_their_row_only(db: Database, column: str, value: str) -> None:
    check_left_out(db, column, value)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_text_that_is_no_utf_8_is_read_with_replacement_characters(db: Database) -> None:
    one = announcements.post(db, cast.announcement(), actor="lan")
    damage(db, one.id, "title", "CAST(x'fffe41' AS TEXT)")
    assert announcements.get(db, one.id).title == "\ufffd\ufffdA"


def test_a_sound_announcement_is_not_withdrawn_as_damaged(db: Database) -> None:
    one = announcements.post(db, cast.announcement(), actor="lan")
    with pytest.raises(StoreRefusal):
        announcements.withdraw_damaged(db, one.id, actor="lan", now=NOW)


@pytest.mark.parametrize("number", [10**30, 2**63, -(10**30)])
def test_a_number_that_no_column_holds_is_a_refusal(db: Database, number: int) -> None:
    for ask in (announcements.get, screens.get, notices.get):
        with pytest.raises(StoreRefusal):
            ask(db, number)


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_nul_in_a_text_is_a_refusal(db: Database) -> None:
    with pytest.raises(Unstorable):
        people.add(db, username="hoa\x00", name="Hoa", email="h@x.vn", actor="os:root", now=NOW)


def test_no_entry_takes_a_time_of_another_century(db: Database) -> None:
    far = cast.announcement(windows=(Window(NOW, NOW.replace(year=9999)),))
    with pytest.raises(Incomplete, match="2000"):
        announcements.post(db, far, actor="lan")
    draft = announcements.post(db, cast.announcement(state="draft"), actor="lan")
    with pytest.raises(Incomplete, match="2000"):
        announcements.revise(db, replace(far, id=draft.id), actor="lan", now=NOW)
    with pytest.raises(ValueError, match="Thời hạn của tin: năm 9999"):
        notices.post(db, cast.notice(until=NOW.replace(year=9999)), actor="lan", now=NOW)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_damaged_entry_of_the_audit_is_shown_and_breaks_the_chain(db: Database) -> None:
    announcements.post(db, cast.announcement(), actor="lan")
    assert chain.extend(db, NOW + HOUR) == 1
    with db.write() as conn:
        conn.execute(text("DROP TRIGGER audit_no_UPDATE"))
        conn.execute(text("UPDATE audit SET after = '{', at = 'x'"))
    assert [one.act for one in audit.all(db)] == [audit.UNREADABLE_ACT]
    assert len(chain.broken(db)) == 1
    announcements.post(db, cast.announcement(), actor="lan")
    assert chain.extend(db, NOW + HOUR) == 1
