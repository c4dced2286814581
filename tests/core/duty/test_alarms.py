"""Every alarm that was told ends, nothing is told twice, and what comes and goes floods nobody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.duty.alarms import (
    Alarm,
    Fact,
    Kind,
    Rules,
    Step,
    acknowledged,
    judged,
    opened,
    passed_on,
    settle_time,
)
from tests.cast import HOUR, MINUTE, NOW

RULES = Rules()
TICK = timedelta(seconds=15)


def dark(*numbers: int, kind: Kind = "screen_dark") -> list[Fact]:
    return [Fact(kind, "xa-minh-tan", f"screen:{one}", f"Màn hình {one}", NOW) for one in numbers]


@dataclass
class Watch:
    """Judges what is observed at each tick, and remembers what was told of each alarm, with its time."""

    now: datetime = NOW
    alarm: Alarm | None = None
    ended: list[Alarm] = field(default_factory=list)
    told: list[tuple[datetime, Step]] = field(default_factory=list)

    def see(self, facts: list[Fact], ticks: int = 1, *, everything: bool = False) -> None:
        for _ in range(ticks):
            before = self.alarm or (opened("screen_dark", "xa-minh-tan", facts, self.now) if facts else None)
            if before is not None:
                restarts = sum(1 for one in self.ended if one.told and one.ended and self.now - one.ended < 6 * HOUR)
                after, steps = judged(before, facts, self.now, RULES, everything=everything, restarts=restarts)
                self.told += [(self.now, step) for step in steps]
                self.alarm = after if after.ended is None else None
                if after.ended is not None:
                    self.ended.append(after)
            self.now += TICK

    @property
    def steps(self) -> list[Step]:
        return [step for _, step in self.told]


def test_a_storm_is_one_beginning_and_one_end() -> None:
    watch = Watch()
    watch.see(dark(*range(150)), 2)
    watch.see(dark(*range(300)), 100)
    watch.see(dark(*range(40)), 4)
    watch.see([], 20)
    assert watch.steps == ["begun", "ended"]
    assert len(watch.ended[0].subjects) == 300


def test_what_is_over_before_it_is_told_is_not_told() -> None:
    watch = Watch()
    watch.see(dark(1), 2)
    watch.see([], 20)
    assert (watch.steps, len(watch.ended)) == ([], 1)


def test_urgent_kinds_and_the_last_screen_do_not_wait() -> None:
    facts = dark(1, kind="alerts_silent")
    after, steps = judged(opened("alerts_silent", "tinh", facts, NOW), facts, NOW, RULES)
    assert (steps, after.urgent) == (("begun",), True)
    watch = Watch()
    watch.see(dark(1, 2), 1, everything=True)
    assert watch.steps == ["begun"]


def test_an_alarm_that_becomes_urgent_is_told_again_once() -> None:
    watch = Watch()
    watch.see(dark(1), 5)
    watch.see(dark(1, 2), 8, everything=True)
    assert watch.steps == ["begun", "urgent"]


def test_growth_is_told_once_an_hour() -> None:
    watch = Watch()
    watch.see(dark(1), 5)
    for count in range(2, 240):
        watch.see(dark(*range(count)), 4)  # another screen each minute, for four hours
    assert watch.steps == ["begun", *["grew"] * 4][: len(watch.steps)]
    assert 4 <= len(watch.steps) <= 5


def test_an_end_counts_from_when_it_was_quiet() -> None:
    watch = Watch()
    watch.see(dark(1), 8)
    quiet = watch.now
    watch.see([], 20)
    assert watch.ended[0].ended == quiet
    assert watch.told[-1] == (quiet + RULES.settle, "ended")


def test_nobody_is_called_once_somebody_has_taken_it_on() -> None:
    told = replace(opened("screen_dark", "tinh", dark(1), NOW), told=NOW, escalate_at=NOW + MINUTE)
    assert passed_on(told, NOW) == told
    assert passed_on(told, NOW + MINUTE).step == 1
    assert passed_on(acknowledged(told, "lan", NOW), NOW + HOUR).step == 0


PERIODS = st.lists(st.tuples(st.integers(1, 300), st.integers(0, 4)), min_size=1, max_size=30)


@given(PERIODS)
def test_every_beginning_has_its_end_and_nothing_is_told_twice(periods: list[tuple[int, int]]) -> None:
    """Any pattern of dark screens: ``periods`` are (ticks, how many screens are dark)."""
    watch = Watch()
    for ticks, count in periods:
        watch.see(dark(*range(count)), ticks)
    watch.see([], 200)
    assert watch.alarm is None
    parts = "".join(
        {"begun": "(", "ended": ")", "grew": "", "urgent": "", "escalated": ""}[one] for one in watch.steps
    )
    assert parts == "()" * (len(parts) // 2)
    told = [one for one in watch.ended if one.told is not None]
    assert len(told) == len(parts) // 2
    for one in watch.ended:
        assert one.ended is not None
        assert not one.lasting


@settings(max_examples=40)
@given(PERIODS)
def test_a_fact_that_lasts_long_enough_is_told(periods: list[tuple[int, int]]) -> None:
    watch = Watch()
    for ticks, count in periods:
        watch.see(dark(*range(count)), ticks)
        if count and ticks * TICK > RULES.gather + TICK:
            assert watch.alarm is not None
            assert watch.alarm.told is not None
            assert {one.key for one in watch.alarm.lasting} == {f"screen:{one}" for one in range(count)}


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 40))
def test_what_comes_and_goes_for_hours_floods_nobody(on: int, off: int) -> None:
    watch = Watch()
    end = NOW + 8 * HOUR
    for _ in range(8 * 240):
        if watch.now >= end:
            break
        watch.see(dark(1), on)
        watch.see([], off)
    assert len(watch.told) <= 24
    watch.see([], 200)
    assert watch.steps[-1:] in ([], ["ended"])


def test_the_wait_for_an_end_has_a_limit() -> None:
    assert settle_time(RULES, 0) == 2 * MINUTE
    assert settle_time(RULES, 3) == 16 * MINUTE
    assert settle_time(RULES, 10_000) == 32 * MINUTE
