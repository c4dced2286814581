"""Decides when an alarm begins, grows, becomes urgent and ends; called by store.duty.alarms.

Facts of one kind in one area are one alarm, so 300 screens of a commune that go dark are told in one message. An
alarm is told once it has gathered for a minute, urgent ones at once. It ends when nothing has been wrong for a while;
the while gets longer each time the same alarm comes back, so that a fault that comes and goes neither floods people
nor hides its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

Kind = Literal[
    "screen_dark",
    "notice_unconfirmed",
    "source_silent",
    "alerts_silent",
    "disk",
    "backup",
    "certificate",
    "clock",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
URGENT: frozenset[Kind] = frozenset({"notice_unconfirmed", "alerts_silent"})
"""Kinds that break quiet hours. Dark screens do so as well once no screen of the area is left."""
LOCAL: frozenset[Kind] = frozenset({"disk", "backup", "certificate", "clock"})
"""Kinds that every worker observes for its own machine; the keys of their facts begin with the machine's name."""
Step = Literal["begun", "grew", "urgent", "escalated", "ended"]
MOST_SUBJECTS = 2000


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is wrong now, such as a screen that has been silent since ``since``.

    ``key`` identifies it ("screen:12"), ``name`` is what people call it. ``area`` is the slug of the area whose
    people are told.
    """

    kind: Kind
    area: str
    key: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """A fact as an alarm remembers it; ``ended`` is None while it lasts."""

    key: str
    name: str
    since: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of one kind in one area.

    ``begun`` is when the first thing went wrong, ``opened`` when that was noticed. ``told`` is when it was first
    told, None before; ``told_count`` how many subjects lasted at the last message, at ``last_told``. ``quiet`` is
    since when nothing is wrong. ``step`` counts how often it was passed on because nobody acknowledged it; at
    ``escalate_at`` it is passed on next.
    """

    id: int
    kind: Kind
    area: str
    begun: datetime
    opened: datetime
    subjects: tuple[Subject, ...] = ()
    urgent: bool = False
    told: datetime | None = None
    told_count: int = 0
    last_told: datetime | None = None
    quiet: datetime | None = None
    ended: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    step: int = 0
    escalate_at: datetime | None = None

    @property
    def lasting(self) -> tuple[Subject, ...]:
        """The subjects that are wrong now."""
        return tuple(one for one in self.subjects if one.ended is None)


@dataclass(frozen=True, slots=True)
class Rules:
    """How long an alarm gathers before it is told, must be quiet before it ends, and how often its growth is told."""

    gather: timedelta = timedelta(minutes=1)
    settle: timedelta = timedelta(minutes=2)
    again: timedelta = timedelta(hours=1)


LONGEST_SETTLE = timedelta(minutes=32)
RESTARTS_WITHIN = timedelta(hours=6)
"""For how long an ended alarm counts as a restart of the next one of its kind and area."""


def opened(kind: Kind, area: str, facts: Sequence[Fact], now: datetime) -> Alarm:
    """Returns a new alarm of ``facts``, not yet stored and not yet judged."""
    return Alarm(0, kind, area, min((one.since for one in facts), default=now), now)


def settle_time(rules: Rules, restarts: int) -> timedelta:
    """Returns how long an alarm must be quiet before it ends, if it has come back ``restarts`` times lately."""
    return min(rules.settle * float(1 << min(restarts, 10)), max(LONGEST_SETTLE, rules.settle))


def judged(
    alarm: Alarm, facts: Sequence[Fact], now: datetime, rules: Rules, *, everything: bool = False, restarts: int = 0
) -> tuple[Alarm, tuple[Step, ...]]:
    """Returns the alarm after an observation, and what is to be told of it, in order.

    ``facts`` is all that is wrong of its kind in its area; ``everything`` that nothing of its kind there still works.
    An alarm that ends without having been told ends without a message; one that was told always gets "ended".
    """
    urgent = alarm.urgent or alarm.kind in URGENT or (everything and bool(facts))
    after = replace(
        alarm,
        subjects=_merged(alarm.subjects, facts, now),
        quiet=None if facts else min(alarm.quiet or now, now),
        urgent=urgent,
    )
    steps: list[Step] = []
    if alarm.told is None:
        if facts and (urgent or abs(now - alarm.opened) >= rules.gather):
            steps.append("begun")
    elif urgent and not alarm.urgent:
        steps.append("urgent")
    elif len(after.lasting) > alarm.told_count and abs(now - (alarm.last_told or now)) >= rules.again:
        steps.append("grew")
    if steps:
        told = alarm.told or now
        after = replace(after, told=told, told_count=len(after.lasting), last_told=now)
    if after.quiet is not None and now - after.quiet >= settle_time(rules, restarts):
        after = replace(after, ended=after.quiet, escalate_at=None)
        if after.told is not None:
            steps.append("ended")
    return after, tuple(steps)


def _merged(subjects: Iterable[Subject], facts: Sequence[Fact], now: datetime) -> tuple[Subject, ...]:
    """Returns the subjects with those of ``facts`` lasting and all others ended; at most `MOST_SUBJECTS`."""
    wrong = {one.key: one for one in facts}
    kept = {
        one.key: replace(one, ended=None, name=wrong[one.key].name)
        if one.key in wrong
        else replace(one, ended=one.ended or now)
        for one in subjects
    }
    for key, fact in wrong.items():
        kept.setdefault(key, Subject(key, fact.name, fact.since))
    listed = sorted(kept.values(), key=lambda one: one.ended is not None)  # stable: lasting ones first
    return tuple(listed[:MOST_SUBJECTS])


def acknowledged(alarm: Alarm, by: str, now: datetime) -> Alarm:
    """Returns the alarm after a person has taken it on: it is not passed on any more."""
    return replace(alarm, acknowledged=now, acknowledged_by=by, escalate_at=None)


def passed_on(alarm: Alarm, now: datetime) -> Alarm:
    """Returns the alarm one step further if nobody has acknowledged it in time; else unchanged."""
    if alarm.told is None or alarm.ended is not None or alarm.acknowledged is not None:
        return alarm
    if alarm.escalate_at is None or now < alarm.escalate_at:
        return alarm
    return replace(alarm, step=alarm.step + 1, escalate_at=None)
