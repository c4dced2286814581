"""Announcements and notices change their state only by the steps that their state machines allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from server.core.model import Announcement, AnnouncementState, NoticeState, Recurrence, Window
from server.core.policy import RIGHTS_OF
from server.core.workflow import (
    ANNOUNCEMENT,
    NOTICE,
    Machine,
    NotPossible,
    OwnWork,
    check_four_eyes,
    is_own_work,
    phase,
)
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, NOW, OPERATOR, SECOND_EDITOR

MACHINES: dict[str, Machine[AnnouncementState] | Machine[NoticeState]] = {
    "announcement": ANNOUNCEMENT,
    "notice": NOTICE,
}
APPROVERS = {"approve", "reinstate"}


class Life(RuleBasedStateMachine):
    """Tries random steps on an announcement and records independently whether an editor has approved it."""

    def __init__(self) -> None:
        super().__init__()
        self.state: AnnouncementState = "draft"
        self.approved = False

    @rule(step=sampled_from(sorted(ANNOUNCEMENT.steps)))
    def try_step(self, step: str) -> None:
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
def test_every_state_has_a_name_and_takes_part_in_a_step(name: str) -> None:
    machine = MACHINES[name]
    targets = {step.target for step in machine.steps.values()}
    sources = {state for step in machine.steps.values() for state in step.sources}
    assert targets | sources == set(machine.words)


@pytest.mark.parametrize("name", MACHINES)
def test_steps_that_make_content_visible_need_an_editors_right(name: str) -> None:
    machine = MACHINES[name]
    shown = {"approved", "live"}
    needed = {step.right for step in machine.steps.values() if step.target in shown}
    assert needed <= RIGHTS_OF["editor"] - RIGHTS_OF["operator"]
    assert not needed & RIGHTS_OF["keeper"]


@pytest.mark.parametrize("state", ["corrected", "cleared", "expired"])
def test_a_notice_that_has_ended_never_comes_back(state: NoticeState) -> None:
    assert NOTICE.possible(state) == ()
    with pytest.raises(NotPossible, match="Tin khẩn đã"):
        NOTICE.move(state, "push")


def test_only_returning_requires_a_reason() -> None:
    assert [name for name, step in ANNOUNCEMENT.steps.items() if step.reasoned] == ["return"]


def test_with_four_eyes_nobody_approves_their_own_work() -> None:
    mine = cast.announcement(created_by=OPERATOR.slug, edited_by=EDITOR.slug)
    for writer in (OPERATOR.slug, EDITOR.slug):
        assert is_own_work(mine, writer)
        with pytest.raises(OwnWork):
            check_four_eyes(mine, writer, four_eyes=True)
        check_four_eyes(mine, writer, four_eyes=False)
    check_four_eyes(mine, SECOND_EDITOR.slug, four_eyes=True)


WEEKLY = Recurrence("FREQ=WEEKLY;BYDAY=MO", time(7), time(9), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("announcement", "expected"),
    [
        (cast.announcement(), "on air"),
        (cast.announcement(state="submitted"), "submitted"),
        (cast.announcement(windows=(Window(NOW + HOUR),)), "scheduled"),
        (cast.announcement(windows=(Window(NOW - DAY, NOW - HOUR), Window(NOW + HOUR))), "scheduled"),
        (cast.announcement(windows=(Window(NOW - DAY, NOW),)), "ended"),
        (cast.announcement(windows=(), recurrence=WEEKLY), "scheduled"),
        (cast.announcement(windows=(), recurrence=replace(WEEKLY, last=date(2026, 3, 8))), "ended"),
    ],
)
def test_the_phase_of_an_approved_announcement_follows_its_windows(announcement: Announcement, expected: str) -> None:
    assert phase(announcement, NOW) == expected


def test_a_repeated_announcement_is_over_with_its_last_day_in_its_own_zone() -> None:
    daily = Recurrence("FREQ=DAILY", time(7), time(8), date(2026, 3, 1), date(2026, 3, 8), zone="Asia/Ho_Chi_Minh")
    one = cast.announcement(state="approved", recurrence=daily, windows=())
    assert phase(one, NOW) == "ended", "07:30 on the 9th in Vietnam is still the 9th at 00:30 in UTC"
    early_on_the_ninth = NOW - timedelta(hours=1)  # 06:30 on the 9th, and the 8th in UTC
    assert phase(one, early_on_the_ninth) == "ended"
    assert phase(one, NOW - 2 * DAY) == "scheduled"
