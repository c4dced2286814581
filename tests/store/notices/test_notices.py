"""Notices are on air from posting until cleared or expired; empty and unknown areas are refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from server.core.model import Notice
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.notices import notices
from tests import cast
from tests.cast import EDITOR, HOUR, MINUTE, NOW, SECOND_EDITOR
from tests.store.changed import changed


def post(db: Database, **changes: object) -> Notice:
    return notices.post(db, changed(cast.notice(), **changes), actor=EDITOR.slug, now=NOW)


def test_every_field_survives(db: Database) -> None:
    posted = post(db, id=7, level="priority", areas=("xa-minh-tan", "xa-dong-hai"), exercise=True)
    assert posted.id == 1
    assert notices.get(db, 1) == posted
    assert notices.live(db, NOW) == (posted,)


def test_a_post_is_one_change_and_in_the_audit(db: Database) -> None:
    before = revision.current(db)
    posted = post(db)
    assert revision.current(db) == before + 1
    (act,) = audit.all(db)
    assert (act.at, act.actor, act.act, act.subject) == (NOW, "lan", "notice.post", f"notice/{posted.id}")
    assert act.before is None
    assert act.after is not None
    assert act.after["headline"] == posted.headline
    assert act.after["until"] == "2026-03-09T01:30:00+00:00"


def test_a_draft_is_on_no_board_and_changes_none(db: Database) -> None:
    before = revision.current(db)
    drafted = post(db, state="drafted")
    assert notices.live(db, NOW) == ()
    assert notices.get(db, drafted.id).state == "drafted"
    assert revision.current(db) == before
    assert [act.act for act in audit.all(db)] == ["notice.draft"]


def test_of_two_equal_notices_posted_at_once_one_is_made(db: Database) -> None:
    both = Barrier(2)

    def press(_number: int) -> Notice:
        both.wait()
        return notices.post(
            db, cast.notice(), actor=EDITOR.slug, now=NOW, repeats=lambda one: one.headline == cast.notice().headline
        )

    with ThreadPoolExecutor(2) as presses:
        first, second = presses.map(press, range(2))
    assert first == second
    assert notices.live(db, NOW) == (first,)
    assert len(audit.all(db)) == 1


def test_live_notices_are_in_the_order_they_were_posted(db: Database) -> None:
    posted = [post(db, headline=f"Tin {n}") for n in range(3)]
    assert notices.live(db, NOW) == tuple(posted)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"areas": ()}, "Chưa chọn"),
        ({"areas": ("tinh", "xa-khong-co")}, "xa-khong-co"),
        ({"until": NOW}, "Thời hạn"),
        ({"state": "cleared"}, "cleared"),
    ],
)
def test_unknown_areas_past_ends_and_other_states_are_refused(
    db: Database, wrong: dict[str, object], says: str
) -> None:
    before = revision.current(db)
    with pytest.raises(ValueError, match=says):
        post(db, **wrong)
    assert notices.live(db, NOW - HOUR) == ()
    assert audit.all(db) == ()
    assert revision.current(db) == before


def test_a_cleared_notice_is_off_air_at_once(db: Database) -> None:
    posted = post(db)
    before = revision.current(db)
    cleared = notices.clear(db, posted.id, actor=SECOND_EDITOR.slug, now=NOW + MINUTE)
    assert cleared == replace(posted, state="cleared", ended=NOW + MINUTE) == notices.get(db, posted.id)
    assert notices.live(db, NOW + MINUTE) == ()
    assert revision.current(db) == before + 1
    act = audit.all(db)[-1]
    assert (act.actor, act.act, act.at) == ("minh", "notice.clear", NOW + MINUTE)


def _cleared(db: Database, id: int) -> None:
    notices.clear(db, id, actor=EDITOR.slug, now=NOW)


def _expired(db: Database, id: int) -> None:
    notices.expire_due(db, NOW + HOUR)


def _untouched(db: Database, id: int) -> None:
    """Leaves the notice as it is: its end has passed, but the worker has not marked it as expired yet."""


@pytest.mark.parametrize("ended", [_cleared, _expired, _untouched])
def test_a_notice_that_has_ended_cannot_be_cleared(db: Database, ended: Callable[[Database, int], None]) -> None:
    posted = post(db)
    ended(db, posted.id)
    before = revision.current(db), len(audit.all(db))
    with pytest.raises(NotLive):
        notices.clear(db, posted.id, actor=EDITOR.slug, now=NOW + HOUR)
    assert (revision.current(db), len(audit.all(db))) == before


def test_a_draft_or_unknown_notice_cannot_be_cleared(db: Database) -> None:
    with pytest.raises(NotLive):
        notices.clear(db, post(db, state="drafted").id, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound, match="404"):
        notices.clear(db, 404, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound, match="404"):
        notices.get(db, 404)


def test_a_notice_expires_exactly_at_its_end_and_once(db: Database) -> None:
    posted = post(db)
    longer = post(db, until=NOW + 2 * HOUR)
    before = revision.current(db)
    assert notices.expire_due(db, NOW + HOUR - MINUTE) == ()
    assert revision.current(db) == before
    assert notices.live(db, NOW + HOUR) == (longer,)
    assert notices.expire_due(db, NOW + HOUR) == (replace(posted, state="expired", ended=posted.until),)
    assert notices.expire_due(db, NOW + HOUR) == ()
    assert revision.current(db) == before + 1
    assert notices.get(db, posted.id).state == "expired"
    assert [(act.actor, act.act) for act in audit.all(db)][2:] == [("system", "notice.expire")]


def test_what_expired_while_the_clock_was_ahead_is_live_again_when_it_is_right(db: Database) -> None:
    posted, cleared = post(db), post(db)
    notices.clear(db, cleared.id, actor=EDITOR.slug, now=NOW)
    notices.expire_due(db, NOW + 24 * HOUR)
    before = revision.current(db)
    assert notices.expire_due(db, NOW + MINUTE) == (posted,)
    assert notices.live(db, NOW + MINUTE) == (posted,)
    assert notices.get(db, cleared.id).state == "cleared"
    assert revision.current(db) == before + 1
    assert audit.all(db)[-1].act == "notice.resume"
    assert notices.expire_due(db, NOW + HOUR) == (replace(posted, state="expired", ended=posted.until),)


def test_of_two_concurrent_clears_one_succeeds(db: Database) -> None:
    posted = post(db)
    together = Barrier(2)

    def clear(actor: str) -> bool:
        together.wait(timeout=10)
        try:
            notices.clear(db, posted.id, actor=actor, now=NOW)
        except NotLive:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(clear, ["lan", "minh"])) == [False, True]
    assert [act.act for act in audit.all(db)] == ["notice.post", "notice.clear"]
