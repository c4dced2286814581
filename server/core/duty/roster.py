"""Decides who is on duty in an area at a moment: a weekly pattern, absences, and stand-ins; called by plan and desk.

A turn belongs to the day on which it begins, also one that ends after midnight. Several people may have duty at the
same time and place: all of them are told. One person's turns in an area do not overlap, nor do the absences: it would
not be clear which of them counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
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
    turns: Iterable[Turn], absences: Iterable[Absence], area: str, at: datetime, able: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Returns the usernames on duty at ``at`` (in the area's own time): first those on duty, then each stand-in.

    Only usernames in ``able`` count: a person with a turn may have lost the right to take alarms on. Nobody is named
    twice; places without anybody are left out.
    """
    listed, gone = tuple(turns), tuple(absences)
    minute, today = at.hour * 60 + at.minute, at.date()
    now = [
        *(one for one in shifts(listed, gone, area, today) if _covers_today(one.turn, minute)),
        *(one for one in shifts(listed, gone, area, today - timedelta(days=1)) if _covers_next(one.turn, minute)),
    ]
    here = [one for one in now if one.person in able]
    seen: set[str] = set()
    groups = []
    for place in sorted({one.turn.place for one in here}):
        group = tuple(dict.fromkeys(one.person for one in here if one.turn.place == place and one.person not in seen))
        seen.update(group)
        if group:
            groups.append(group)
    return tuple(groups)


def overlapping_turn(turn: Turn, turns: Iterable[Turn]) -> Turn | None:
    """Returns the first of ``turns`` that the same person has in the same area at the same time; None if none is."""
    spans = _spans(turn)
    return next(
        (
            one
            for one in turns
            if (one.area, one.person) == (turn.area, turn.person)
            and any(_overlap(mine, other) for mine in spans for other in _spans(one))
        ),
        None,
    )


def overlapping_absence(absence: Absence, absences: Iterable[Absence]) -> Absence | None:
    """Returns the first of ``absences`` of the same person in the same area with a day in common; None if none."""
    return next(
        (
            one
            for one in absences
            if (one.area, one.person) == (absence.area, absence.person)
            and one.first <= absence.last
            and absence.first <= one.last
        ),
        None,
    )


def _spans(turn: Turn) -> list[tuple[int, int]]:
    """Returns the (begin, length) of a turn on each of its days, in minutes of the week."""
    length = (turn.end - turn.start) % DAY_MINUTES or DAY_MINUTES
    return [(day * DAY_MINUTES + turn.start, length) for day in turn.weekdays]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans of a week have a minute in common; the week goes on with its beginning."""
    return (other[0] - one[0]) % WEEK_MINUTES < one[1] or (one[0] - other[0]) % WEEK_MINUTES < other[1]


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
