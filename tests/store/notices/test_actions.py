"""The steps of a notice from draft to end: signing and sending by two people, corrections, new ends; all audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import SYSTEM, Notice
from server.core.notices.four_eyes import BREAK_GLASS_AFTER, SecondNeeded
from server.core.workflow import NotPossible
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound
from server.store.notices import actions, notices
from tests import cast
from tests.cast import EDITOR, HOUR, MINUTE, NOW, OPERATOR, SECOND_EDITOR
from tests.store.changed import changed

LAN, MINH, HOA = EDITOR.slug, SECOND_EDITOR.slug, OPERATOR.slug
LATER = NOW + MINUTE


def draft(db: Database, **changes: object) -> Notice:
    """A draft proposed by an operator."""
    wanted = changed(cast.notice(state="drafted", created_by=HOA), **changes)
    return notices.post(db, wanted, actor=HOA, now=NOW)


def live(db: Database, **changes: object) -> Notice:
    return notices.post(db, changed(cast.notice(), **changes), actor=LAN, now=NOW)


def acts(db: Database) -> list[str]:
    return [act.act for act in audit.all(db)]


def test_a_signed_notice_is_on_air_when_another_editor_confirms_it(db: Database) -> None:
    asked = draft(db)
    before = revision.current(db)
    actions.sign(db, asked.id, actor=LAN, now=NOW)
    assert notices.live(db, LATER) == ()
    assert revision.current(db) == before
    sent = actions.send(db, asked.id, actor=MINH, now=LATER, four_eyes=True)
    assert (sent.state, sent.issued, sent.signed_by, sent.confirmed_by) == ("live", LATER, LAN, MINH)
    assert not sent.broke_glass
    assert notices.live(db, LATER) == (sent,)
    assert revision.current(db) == before + 1
    assert acts(db) == ["notice.draft", "notice.sign", "notice.confirm"]


def test_the_signer_cannot_confirm(db: Database) -> None:
    asked = draft(db)
    actions.sign(db, asked.id, actor=LAN, now=NOW)
    with pytest.raises(SecondNeeded):
        actions.send(db, asked.id, actor=LAN, now=NOW + HOUR / 2, four_eyes=True)
    assert notices.get(db, asked.id).state == "drafted"


def test_one_editor_alone_can_send_after_a_wait_and_it_is_marked(db: Database) -> None:
    asked = draft(db)
    actions.sign(db, asked.id, actor=LAN, now=NOW)
    with pytest.raises(SecondNeeded):
        actions.send(db, asked.id, actor=LAN, now=NOW, four_eyes=True, break_glass=True)
    sent = actions.send(db, asked.id, actor=LAN, now=NOW + BREAK_GLASS_AFTER, four_eyes=True, break_glass=True)
    assert sent.broke_glass
    assert acts(db)[-1] == "notice.break-glass"


def test_without_four_eyes_an_editor_sends_an_operators_draft(db: Database) -> None:
    sent = actions.send(db, draft(db).id, actor=LAN, now=LATER, four_eyes=False)
    assert (sent.state, sent.confirmed_by, sent.broke_glass) == ("live", "", False)
    with pytest.raises(NotPossible, match="đang phát"):
        actions.send(db, sent.id, actor=MINH, now=LATER, four_eyes=False)


def test_a_received_draft_holds_the_glass_from_when_it_is_sent(db: Database) -> None:
    def sent(**changes: object) -> Notice:
        made = draft(db, **{"origin": "nchmf/x/bao-1", "created_by": SYSTEM, **changes})
        hold = timedelta(minutes=20)
        return actions.send(db, made.id, actor=LAN, now=LATER, four_eyes=False, urgent_holds=hold)

    assert sent().holds_until == LATER + 20 * MINUTE
    assert sent(until=NOW + 5 * MINUTE).holds_until == NOW + 5 * MINUTE
    assert sent(holds_until=NOW + HOUR).holds_until == NOW + HOUR, "to the end of its level"
    assert sent(level="priority").holds_until is None
    assert sent(created_by=HOA).holds_until is None, "an own notice holds to its end"


def test_revising_a_draft_voids_its_signature(db: Database) -> None:
    asked = draft(db)
    signed = actions.sign(db, asked.id, actor=LAN, now=NOW)
    revised = actions.revise(db, replace(signed, headline="Bão đổi hướng"), actor=MINH, now=LATER)
    assert (revised.headline, revised.signed_by, revised.created_by) == ("Bão đổi hướng", "", HOA)
    with pytest.raises(SecondNeeded):
        actions.send(db, asked.id, actor=MINH, now=LATER, four_eyes=True)


def test_a_draft_changed_since_it_was_read_is_neither_signed_nor_sent(db: Database) -> None:
    asked = draft(db)
    read = actions.mark(asked)
    revised = actions.revise(db, replace(asked, headline="Bão đổi hướng"), actor=HOA, now=NOW)
    with pytest.raises(Conflict):
        actions.sign(db, asked.id, actor=LAN, now=LATER, seen=read)
    with pytest.raises(Conflict):
        actions.send(db, asked.id, actor=LAN, now=LATER, four_eyes=False, seen=read)
    assert notices.get(db, asked.id) == revised
    sent = actions.send(db, asked.id, actor=LAN, now=LATER, four_eyes=False, seen=actions.mark(revised))
    assert sent.state == "live"


def test_the_mark_of_a_draft_changes_with_the_boards_that_it_names(db: Database) -> None:
    asked = draft(db)
    assert actions.mark(replace(asked, boards=("hoi-truong",))) != actions.mark(asked)


def test_a_draft_whose_end_has_passed_is_not_sent(db: Database) -> None:
    asked = draft(db)
    with pytest.raises(NotPossible, match="Thời hạn"):
        actions.send(db, asked.id, actor=LAN, now=asked.until, four_eyes=False)


def test_a_discarded_draft_was_never_shown_and_stays_discarded(db: Database) -> None:
    asked = draft(db)
    actions.discard(db, asked.id, actor=LAN, now=LATER)
    assert notices.between(db, NOW - HOUR, NOW + HOUR) == ()
    with pytest.raises(NotPossible, match="đã được gỡ"):
        actions.sign(db, asked.id, actor=LAN, now=LATER)


def test_a_correction_replaces_the_old_notice_in_one_change(db: Database) -> None:
    old = live(db)
    before = revision.current(db)
    new = actions.correct(
        db, old.id, cast.notice(headline="Bão số 3 đổi hướng"), actor=MINH, now=LATER, four_eyes=False
    )
    assert (new.replaces, new.issued) == (old.id, LATER)
    assert notices.live(db, LATER) == (new,)
    corrected = notices.get(db, old.id)
    assert (corrected.state, corrected.ended) == ("corrected", LATER)
    assert revision.current(db) == before + 1
    with pytest.raises(NotPossible, match="đính chính"):
        actions.correct(db, old.id, cast.notice(), actor=MINH, now=LATER, four_eyes=False)


def test_with_four_eyes_the_old_notice_stays_until_its_correction_is_confirmed(db: Database) -> None:
    old = live(db)
    new = actions.correct(db, old.id, cast.notice(headline="Đính chính"), actor=LAN, now=LATER, four_eyes=True)
    assert new.state == "drafted"
    assert notices.live(db, LATER) == (old,)
    sent = actions.send(db, new.id, actor=MINH, now=LATER, four_eyes=True)
    assert notices.live(db, LATER) == (sent,)
    assert notices.get(db, old.id).state == "corrected"


def test_a_correction_is_sent_though_the_old_notice_has_ended(db: Database) -> None:
    old = live(db)
    new = actions.correct(db, old.id, cast.notice(headline="Đính chính"), actor=LAN, now=LATER, four_eyes=True)
    notices.clear(db, old.id, actor=LAN, now=LATER)
    actions.send(db, new.id, actor=MINH, now=LATER, four_eyes=True)
    assert notices.get(db, old.id).state == "cleared"


def test_a_live_notice_gets_a_later_end(db: Database) -> None:
    posted = live(db)
    longer = actions.extend(db, posted.id, NOW + 2 * HOUR, actor=LAN, now=LATER)
    assert notices.live(db, NOW + HOUR) == (longer,)
    with pytest.raises(NotPossible, match="hết hạn"):
        actions.extend(db, posted.id, NOW + 4 * HOUR, actor=LAN, now=NOW + 2 * HOUR)
    with pytest.raises(ValueError, match="sau bây giờ"):
        actions.extend(db, posted.id, LATER, actor=LAN, now=LATER)


@pytest.mark.parametrize("act", [actions.sign, actions.discard, notices.clear])
def test_an_unknown_notice_raises_not_found(db: Database, act: Callable[..., Notice]) -> None:
    with pytest.raises(NotFound):
        act(db, 77, actor=LAN, now=NOW)


@pytest.mark.parametrize("areas", [(), ("xa-khong-co",)])
def test_unknown_areas_are_refused_in_drafts_and_corrections(db: Database, areas: tuple[str, ...]) -> None:
    asked, posted = draft(db), live(db)
    with pytest.raises(ValueError, match="đơn vị"):
        actions.revise(db, replace(asked, areas=areas), actor=LAN, now=LATER)
    with pytest.raises(ValueError, match="đơn vị"):
        actions.correct(db, posted.id, cast.notice(areas=areas), actor=LAN, now=LATER, four_eyes=False)
    assert notices.live(db, LATER) == (posted,)


def test_notices_between_two_times(db: Database) -> None:
    first, second = live(db), live(db, headline="Tin hai", issued=NOW + MINUTE)
    notices.clear(db, first.id, actor=LAN, now=NOW + 10 * MINUTE)
    draft(db)

    def seen(since: int, until: int) -> list[int]:
        start = NOW + timedelta(minutes=since)
        return [each.id for each in notices.between(db, start, NOW + timedelta(minutes=until))]

    assert seen(0, 1) == [first.id]
    assert seen(0, 2) == [first.id, second.id]
    assert seen(10, 11) == [second.id]
    assert seen(60, 61) == []
