"""Mails each editor in the morning what waits for approval, what ends today, and which alarms are open.

Created by alarms_jobs. Who has nothing waiting gets no mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.duty.alarms import Alarm
from server.core.duty.digest import is_due
from server.core.duty.plan import Preferences
from server.core.model import AnnouncementState
from server.core.policy import Person, areas_with
from server.notifications.alarm_words import what
from server.setup.config import Config
from server.store.announcements import listings
from server.store.database.engine import Database
from server.store.duty import alarms, roster
from server.store.notices import notices
from server.store.people import people
from server.store.people.messages import Message
from server.store.sources import sources, story_queries

MOST_NAMED = 10
_SUBMITTED: tuple[AnnouncementState, ...] = ("submitted",)


@dataclass(frozen=True, slots=True)
class _Day:
    """The day of a summary in local time, with what is the same for all people."""

    now: datetime
    ends: datetime
    zone: ZoneInfo
    tree: AreaTree
    open: tuple[Alarm, ...]


class Digests:
    """The job that makes the summaries. ``clock`` returns the time as an aware UTC datetime."""

    def __init__(self, db: Database, config: Config, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock
        self._zone = ZoneInfo(config.timezone)
        self._base = config.server.public_url.rstrip("/")

    def tick(self) -> int:
        """Makes the summaries that are due; returns how many mails were queued."""
        now = self._clock()
        here = now.astimezone(self._zone)
        own, last = roster.preferences(self._db), roster.digested(self._db)
        due = [
            one
            for one in people.all(self._db)
            if one.active
            and any(grant.role == "editor" for grant in one.grants)
            and is_due(own.get(one.username, Preferences(one.username)), last.get(one.username), here)
        ]
        if not due:
            return 0
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), self._zone)
        day = _Day(now, midnight, self._zone, AreaTree(sources.areas(self._db)), alarms.lasting(self._db))
        count = 0
        for person in due:
            mail = self._mail(person, day)
            if roster.digest(self._db, person.username, here.date(), mail, now):
                count += mail is not None
        return count

    def _mail(self, person: Person, day: _Day) -> Message | None:
        parts = [part for part in (self._waiting(person, day), self._ending(person, day), _open(person, day)) if part]
        if not parts:
            return None
        link = f"\n\n{self._base}/desk/queue/" if self._base else ""
        subject = f"Việc hôm nay, {day.now.astimezone(day.zone):%d/%m}"
        return Message("", subject, "\n\n".join("\n".join(part) for part in parts) + link, "", person.email)

    def _waiting(self, person: Person, day: _Day) -> list[str]:
        approves = areas_with(person.grants, "announcement.approve", day.tree)
        submitted = listings.in_states(self._db, approves, _SUBMITTED)
        lines = _listed("thông báo chờ bạn duyệt", [one.title for one in submitted])
        mine = set(areas_with(person.grants, "story.approve", day.tree))
        own = [one.slug for one in sources.all(self._db) if day.tree.in_charge(one.area) in mine]
        held = story_queries.count_waiting(self._db, own)
        return [*lines, f"{held} tin từ nguồn chờ bạn duyệt"] if held else lines

    def _ending(self, person: Person, day: _Day) -> list[str]:
        mine = areas_with(person.grants, "announcement.approve", day.tree)
        ending = list(listings.ending(self._db, mine, day.now, day.ends))
        covered = set(mine)
        ending += [
            one.headline
            for one in notices.live(self._db, day.now)
            if not one.is_message and one.until <= day.ends and covered & set(one.areas)
        ]
        return _listed("mục hết hạn hôm nay", ending)


def _open(person: Person, day: _Day) -> list[str]:
    mine = set(areas_with(person.grants, "alarm.acknowledge", day.tree))
    found = [one for one in day.open if one.area in mine]
    return _listed("báo động đang có", [f"{what(one)} · {_area(day.tree, one.area)}" for one in found])


def _area(tree: AreaTree, slug: str) -> str:
    return tree.get(slug).name if slug in tree else slug


def _listed(label: str, titles: Sequence[str]) -> list[str]:
    """A count with a line for each title; [] without titles."""
    return list(_lines(label, titles)) if titles else []


def _lines(label: str, titles: Sequence[str]) -> Iterator[str]:
    yield f"{len(titles)} {label}:"
    yield from (f"• {' '.join(title.split())}" for title in titles[:MOST_NAMED])
    if len(titles) > MOST_NAMED:
        yield f"• và {len(titles) - MOST_NAMED} nữa"
