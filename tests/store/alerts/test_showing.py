"""What the worker wants to show while an editor decides something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.core.alerts.reconciling import Plan
from server.core.alerts.wanted import Wanted
from server.core.areas import AreaTree
from server.core.model import NoticeState, Source
from server.desk.records.audit_labels import ACTS
from server.store.alerts import alerts, decisions, documents, local_ends, showing
from server.store.alerts.documents import Received
from server.store.alerts.showing import DocumentState
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.notices import actions, notices
from server.store.people import messages, people
from server.store.people.messages import Message
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, EDITOR, MINUTE, NOW, notice
from tests.core.alerts.documents import alert

CENTRE = Source("nchmf", "Đài khí tượng", "cap", "https://khituong.example/cap.xml", area="tinh")
STORM = alert()
WANTED = Wanted(STORM.key, 0, notice(origin="nchmf/x", boards=tuple(one.slug for one in BOARDS), created_by="system"))


@pytest.fixture
def store(db: Database) -> Database:
    """A store with a source of alerts."""
    sources.seed(db, areas=AREAS, sources=[CENTRE], boards=BOARDS, now=NOW)
    return db


def save(db: Database) -> int:
    (number,) = documents.save(db, "nchmf", [Received(STORM, "x", "https://khituong.example/1", b"<alert/>")])
    return number


def end(db: Database, number: int) -> None:
    alerts.end(db, number, actor=EDITOR.slug, now=NOW)


def end_here(db: Database, number: int) -> None:
    local_ends.end_here(db, number, ["xa-minh-tan"], AreaTree(AREAS), actor=EDITOR.slug, now=NOW)


def clear(db: Database, _number: int) -> None:
    (live,) = notices.live(db, NOW)
    notices.clear(db, live.id, actor=EDITOR.slug, now=NOW)


def test_a_draft_that_an_editor_sent_is_approved_although_its_alert_was_ended_somewhere(store: Database) -> None:
    number = save(store)
    drafted = replace(WANTED, notice=replace(WANTED.notice, state="drafted"))
    states = [DocumentState(number, "in_force", boards=WANTED.notice.boards)]
    showing.apply(store, "nchmf", [drafted], {}, states, NOW, told_for=MINUTE)
    end_here(store, number)
    (draft,) = notices.all(store, states=["drafted"])
    actions.send(store, draft.id, actor=EDITOR.slug, now=NOW, four_eyes=False)
    made = showing.apply(store, "nchmf", [drafted], {}, states, NOW, told_for=MINUTE)
    assert made.approved
    decision = decisions.of_source(store, "nchmf")[STORM.key]
    assert (decision.approved, decision.ended_in) == (NOW, ("xa-minh-tan",))


@pytest.mark.parametrize("state", ["live", "drafted"])
def test_ending_an_alert_in_an_area_is_recorded_as_an_act_of_its_editor(store: Database, state: NoticeState) -> None:
    number = save(store)
    wanted = replace(WANTED, notice=replace(WANTED.notice, state=state))
    states = [DocumentState(number, "in_force", boards=WANTED.notice.boards)]
    told = Message("lan", "Tin khẩn", "Chờ gửi.", "/desk/urgent/{id}")
    people.add(store, username="lan", name="Lan", email="lan@x.vn", actor="os:root", now=NOW)
    showing.apply(store, "nchmf", [wanted], {}, states, NOW, told_for=MINUTE, notify=lambda _: [told])
    unseen = len(messages.unseen(store, "lan"))
    end_here(store, number)
    acts = [one.act for one in audit.all(store) if one.actor == EDITOR.slug]
    assert sorted(acts) == ["alert.end-here", "notice.end_here"]
    assert set(acts) <= set(ACTS)
    assert len(messages.unseen(store, "lan")) == unseen, "a draft still waits to be sent"


@pytest.mark.parametrize("act", [end, end_here, clear])
def test_what_an_editor_ends_meanwhile_is_not_posted_again(
    store: Database, act: Callable[[Database, int], None]
) -> None:
    number = save(store)
    states = [DocumentState(number, "in_force", boards=WANTED.notice.boards)]

    def apply(wanted: Wanted) -> Plan:
        return showing.apply(store, "nchmf", [wanted], {}, states, NOW, told_for=MINUTE, there=there, mark=mark)

    there, mark = showing.shown(store, "nchmf", NOW), decisions.mark(store)
    assert not apply(WANTED).outdated
    there, mark = showing.shown(store, "nchmf", NOW), decisions.mark(store)
    act(store, number)
    before = notices.all(store, states=["live", "cleared"])
    later = replace(WANTED, notice=replace(WANTED.notice, headline="Bão mạnh lên"))
    assert apply(later).outdated
    assert notices.all(store, states=["live", "cleared"]) == before
