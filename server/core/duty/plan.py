"""Decides who is told of an alarm and when: the people on duty, stand-ins, levels above, quiet hours.

Called by worker.deliveries.alarms; the desk asks who is able to take an alarm on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.duty.alarms import URGENT, Alarm, Step
from server.core.duty.roster import Absence, Turn, on_duty
from server.core.policy import Person, may, nearest, nearest_editors

ChannelKind = Literal["telegram", "zalo", "mail"]
DIGEST_AT = 7 * 60
"""The minute of the day of an editor's morning summary, unless the editor has set another one."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach a group, or one person if ``person`` is not "". ``address`` is a chat, a user id or a mailbox.

    A group hears all alarms of ``areas`` and areas below, or only urgent ones; a person those of his own duty.
    """

    id: int
    kind: ChannelKind
    name: str
    areas: tuple[str, ...]
    address: str
    person: str = ""
    urgent_only: bool = False
    off: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's own quiet hours and the minute of the day of the morning summary; None: none."""

    person: str
    quiet_from: int | None = None
    quiet_until: int | None = None
    digest_at: int | None = DIGEST_AT


@dataclass(frozen=True, slots=True)
class Send:
    """Something that ``target`` is to be told from ``due`` on. A target is "person:lan" or "channel:7"."""

    target: str
    step: Step
    due: datetime


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """All that decides who is told. ``preferences`` are by username; ``zone`` is that of the roster."""

    tree: AreaTree
    zone: ZoneInfo
    people: tuple[Person, ...]
    turns: tuple[Turn, ...] = ()
    absences: tuple[Absence, ...] = ()
    channels: tuple[Channel, ...] = ()
    preferences: Mapping[str, Preferences] = field(default_factory=dict)
    wait: timedelta = timedelta(minutes=15)
    """How long an alarm waits for somebody to acknowledge it before it is passed on."""

    def steps(self, alarm: Alarm, now: datetime) -> tuple[frozenset[str], ...]:
        """Returns the usernames that each step tells: on duty, stand-ins, then the same of each area above.

        The last step are those who look after the area: so somebody is told where nobody has duty.
        """
        at = now.astimezone(self.zone)
        able = {one.username for one in able_people(self.people, alarm.area, self.tree)}
        groups = [
            group
            for area in self.tree.chain(alarm.area)
            for group in on_duty(self.turns, self.absences, area, at, able)
        ]
        found: list[frozenset[str]] = []
        seen: set[str] = set()
        for group in (*groups, self._in_charge(alarm)):
            new = frozenset(group) & able - seen
            if new:
                found.append(new)
                seen |= new
        return tuple(found)

    def sends(self, alarm: Alarm, steps: Collection[Step], told: Collection[str], now: datetime) -> tuple[Send, ...]:
        """Returns what is to be sent of an alarm after ``steps``; ``told`` are the targets that were told before.

        Those who come on duty, or whose step it is, are told even if nothing happened to the alarm.
        """
        new = [target for target in self._audience(alarm, now) if target not in told] if self._is_open(alarm) else []
        first: Step = "escalated" if alarm.step else "begun"
        made = [Send(target, first, self.due(target, alarm, now)) for target in new]
        for step in steps:
            if step in ("grew", "urgent", "ended"):
                made += [Send(target, step, self.due(target, alarm, now)) for target in sorted({*told, *new})]
        return tuple(made)

    def due(self, target: str, alarm: Alarm, now: datetime) -> datetime:
        """Returns when a target may be told: now, or at the end of the person's quiet hours unless it is urgent."""
        person = self.person_of(target)
        if alarm.urgent or not person:
            return now
        return after_quiet(self.preferences.get(person), now, self.zone)

    def escalate_at(self, alarm: Alarm, sends: Collection[Send], now: datetime) -> datetime | None:
        """Returns when an alarm is passed on if nobody acknowledges it; None if it is not, or there is nobody left.

        ``sends`` is what was just planned. The wait begins when the first person can have read the message.
        """
        if not self._is_open(alarm) or alarm.step + 1 >= len(self.steps(alarm, now)):
            return None
        return max(now, min((one.due for one in sends if self.person_of(one.target)), default=now)) + self.wait

    def person_of(self, target: str) -> str:
        """Returns the username of a target that is one person; "" for a group."""
        kind, _, key = target.partition(":")
        if kind == "person":
            return key
        return next((one.person for one in self.channels if str(one.id) == key), "")

    def _audience(self, alarm: Alarm, now: datetime) -> Iterator[str]:
        reached = frozenset().union(*self.steps(alarm, now)[: alarm.step + 1])
        yield from (f"person:{name}" for name in sorted(reached))
        for one in self.channels:
            if one.off is not None:
                continue
            group = not one.person and any(self.tree.covers(area, alarm.area) for area in one.areas)
            if one.person in reached or (group and (alarm.urgent or not one.urgent_only)):
                yield f"channel:{one.id}"

    def _in_charge(self, alarm: Alarm) -> tuple[str, ...]:
        """The keepers nearest to the area; for what only editors can act on, its editors as well."""
        found = nearest("keeper", self.people, alarm.area, self.tree)
        if alarm.kind in URGENT:
            found += nearest_editors(self.people, alarm.area, self.tree)
        return tuple(one.username for one in found)

    @staticmethod
    def _is_open(alarm: Alarm) -> bool:
        return alarm.told is not None and alarm.ended is None and alarm.acknowledged is None


def able_people(people: Iterable[Person], area: str, tree: AreaTree) -> tuple[Person, ...]:
    """Returns the active people who may take on alarms of ``area`` (slug)."""
    return tuple(one for one in people if one.active and may(one.grants, "alarm.acknowledge", area, tree))


def after_quiet(own: Preferences | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Returns ``now``, or the end of the quiet hours in which ``now`` lies. Equal ends mean no quiet hours."""
    if own is None or own.quiet_from is None or own.quiet_until is None or own.quiet_from == own.quiet_until:
        return now
    here = now.astimezone(zone)
    minute = here.hour * 60 + here.minute
    begin, end = own.quiet_from, own.quiet_until
    inside = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not inside:
        return now
    day = here.date() + timedelta(days=1 if minute >= end else 0)
    return datetime.combine(day, time(end // 60, end % 60), zone).astimezone(now.tzinfo)
