"""An announcement, a story and a notice go only the ways that are drawn, whatever is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from server.core.model import Announcement, Recurrence, Window
from server.core.policy import HELD
from server.core.workflow import (
    ANNOUNCEMENT,
    NOTICE,
    PHASES,
    STORY,
    Machine,
    NotPossible,
    OwnWork,
    check_eyes,
    own_work,
    phase,
    phases_of,
)
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, NOW, OPERATOR, SECOND_EDITOR

MACHINES: dict[str, Machine[Any]] = {"announcement": ANNOUNCEMENT, "story": STORY, "notice": NOTICE}
APPROVERS = {"approve", "reinstate"}


class Life(RuleBasedStateMachine):
    """An announcement through any steps, in any order; who approved it is remembered beside."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Any = "draft"
        self.approved = False

    @rule(step=sampled_from(sorted(ANNOUNCEMENT.steps)))
    def tried(self, step: str) -> None:
        try:
            after = ANNOUNCEMENT.move(self.state, step)
        except NotPossible:
            assert step not in ANNOUNCEMENT.possible(self.state)
            return
        assert step in ANNOUNCEMENT.possible(self.state)
        self.state = after
        self.approved = step in APPROVERS

    @invariant()
    def only_what_an_editor_approved_can_be_shown(self) -> None:
        assert (self.state == "approved") == self.approved


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_has_its_word_and_can_be_reached(name: str) -> None:
    machine = MACHINES[name]
    targets = {step.target for step in machine.steps.values()}
    sources = {state for step in machine.steps.values() for state in step.sources}
    assert targets | sources == set(machine.words)


@pytest.mark.parametrize("name", MACHINES)
def test_what_puts_something_on_the_glass_is_never_an_operators(name: str) -> None:
    machine = MACHINES[name]
    shown = {"approved", "live"}
    needed = {step.right for step in machine.steps.values() if step.target in shown}
    assert needed <= HELD["editor"] - HELD["operator"]
    assert not needed & HELD["keeper"]


@pytest.mark.parametrize("state", ["corrected", "cleared", "expired"])
def test_a_notice_that_has_ended_never_comes_back(state: Any) -> None:
    assert NOTICE.possible(state) == ()
    with pytest.raises(NotPossible, match="Tin khẩn đã"):
        NOTICE.move(state, "push")


def test_only_returning_asks_for_a_reason() -> None:
    assert [name for name, step in ANNOUNCEMENT.steps.items() if step.reasoned] == ["return"]


def test_with_four_eyes_nobody_approves_what_they_wrote() -> None:
    mine = cast.announcement(created_by=OPERATOR.slug, edited_by=EDITOR.slug)
    for writer in (OPERATOR.slug, EDITOR.slug):
        assert own_work(mine, writer)
        with pytest.raises(OwnWork):
            check_eyes(mine, writer, four_eyes=True)
        check_eyes(mine, writer, four_eyes=False)
    check_eyes(mine, SECOND_EDITOR.slug, four_eyes=True)


WEEKLY = Recurrence("FREQ=WEEKLY;BYDAY=MO", time(7), time(9), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, "on air"),
        ({"state": "submitted"}, "submitted"),
        ({"windows": (Window(NOW + HOUR),)}, "scheduled"),
        ({"windows": (Window(NOW - DAY, NOW - HOUR), Window(NOW + HOUR))}, "scheduled"),
        ({"windows": (Window(NOW - DAY, NOW),)}, "ended"),
        ({"windows": (), "recurrence": WEEKLY}, "scheduled"),
        ({"windows": (), "recurrence": replace(WEEKLY, last=date(2026, 3, 8))}, "ended"),
    ],
)
def test_windows_say_where_an_approved_one_stands(changes: dict[str, Any], stands: str) -> None:
    assert phase(cast.announcement(**changes), NOW) == stands


def test_counts_name_every_phase() -> None:
    some: list[Announcement] = [cast.announcement(), cast.announcement(state="draft"), cast.announcement()]
    counted = phases_of(some, NOW)
    assert set(counted) == set(PHASES)
    assert {name: number for name, number in counted.items() if number} == {"on air": 2, "draft": 1}
