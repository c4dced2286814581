"""Collects the announcements and notices of a week in the user's areas; called by timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import url_for

from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.store.announcements import announcements
from server.store.notices import notices

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Event:
    """An announcement or a notice that boards show from ``start`` to ``end`` (None: no end).

    ``area`` is the name of its area, or the names of a notice's areas. ``kind`` is "announcement", a notice's level
    or "exercise". ``address`` is the page of a notice, "" for an announcement or if the user may not see it.
    """

    title: str
    area: str
    start: datetime
    end: datetime | None
    kind: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its events, each paired with whether it lasts the whole day.

    Events that last the whole day come first; within each group, the order is by start and title.
    """

    date: date
    events: list[tuple[Event, bool]]


def days_of_week(monday: date) -> list[Day]:
    """Returns the seven days from ``monday`` on, with the events of the user's areas."""
    first = datetime.combine(monday, time(), desk.zone())
    events = [*_announcements(first, first + WEEK), *_notices(first, first + WEEK)]
    return [_day(monday + timedelta(days=number), events) for number in range(7)]


def _day(day: date, events: list[Event]) -> Day:
    begin = datetime.combine(day, time(), desk.zone())
    end = begin + timedelta(days=1)
    on = [one for one in events if one.start < end and (one.end is None or one.end > begin)]
    marked = [(one, one.start <= begin and (one.end is None or one.end >= end)) for one in on]
    return Day(begin.date(), sorted(marked, key=lambda each: (not each[1], each[0].start, each[0].title)))


def _announcements(start: datetime, end: datetime) -> Iterator[Event]:
    """Yields an event for each period in which an approved announcement is shown, if it overlaps [start, end)."""
    areas = set(desk.areas("board.view"))
    for one in announcements.all(desk.db):
        if one.area not in areas or one.state != "approved" or one.template:
            continue
        for window in one.windows:
            if window.start < end and (window.until is None or window.until > start):
                yield Event(one.title, area_name(one.area), window.start, window.until, "announcement")


def _notices(start: datetime, end: datetime) -> Iterator[Event]:
    tree, areas = desk.tree(), set(desk.areas("board.view"))
    for one in notices.between(desk.db, start, end):
        if areas.intersection(one.areas):
            names = ", ".join(area_name(slug) for slug in one.areas if slug in tree)
            address = url_for("urgent.one", id=one.id) if desk.may("notice.propose") else ""
            kind = "exercise" if one.exercise else one.level
            yield Event(one.headline, names, one.issued, one.ended or one.until, kind, address)
