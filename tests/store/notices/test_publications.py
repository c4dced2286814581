"""The issued documents in the store: added once, whole chains, what a pass compares; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from server.core.alerts.publication import Kind, Published, content_of, identifier_of
from server.core.model import Notice
from server.store import tables
from server.store.database.engine import Database
from server.store.notices import actions, notices, publications
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW
from tests.store.changed import changed

LATER = NOW + MINUTE


def posted(db: Database, **changes: object) -> Notice:
    return notices.post(db, changed(cast.notice(), **changes), actor=EDITOR.slug, now=NOW)


def published(
    notice: Notice, version: int = 1, kind: Kind = "Alert", chain: str = "", *, sent: datetime = NOW
) -> Published:
    identifier = identifier_of("e", notice.id, version)
    ends = sent + HOUR if kind == "Cancel" else notice.until
    return Published(
        identifier, chain or identifier, version, kind, "tinh@x.vn", sent, ends, notice.areas, content_of(notice)
    )


def test_what_was_added_is_read_as_it_was(db: Database) -> None:
    one = published(posted(db, acts=("Ở trong nhà",), threat="now-severe"))
    assert publications.add(db, [(one, b"<alert/>")]) == 1
    assert publications.newest(db, since=NOW) == (one,)
    assert publications.document(db, one.identifier) == b"<alert/>"
    assert publications.document(db, identifier_of("e", 9, 9)) is None


def test_of_two_documents_with_one_identifier_the_first_stays(db: Database) -> None:
    one = published(posted(db))
    publications.add(db, [(one, b"first")])
    assert publications.add(db, [(replace(one, kind="Update"), b"second")]) == 0
    assert publications.document(db, one.identifier) == b"first"


def test_a_pass_sees_chains_in_force_live_notices_and_corrections(db: Database) -> None:
    first = posted(db)
    one = published(first)
    publications.add(db, [(one, b"1")])
    other = actions.correct(
        db, first.id, replace(first, headline="Bão đổi hướng"), actor=EDITOR.slug, now=LATER, four_eyes=False
    )
    third = actions.correct(db, other.id, other, actor=EDITOR.slug, now=LATER, four_eyes=False)
    notices.clear(db, third.id, actor=EDITOR.slug, now=LATER)
    found = publications.issued(db, LATER)
    assert found.chains == ((one,),)
    assert {id: notice.state for id, notice in found.notices.items()} == {
        first.id: "corrected",
        other.id: "corrected",
        third.id: "cleared",
    }
    assert found.versions == {first.id: 1}


def test_a_pass_without_alerts_sees_nothing(db: Database) -> None:
    posted(db, state="drafted")
    posted(db, origin="nchmf/centre/1")
    found = publications.issued(db, NOW)
    assert (found.chains, found.notices, found.versions) == ((), {}, {})
    assert found.epoch


def test_a_cancelled_or_ended_chain_is_not_in_force(db: Database) -> None:
    notice = posted(db)
    one = published(notice)
    end = published(notice, 2, "Cancel", one.chain, sent=LATER)
    publications.add(db, [(one, b"1"), (end, b"2")])
    assert publications.issued(db, LATER).chains == ()
    assert publications.newest(db, since=LATER - DAY) == (end,)
    assert publications.newest(db, since=LATER + DAY) == ()


def test_an_earlier_document_with_a_later_end_does_not_come_back(db: Database) -> None:
    long = posted(db, until=NOW + 5 * DAY)
    one = published(long)
    short = published(replace(long, until=NOW + HOUR), 2, "Update", one.chain, sent=LATER)
    publications.add(db, [(one, b"1"), (short, b"2")])
    assert publications.issued(db, NOW + 2 * DAY).chains == ()
    assert publications.newest(db, since=NOW + DAY) == (short,)


def test_a_row_with_a_value_that_cannot_be_read_is_left_out(db: Database) -> None:
    one, other = published(posted(db)), published(posted(db))
    publications.add(db, [(one, b"1"), (other, b"2")])
    with db.write() as conn:
        table = tables.published_alerts
        conn.execute(update(table).where(table.c.identifier == one.identifier).values(areas=["a", 1]))
    assert publications.newest(db, since=NOW) == (other,)


def test_old_documents_are_deleted_when_they_ended_long_ago(db: Database) -> None:
    one = published(posted(db))
    publications.add(db, [(one, b"1")])
    assert publications.forget_old(db, before=NOW + HOUR) == 0
    assert publications.forget_old(db, before=NOW + 2 * HOUR) == 1
    assert publications.document(db, one.identifier) is None
