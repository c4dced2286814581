"""How notices follow their alerts: what is created, changed and ended, and where boards are told that one is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.alerts.document import Key
from server.core.alerts.reconciling import Given, Over, Plan, Shown, hidden_in, plan
from server.core.alerts.wanted import Wanted
from server.core.model import Notice
from tests.cast import HOUR, MINUTE, NOW, notice

FIRST, SECOND = (Key("nchmf", "x", name, NOW) for name in ("bao-1", "bao-2"))
BOARDS = ("hoi-truong", "pho-dong-hai", "xa-minh-tan")
Level = Literal["normal", "priority", "urgent"]


def wanted(key: Key = FIRST, boards: tuple[str, ...] = BOARDS, info: int = 0, level: Level = "urgent") -> Wanted:
    return Wanted(key, info, made(boards=boards, level=level))


def made(id: int = 0, **changes: object) -> Notice:
    return notice(id, **{"boards": BOARDS, "created_by": "system", **changes})


def shown(id: int = 7, key: Key = FIRST, given_as: Given = "live", told: bool = False, **changes: object) -> Shown:
    return Shown(made(id, **changes), key, 0, given_as, told)


def planned(
    there: list[Shown], want: list[Wanted], over: dict[Key, Over] | None = None, after: timedelta = MINUTE
) -> Plan:
    return plan(there, want, over or {}, NOW + after, MINUTE)


def acts(made: Plan) -> list[str]:
    return [step.act for step in made.steps]


def test_nothing_changes_where_all_is_as_wanted() -> None:
    assert planned([shown()], [wanted()]) == Plan()


def test_a_new_alert_is_posted_and_a_draft_is_drafted() -> None:
    draft = replace(wanted(SECOND), notice=made(state="drafted"))
    made_plan = planned([], [wanted(), draft])
    assert acts(made_plan) == ["notice.post", "notice.draft"]
    assert [step.given for step in made_plan.steps] == ["live", "drafted"]


def test_other_boards_change_the_notice_in_its_place() -> None:
    (step,) = planned([shown()], [wanted(boards=BOARDS[:1])]).steps
    assert (step.act, step.after.id, step.after.boards) == ("notice.follow", 7, BOARDS[:1])
    assert step.after.issued == NOW


def test_another_level_is_another_notice_that_replaces_the_old_one() -> None:
    new, old = planned([shown(level="priority")], [wanted(level="urgent")]).steps
    assert (new.act, new.after.replaces) == ("notice.post", 7)
    assert (old.act, old.after.state) == ("notice.correct", "corrected")


def test_an_update_replaces_and_its_boards_are_not_told_that_anything_is_over() -> None:
    over = {FIRST: Over("replaced", SECOND)}
    steps = planned([shown()], [wanted(SECOND, boards=BOARDS[:2])], over).steps
    assert [step.act for step in steps] == ["notice.post", "notice.correct", "notice.post"]
    assert steps[0].after.replaces == 7
    assert (steps[2].after.boards, steps[2].after.level) == (BOARDS[2:], "priority")
    assert steps[2].after.until == NOW + 2 * MINUTE


def test_what_an_update_of_an_update_replaced_is_followed_too() -> None:
    last = Key("nchmf", "x", "bao-3", NOW)
    over = {FIRST: Over("replaced", SECOND), SECOND: Over("replaced", last)}
    steps = planned([shown()], [wanted(last)], over).steps
    assert [step.act for step in steps] == ["notice.post", "notice.correct"]


@pytest.mark.parametrize("reason", ["cancelled", "missing", "expired"])
def test_what_is_over_leaves_and_is_told_for_a_minute(reason: Literal["cancelled", "missing", "expired"]) -> None:
    gone, told = planned([shown()], [], {FIRST: Over(reason)}).steps
    assert (gone.act, gone.after.state, gone.given) == ("notice.source_end", "cleared", "ended")
    assert told.after.headline.startswith("Đã hết hiệu lực: ")
    assert (told.after.danger, told.after.acts, told.after.calm, told.after.boards) == ("", (), True, BOARDS)


def test_an_all_clear_ends_silently() -> None:
    over = {FIRST: Over("expired")}
    assert acts(planned([shown(calm=True)], [], over)) == ["notice.source_end"]
    assert acts(planned([shown(calm=True, state="expired", until=NOW)], [], over, after=MINUTE / 2)) == []


def test_what_is_no_longer_wanted_for_another_reason_leaves_silently() -> None:
    assert acts(planned([shown()], [])) == ["notice.source_end"]


def test_a_draft_that_is_over_is_discarded_and_nobody_is_told() -> None:
    made_plan = planned([shown(given_as="drafted", state="drafted")], [], {FIRST: Over("cancelled")})
    assert acts(made_plan) == ["notice.discard"]


def test_a_notice_that_expired_is_told_once() -> None:
    expired = shown(state="expired", until=NOW + 30 * timedelta(seconds=1))
    made_plan = planned([expired], [], {FIRST: Over("expired")})
    assert (acts(made_plan), made_plan.told) == (["notice.post"], (7,))
    assert made_plan.steps[0].after.until == NOW + 90 * timedelta(seconds=1)
    assert planned([replace(expired, told=True)], [], {FIRST: Over("expired")}) == Plan()


def test_a_draft_that_an_editor_sent_is_approved_and_stays() -> None:
    sent = shown(given_as="drafted", confirmed_by="minh")
    made_plan = planned([sent], [replace(wanted(), notice=made(state="drafted"))])
    assert made_plan.approved == {FIRST: NOW}
    assert [(step.after.state, step.after.confirmed_by) for step in made_plan.steps] == [("live", "minh")]


def test_what_an_editor_took_off_is_hidden_and_what_the_worker_ended_is_not() -> None:
    cleared = shown(state="cleared", boards=BOARDS[:1])
    ended = shown(8, SECOND, "ended", state="cleared")
    assert hidden_in([cleared, ended]) == {FIRST: frozenset({(0, "hoi-truong")})}


_KEYS = st.sampled_from([FIRST, SECOND])
_GROUPS = st.sets(st.sampled_from(BOARDS), min_size=1).map(lambda found: tuple(sorted(found)))
_LEVELS: st.SearchStrategy[Level] = st.sampled_from(["normal", "priority", "urgent"])
_WANTED = st.lists(st.builds(wanted, _KEYS, _GROUPS, st.integers(0, 1), _LEVELS), max_size=6).map(
    lambda found: list({(one.key, one.info, one.notice.level): one for one in found}.values())
)


@given(before=_WANTED, after=_WANTED)
def test_after_the_changes_the_notices_are_those_wanted_and_nothing_is_left_to_do(
    before: list[Wanted], after: list[Wanted]
) -> None:
    there = [
        Shown(replace(one.notice, id=number), one.key, one.info, "live") for number, one in enumerate(before, start=1)
    ]
    made_plan = planned(there, after)
    notices = {one.notice.id: one for one in there}
    for number, step in enumerate(made_plan.steps, start=100):
        if step.before is not None:
            notices[step.before.id] = replace(notices[step.before.id], notice=step.after, given=step.given)
        elif step.wanted is not None:
            notices[number] = Shown(replace(step.after, id=number), step.wanted.key, step.wanted.info, step.given)
    live = [one for one in notices.values() if one.notice.state == "live"]
    assert sorted((*one.identity, one.notice.boards) for one in live) == sorted(
        (one.key, one.info, one.notice.level, one.notice.boards) for one in after
    )
    assert planned(list(notices.values()), after) == Plan()
    assert all(step.after.until <= NOW + HOUR for step in made_plan.steps)
