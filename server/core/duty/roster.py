"""Decides who is on duty in an area at a moment: a weekly pattern, absences, and stand-ins; called by plan and desk.

A turn belongs to the day on which it begins, also one that ends after midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY_MINUTES = 24 * 60
MOST_PLACES = 4
"""Place 1 is on duty; the others are stand-ins, in this order."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's duty in an area on ``weekdays`` (0 is Monday) from ``start`` to ``end``, in minutes of the day.

    An ``end`` that is not after ``start`` is on the next day. ``place`` 1 is on duty, 2 and above stand in.
    """

    id: int
    area: str
    person: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    place: int = 1


@dataclass(frozen=True, slots=True)
class Absence:
    """A person without duty in an area from ``first`` to ``last``; ``substitute`` takes the turns, "" if nobody."""

    id: int
    area: str
    person: str
    first: date
    last: date
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn on one day: ``person`` is who really has it, ``planned`` whose turn it is."""

    turn: Turn
    day: date
    person: str
    planned: str


def shifts(turns: Iterable[Turn], absences: Iterable[Absence], area: str, day: date) -> tuple[Shift, ...]:
    """Returns the shifts of ``area`` that begin on ``day``, by start and place, without those that nobody takes."""
    away = {one.person: one.substitute for one in absences if one.area == area and one.first <= day <= one.last}
    found = [
        Shift(turn, day, person, turn.person)
        for turn in turns
        if turn.area == area and day.weekday() in turn.weekdays
        for person in _taker(turn.person, away)
    ]
    return tuple(sorted(found, key=lambda one: (one.turn.start, one.turn.place, one.turn.id)))


def on_duty(
    turns: Iterable[Turn], absences: Iterable[Absence], area: str, at: datetime
) -> tuple[tuple[str, ...], ...]:
    """Returns the usernames on duty at ``at`` (in the area's own time): first those on duty, then each stand-in.

    Nobody is named twice; places without anybody are left out.
    """
    listed, gone = tuple(turns), tuple(absences)
    minute, today = at.hour * 60 + at.minute, at.date()
    here = [
        *(one for one in shifts(listed, gone, area, today) if _covers_today(one.turn, minute)),
        *(one for one in shifts(listed, gone, area, today - timedelta(days=1)) if _covers_next(one.turn, minute)),
    ]
    seen: set[str] = set()
    groups = []
    for place in sorted({one.turn.place for one in here}):
        group = tuple(dict.fromkeys(one.person for one in here if one.turn.place == place and one.person not in seen))
        seen.update(group)
        if group:
            groups.append(group)
    return tuple(groups)


def _taker(person: str, away: dict[str, str]) -> Iterator[str]:
    """Yields who takes a turn of ``person``: the person or a substitute who is there; nobody if both are away."""
    if person not in away:
        yield person
    elif away[person] and away[person] not in away:
        yield away[person]


def _covers_today(turn: Turn, minute: int) -> bool:
    return turn.start <= minute < turn.end if turn.end > turn.start else minute >= turn.start


def _covers_next(turn: Turn, minute: int) -> bool:
    return turn.end <= turn.start and minute < turn.end
