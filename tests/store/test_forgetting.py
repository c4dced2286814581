"""Which rows each ``forget_…`` function deletes and which it leaves, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from feeds.entry import Entry
from server.core.policy import Grant
from server.store import tables
from server.store.announcements import autosave
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.people import forgetting as people_forgetting
from server.store.people import people
from server.store.screens import forgetting as screens_forgetting
from server.store.screens import pairing, screens
from server.store.sources import stories
from tests.cast import EDITOR, NOW, TIN_TINH
from tests.store.screens.test_screens import paired

DAY = timedelta(days=1)
OLD, NEW, LIMIT = NOW - 3 * DAY, NOW, NOW - DAY


def add(db: Database, table: Table, *rows: dict[str, Any]) -> None:
    with db.write() as conn:
        conn.execute(insert(table), list(rows))


def left(db: Database, table: Table) -> int:
    with db.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def person(db: Database) -> int:
    made = people.add(db, username=EDITOR.slug, name="Lan", email="lan@example.vn", actor="os:root", now=NOW)
    people.grant(db, EDITOR.slug, Grant("editor", EDITOR.area), by=None, actor="os:root", now=NOW)
    return made.id


def test_sign_ins_go_after_their_end_or_last_use(db: Database, person: int) -> None:
    row = {"person": person, "began": OLD, "address": "", "agent": ""}
    add(
        db,
        tables.sign_ins,
        {**row, "id": "ended", "seen": OLD, "ended": OLD},
        {**row, "id": "unused", "seen": OLD, "ended": None},
        {**row, "id": "used", "seen": NEW, "ended": None},
        {**row, "id": "just-ended", "seen": NEW, "ended": NEW},
    )
    assert people_forgetting.forget_sign_ins(db, before=LIMIT) == 2
    assert left(db, tables.sign_ins) == 2


def test_links_and_resets_go_after_their_time(db: Database, person: int) -> None:
    row = {"purpose": "invite", "person": person, "made_by": "os:root", "made": OLD}
    add(db, tables.links, {**row, "digest": "a", "until": OLD}, {**row, "digest": "b", "until": NEW})
    add(db, tables.resets, {"person": person, "asked_by": "tuan", "asked": OLD})
    assert people_forgetting.forget_links(db, before=LIMIT) == 1
    assert people_forgetting.forget_resets(db, before=LIMIT) == 1
    assert left(db, tables.links) == 1


def test_a_message_that_waits_to_be_mailed_stays(db: Database) -> None:
    row = {"person": "lan", "subject": "", "text": "", "link": "", "address": ""}
    add(
        db,
        tables.messages,
        {**row, "created": OLD, "due": None},
        {**row, "created": OLD, "due": NEW},
        {**row, "created": NEW, "due": None},
    )
    assert people_forgetting.forget_messages(db, before=LIMIT) == 1
    assert left(db, tables.messages) == 2


def test_commands_and_codes_go_and_the_newest_screenshot_of_a_screen_stays(db: Database) -> None:
    screen, _ = paired(db)

    def photograph(at: datetime) -> int:
        sent = screens.send(db, [screen.id], "screenshot", until=at + timedelta(hours=1), actor="lan", now=at)
        return sent[0].id

    first, second = photograph(OLD), photograph(OLD + timedelta(hours=2))
    assert screens_forgetting.kept_screenshots(db, since=LIMIT) == {second}
    third = photograph(NEW)
    assert screens_forgetting.kept_screenshots(db, since=LIMIT) == {third}
    assert screens_forgetting.kept_screenshots(db, since=OLD) == {first, second, third}
    assert screens.forget_commands(db, before=LIMIT) == 2
    add(db, tables.pairing_tries, {"actor": "lan", "at": OLD}, {"actor": "lan", "at": NEW})
    add(db, tables.pairings, {"code": "AAAA", "secret_hash": "", "expires": OLD})
    assert pairing.forget_tries(db, before=LIMIT) == 1
    assert pairing.forget_codes(db, before=LIMIT) == 1


def test_receipts_go_with_the_end_of_their_notice(db: Database) -> None:
    screen, _ = paired(db)
    row = {
        "level": "urgent",
        "headline": "Vỡ đê",
        "areas": ("tinh",),
        "issued": OLD,
        "acts": (),
        "danger": "",
        "risk": 0,
        "sender": "",
        "exercise": False,
        "state": "live",
        "created_by": "lan",
    }
    add(
        db,
        tables.notices,
        {**row, "id": 1, "until": OLD, "ended": None},
        {**row, "id": 2, "until": NEW + DAY, "ended": OLD},
        {**row, "id": 3, "until": NEW, "ended": None},
    )
    add(db, tables.notice_receipts, *({"notice": id, "screen": screen.id, "shown": OLD} for id in (1, 2, 3)))
    assert screens_forgetting.forget_receipts(db, before=LIMIT) == 2
    assert left(db, tables.notice_receipts) == 1


def test_what_was_typed_and_never_sent_goes(db: Database) -> None:
    for key, saved in (("a", OLD), ("b", NEW)):
        autosave.keep(db, autosave.Autosave(key, "lan", None, None, saved, {"title": "Cắt điện"}))
    assert autosave.forget_old(db, before=LIMIT) == 1
    assert autosave.get(db, "b", "lan") is not None


def test_former_versions_of_stories_go_and_the_story_stays(db: Database) -> None:
    for at, title in ((OLD - DAY, "Một"), (OLD, "Hai"), (NEW, "Ba")):
        entry = Entry(id="guid", title=title, summary="", link="https://tinh.example.vn/1", published=OLD)
        stories.save(db, TIN_TINH, [entry], images={}, now=at)
    before = left(db, tables.story_versions)
    assert stories.forget_versions(db, before=LIMIT) == 1
    assert left(db, tables.story_versions) == before - 1
    assert left(db, tables.stories) == 1


def test_many_rows_go_in_several_transactions(db: Database) -> None:
    table = tables.pairing_tries
    add(db, table, *({"actor": "lan", "at": OLD} for _ in range(25)))
    assert delete_where(db, table, table.c.at < LIMIT, rows=10) == 25
