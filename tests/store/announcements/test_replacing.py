"""Boards show one version of an announcement at a time, whoever approves which version and in whichever order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text, update

from server.core.model import Announcement
from server.store import tables
from server.store.announcements import announcements, sent_forms
from server.store.announcements.replacing import AnotherVersion
from server.store.announcements.sent_forms import AlreadySent, FormToken
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from tests import cast
from tests.cast import EDITOR, HOUR, MINUTE, NOW, OPERATOR, SECOND_EDITOR
from tests.store.changed import changed

CHAIN = ("xa-minh-tan", "tinh")
ONE = cast.announcement(area="xa-minh-tan")
FORM = FormToken("a" * 32, OPERATOR.slug, "d" * 64)


def post(db: Database, **changes: object) -> Announcement:
    return announcements.post(db, changed(ONE, **changes), actor=OPERATOR.slug)


def take(db: Database, one: Announcement, step: str, instead_of: int | None = None) -> Announcement:
    return announcements.take(
        db, one.id, step, actor=EDITOR.slug, now=NOW + MINUTE, reason="x", instead_of=instead_of
    )


def shown(db: Database) -> list[int]:
    return [one.id for one in announcements.shown(db, CHAIN, now=NOW + HOUR)]


def versions(db: Database) -> tuple[Announcement, Announcement, Announcement]:
    """An announcement on air, and two submitted versions that would replace it."""
    first = post(db)
    mine, theirs = (post(db, state="submitted", text=text, replaces=first.id) for text in ("Sáng", "Chiều"))
    return first, mine, theirs


def test_a_second_version_is_asked_about_and_takes_the_place_of_the_one_that_was_seen(db: Database) -> None:
    _, mine, theirs = versions(db)
    take(db, mine, "approve")
    with pytest.raises(AnotherVersion) as refused:
        take(db, theirs, "approve")
    assert refused.value.current.id == mine.id
    assert shown(db) == [mine.id]
    current = announcements.current_version(db, theirs, now=NOW)
    assert current is not None
    assert (current.id, current.decided) == (mine.id, NOW + MINUTE)
    take(db, theirs, "approve", instead_of=mine.id)
    assert shown(db) == [theirs.id]


def test_a_first_version_that_cannot_be_read_blocks_no_later_one(db: Database) -> None:
    first, mine, _ = versions(db)
    with db.write() as conn:
        conn.execute(
            update(tables.announcements).where(tables.announcements.c.id == first.id).values(state="withdrawn")
        )
        conn.execute(text("UPDATE announcements SET windows = '7' WHERE id = :id"), {"id": first.id})
    take(db, mine, "approve")
    assert shown(db) == [mine.id]


def test_what_was_replaced_does_not_come_back_beside_its_successor(db: Database) -> None:
    first, mine, _ = versions(db)
    take(db, mine, "approve")
    with pytest.raises(AnotherVersion):
        take(db, first, "reinstate")
    assert shown(db) == [mine.id]


def test_taking_an_approval_back_shows_what_it_had_replaced(db: Database) -> None:
    first, mine, theirs = versions(db)
    take(db, mine, "approve")
    take(db, mine, "requeue")
    assert shown(db) == [first.id]
    take(db, mine, "approve")
    take(db, theirs, "approve", instead_of=mine.id)
    take(db, theirs, "requeue")
    assert shown(db) == [mine.id]


def test_the_successor_is_a_column_not_the_words_of_the_reason(db: Database) -> None:
    first, mine, _ = versions(db)
    take(db, mine, "approve")
    assert announcements.get(db, first.id).successor == mine.id
    with db.write() as conn:
        conn.execute(update(tables.announcements).values(reason="Đã có bản mới"))
    take(db, mine, "requeue")
    assert shown(db) == [first.id]
    assert announcements.get(db, first.id).successor is None


def test_what_was_withdrawn_by_hand_since_does_not_come_back(db: Database) -> None:
    first, mine, _ = versions(db)
    take(db, mine, "approve")
    take(db, mine, "withdraw")
    take(db, first, "reinstate")
    take(db, first, "withdraw")
    take(db, mine, "reinstate")
    take(db, mine, "requeue")
    assert shown(db) == []


def test_a_version_of_a_version_belongs_to_the_same_announcement(db: Database) -> None:
    _, mine, theirs = versions(db)
    take(db, mine, "approve")
    later = post(db, state="submitted", text="Tối", replaces=mine.id)
    take(db, later, "approve")
    with pytest.raises(AnotherVersion):
        take(db, theirs, "approve")
    assert shown(db) == [later.id]


def test_two_approvals_at_the_same_moment_leave_one_version_on_the_boards(db: Database) -> None:
    _, *waiting = versions(db)

    def approve(one: Announcement) -> bool:
        try:
            take(db, one, "approve")
        except AnotherVersion:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, waiting)) == [False, True]
    assert len(shown(db)) == 1


def test_a_form_that_was_sent_makes_no_second_announcement(db: Database) -> None:
    made = announcements.post(db, replace(ONE, state="draft"), actor=OPERATOR.slug, form=FORM)
    with pytest.raises(AlreadySent) as refused:
        announcements.post(db, replace(ONE, state="draft"), actor=OPERATOR.slug, form=FORM)
    assert refused.value.sent.announcement == made.id
    assert announcements.all(db) == (made,)
    assert sent_forms.of(db, FORM.key, OPERATOR.slug) == refused.value.sent
    assert sent_forms.of(db, FORM.key, SECOND_EDITOR.slug) is None
    with pytest.raises(StoreRefusal, match="của người khác"):
        announcements.post(db, ONE, actor="minh", form=replace(FORM, person="minh"))
    assert sent_forms.forget_old(db, before=NOW + HOUR) == 1


def test_two_presses_at_the_same_moment_make_one_announcement(db: Database) -> None:
    def press(_: int) -> bool:
        try:
            announcements.post(db, replace(ONE, state="draft"), actor=OPERATOR.slug, form=FORM)
        except AlreadySent:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [False, True]
    assert len(announcements.all(db)) == 1
