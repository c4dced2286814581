"""Who is told of an alarm and when: roster, stand-ins, levels above, quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.areas import AreaTree
from server.core.duty.alarms import Alarm, Step, acknowledged
from server.core.duty.digest import is_due
from server.core.duty.pace import free_at, retry_after, split
from server.core.duty.plan import Channel, DutyPlan, Preferences, Send, after_quiet
from server.core.duty.roster import Absence, Turn, on_duty, overlapping_absence, overlapping_turn
from server.core.policy import Grant, Person
from tests.cast import AREAS, DAY, HOUR, MINUTE, NOW

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
TREE = AreaTree(AREAS)


def person(name: str, role: Any = "operator", area: str = "xa-minh-tan") -> Person:
    return Person(len(name), name, name.title(), f"{name}@example.vn", grants=(Grant(role, area),))


PEOPLE = (person("hoa"), person("an"), person("binh", area="tinh"), person("tuan", "keeper", "tinh"))
NAMES = frozenset(one.username for one in PEOPLE)
TURNS = (
    Turn(1, "xa-minh-tan", "hoa", EVERY_DAY, 7 * 60, 17 * 60),
    Turn(2, "xa-minh-tan", "an", EVERY_DAY, 0, 0, place=2),
    Turn(3, "tinh", "binh", EVERY_DAY, 0, 0),
)
PLAN = DutyPlan(TREE, ZONE, PEOPLE, TURNS)
ALARM = Alarm(1, "screen_dark", "xa-minh-tan", NOW, NOW, told=NOW)


BEGUN: tuple[Step, ...] = ("begun",)
ENDED: tuple[Step, ...] = ("ended",)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_a_turn_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = Turn(1, "tinh", "an", (0,), 22 * 60, 6 * 60)
    assert on_duty([night], [], "tinh", at("2026-03-09T23:00"), NAMES) == (("an",),)
    assert on_duty([night], [], "tinh", at("2026-03-10T05:59"), NAMES) == (("an",),)
    assert on_duty([night], [], "tinh", at("2026-03-10T06:00"), NAMES) == ()
    assert on_duty([night], [], "tinh", at("2026-03-09T05:00"), NAMES) == ()
    away = Absence(1, "tinh", "an", date(2026, 3, 9), date(2026, 3, 9), "hoa")
    assert on_duty([night], [away], "tinh", at("2026-03-10T05:00"), NAMES) == (("hoa",),)


def test_who_is_away_is_replaced_or_the_stand_in_moves_up() -> None:
    day = (date(2026, 3, 9), date(2026, 3, 10))
    noon = at("2026-03-09T12:00")
    assert on_duty(TURNS, [], "xa-minh-tan", noon, NAMES) == (("hoa",), ("an",))
    assert on_duty(TURNS, [Absence(1, "xa-minh-tan", "hoa", *day)], "xa-minh-tan", noon, NAMES) == (("an",),)
    replaced = Absence(1, "xa-minh-tan", "hoa", *day, "binh")
    assert on_duty(TURNS, [replaced], "xa-minh-tan", noon, NAMES) == (("binh",), ("an",))
    assert on_duty(TURNS, [replaced], "xa-minh-tan", noon, NAMES - {"binh"}) == (("an",),)  # has lost the right
    both = (replaced, Absence(2, "xa-minh-tan", "binh", *day))
    assert on_duty(TURNS, both, "xa-minh-tan", noon, NAMES) == (("an",),)


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (Turn(2, "tinh", "an", (2,), 6 * 60, 8 * 60), False),
        (Turn(2, "tinh", "an", (0,), 5 * 60, 7 * 60), True),
        (Turn(2, "tinh", "an", (0,), 6 * 60, 7 * 60), False),
        (Turn(2, "tinh", "an", (0,), 0, 0, place=2), True),
        (Turn(2, "tinh", "an", (6,), 21 * 60, 22 * 60), False),
        (Turn(2, "tinh", "hoa", (0,), 5 * 60, 7 * 60), False),
        (Turn(2, "xa-minh-tan", "an", (0,), 5 * 60, 7 * 60), False),
    ],
)
def test_turns_of_a_person_overlap_also_past_midnight_and_past_the_week(other: Turn, meets: bool) -> None:
    sunday = Turn(1, "tinh", "an", (6,), 22 * 60, 6 * 60)
    assert overlapping_turn(sunday, [other]) == (other if meets else None)
    assert overlapping_turn(other, [sunday]) == (sunday if meets else None)


def test_absences_of_a_person_overlap_if_they_have_a_day_in_common() -> None:
    one = Absence(1, "tinh", "an", date(2026, 3, 9), date(2026, 3, 10))
    assert overlapping_absence(replace(one, first=date(2026, 3, 10), last=date(2026, 3, 12)), [one]) == one
    assert overlapping_absence(replace(one, first=date(2026, 3, 1), last=date(2026, 3, 31)), [one]) == one
    assert overlapping_absence(replace(one, first=date(2026, 3, 11), last=date(2026, 3, 11)), [one]) is None
    assert overlapping_absence(replace(one, person="hoa"), [one]) is None


def test_an_alarm_goes_to_duty_then_stand_in_then_the_level_above_then_the_keeper() -> None:
    steps = [sorted(one) for one in PLAN.steps(ALARM, at("2026-03-09T12:00"))]
    assert steps == [["hoa"], ["an"], ["binh"], ["tuan"]]
    assert [sorted(one) for one in PLAN.steps(ALARM, at("2026-03-09T20:00"))] == [["an"], ["binh"], ["tuan"]]
    moved = replace(PLAN, people=(person("hoa", area="xa-dong-hai"), *PEOPLE[1:]))  # hoa has no right here any more
    assert [sorted(one) for one in moved.steps(ALARM, at("2026-03-09T12:00"))] == [["an"], ["binh"], ["tuan"]]
    nobody = replace(PLAN, turns=())
    assert nobody.steps(ALARM, NOW) == (frozenset({"tuan"}),)


def test_only_those_who_were_not_told_yet_are_told_at_a_step() -> None:
    noon = at("2026-03-09T12:00")
    first = PLAN.sends(ALARM, BEGUN, (), noon)
    assert [(one.target, one.step) for one in first] == [("person:hoa", "begun")]
    further = replace(ALARM, step=1)
    assert [(one.target, one.step) for one in PLAN.sends(further, (), ("person:hoa",), noon)] == [
        ("person:an", "escalated")
    ]
    evening = PLAN.sends(ALARM, (), ("person:hoa",), at("2026-03-09T18:00"))
    assert [one.target for one in evening] == ["person:an"]  # hoa's turn is over
    taken = acknowledged(further, "hoa", noon)
    assert PLAN.sends(taken, (), ("person:hoa",), noon) == ()
    over = replace(taken, ended=noon)
    assert [one.step for one in PLAN.sends(over, ENDED, ("person:hoa", "channel:4"), noon)] == ["ended", "ended"]


def test_a_group_hears_its_areas_and_a_person_the_own_duty() -> None:
    channels = (
        Channel(1, "telegram", "Tổ trực tỉnh", ("tinh",), "-100"),
        Channel(2, "telegram", "Xã Đông Hải", ("xa-dong-hai",), "-200"),
        Channel(3, "telegram", "Hoa", ("xa-minh-tan",), "300", person="hoa"),
        Channel(4, "zalo", "Lãnh đạo", ("tinh",), "400", urgent_only=True),
        Channel(5, "mail", "Đang dừng", ("tinh",), "x@y.vn", off=NOW),
    )
    plan, noon = replace(PLAN, channels=channels), at("2026-03-09T12:00")
    assert [one.target for one in plan.sends(ALARM, BEGUN, (), noon)] == ["person:hoa", "channel:1", "channel:3"]
    urgent = replace(ALARM, urgent=True)
    assert [one.target for one in plan.sends(urgent, (), ("person:hoa", "channel:1", "channel:3"), noon)] == [
        "channel:4"
    ]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-09T21:59", "2026-03-09T21:59"),
        ("2026-03-09T22:00", "2026-03-10T06:00"),
        ("2026-03-10T05:59", "2026-03-10T06:00"),
        ("2026-03-10T06:00", "2026-03-10T06:00"),
    ],
)
def test_quiet_hours_hold_back_until_their_end(now: str, until: str) -> None:
    own = Preferences("hoa", 22 * 60, 6 * 60)
    assert after_quiet(own, at(now), ZONE) == at(until)
    plan = replace(PLAN, preferences={"hoa": own})
    assert plan.due("person:hoa", ALARM, at(now)) == at(until)
    assert plan.due("person:hoa", replace(ALARM, urgent=True), at(now)) == at(now)
    assert plan.due("channel:9", ALARM, at(now)) == at(now)


def test_the_wait_for_an_answer_begins_when_the_message_may_be_read() -> None:
    now = at("2026-03-09T23:00")
    held = [Send("person:an", "begun", at("2026-03-10T06:00")), Send("channel:1", "begun", now)]
    assert PLAN.escalate_at(ALARM, held, now) == at("2026-03-10T06:15")
    assert PLAN.escalate_at(ALARM, [], now) == now + 15 * MINUTE
    assert PLAN.escalate_at(replace(ALARM, step=2), [], now) is None  # nobody is left
    assert PLAN.escalate_at(acknowledged(ALARM, "an", now), [], now) is None


MINUTES = st.integers(0, 24 * 60 - 1)


@given(MINUTES, MINUTES, st.integers(0, 7 * 24 * 60))
def test_what_is_held_back_is_told_within_a_day_and_outside_quiet_hours(begin: int, end: int, later: int) -> None:
    now = NOW + timedelta(minutes=later)
    own = Preferences("hoa", begin, end)
    due = after_quiet(own, now, ZONE)
    assert now <= due <= now + DAY
    assert after_quiet(own, due, ZONE) == due


@given(st.lists(st.integers(0, 100), max_size=40))
def test_a_limited_channel_is_never_used_more_often(minutes: list[int]) -> None:
    """Whoever sends only when `free_at` says so never sends more than 8 messages within 48 hours."""
    sent: list[datetime] = []
    now = NOW
    for wait in minutes:
        now = max(now + timedelta(minutes=wait), free_at(sent, now + timedelta(minutes=wait)))
        sent.append(now)
    for one in sent:
        assert sum(1 for other in sent if one - 48 * HOUR < other <= one) <= 8


@given(st.text(alphabet="aă b\n😀", max_size=400), st.integers(2, 60))
def test_parts_fit_and_lose_nothing(text: str, most: int) -> None:
    parts = split(text, most)
    assert all(0 < len(one.encode("utf-16-le")) // 2 <= most for one in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_failures_are_tried_again_for_ever() -> None:
    assert [retry_after(count) for count in (1, 2, 3, 4, 5, 500)] == [
        timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 15)
    ]
    assert retry_after(1, HOUR) == HOUR


def test_a_summary_is_due_once_a_day_and_not_in_the_evening() -> None:
    own, today = Preferences("lan"), date(2026, 3, 9)
    assert not is_due(own, None, at("2026-03-09T06:59"))
    assert is_due(own, None, at("2026-03-09T07:00"))
    assert not is_due(own, today, at("2026-03-09T07:01"))
    assert is_due(own, today, at("2026-03-10T09:00"))
    assert not is_due(own, None, at("2026-03-09T20:00"))
    assert not is_due(Preferences("lan", digest_at=None), None, at("2026-03-09T07:00"))


def test_times_are_those_of_the_province() -> None:
    assert after_quiet(
        Preferences("hoa", 22 * 60, 6 * 60), datetime(2026, 3, 9, 16, 0, tzinfo=UTC), ZONE
    ) == datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
