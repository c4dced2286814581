"""Hypothesis state machine: whatever people do, a board shows only versions that an editor has read and approved."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from server.core.workflow import ANNOUNCEMENT, NotPossible
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Rules
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import Conflict, StoreRefusal
from tests import cast
from tests.cast import NOW

WRITERS = st.sampled_from(["hoa", "lan", "minh"])
STEPS = st.sampled_from(sorted(ANNOUNCEMENT.steps))
WORDS = st.sampled_from(["Sáng", "Chiều", "Tối"])
CHAIN = ("xa-minh-tan", "tinh")
EYES = Rules(four_eyes=True)


class Newsroom(RuleBasedStateMachine):
    """Compares the store with a model of the approved announcements, their texts and their authors."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "bangtin.db")
        self.db = Database.open("sqlite:///bangtin.db", self.folder)
        self.now = NOW
        self.approved: dict[int, str] = {}
        self.written: dict[int, int] = {}
        self.first: dict[int, int] = {}
        self.replaced: dict[int, tuple[int, str]] = {}

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    @rule(text=WORDS, who=WRITERS, data=st.data())
    def post(self, text: str, who: str, data: st.DataObject) -> None:
        replaces = data.draw(st.sampled_from([None, *sorted(self.approved)]))
        wanted = cast.announcement(area="xa-minh-tan", text=text, state="draft", created_by=who, replaces=replaces)
        one = announcements.post(self.db, wanted, actor=who)
        self.written[one.id] = 1
        self.first[one.id] = self.first[replaces] if replaces else one.id

    @precondition(lambda self: self.written)
    @rule(text=WORDS, who=WRITERS, stale=st.booleans(), data=st.data())
    def revise(self, text: str, who: str, stale: bool, data: st.DataObject) -> None:
        one = announcements.get(self.db, data.draw(st.sampled_from(sorted(self.written))))
        seen = replace(one, text=text, version=one.version - stale)
        try:
            after = announcements.revise(self.db, seen, actor=who, now=self.now)
        except Conflict:
            assert stale
            assert announcements.get(self.db, one.id) == one
            return
        except StoreRefusal:
            assert one.state in ("approved", "withdrawn")
            return
        assert not stale
        self.written[one.id] += after != one
        assert len(listings.versions(self.db, one.id)) == self.written[one.id] - 1

    @precondition(lambda self: self.written)
    @rule(step=STEPS, who=WRITERS, data=st.data())
    def step(self, step: str, who: str, data: st.DataObject) -> None:
        one = announcements.get(self.db, data.draw(st.sampled_from(sorted(self.written))))
        try:
            after = announcements.take(
                self.db, one.id, step, actor=who, now=self.now, reason="x", version=one.version, rules=EYES
            )
        except (NotPossible, StoreRefusal):
            assert announcements.get(self.db, one.id) == one
            return
        self.approved.pop(one.id, None)
        if after.state == "approved":
            assert who not in (one.created_by, one.edited_by)
            for other in [id for id in self.approved if self.first[id] == self.first[one.id]]:
                self.replaced[one.id] = (other, self.approved.pop(other))
            self.approved[one.id] = one.text
        elif step == "requeue" and one.state == "approved" and one.id in self.replaced:
            # Whoever takes an approval back brings back what it had replaced.
            before, text = self.replaced.pop(one.id)
            self.approved[before] = text

    @invariant()
    def boards_show_what_was_approved(self) -> None:
        shown = announcements.shown(self.db, CHAIN, now=NOW)
        assert {one.id: one.text for one in shown} == self.approved

    @invariant()
    def everything_is_in_the_audit(self) -> None:
        after = {act.subject: act.after for act in audit.all(self.db) if act.after is not None}
        for id in self.written:
            record = after[f"announcement/{id}"]
            one = announcements.get(self.db, id)
            assert (record["state"], record["text"], record["version"]) == (one.state, one.text, one.version)

    @rule(minutes=st.integers(1, 90))
    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.mark.timeout(300)
def test_only_what_was_approved_is_shown_whatever_happens(sqlite_template: Path) -> None:
    Newsroom.template = sqlite_template
    run_state_machine_as_test(
        Newsroom,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
