"""Finds events that time or a screen causes: first showings, ends, silent sources; called by worker.deliveries.

The table ``webhook_subjects`` says what is watched and what has been reported, so that each is reported once, also by
two workers. Nothing is observed while no webhook is in use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, String, cast, delete, exists, insert, literal, or_, select, update

from server.core.webhook_events import Event, EventKind, instant_text
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock, insert_new
from server.store.notifications import webhooks_outbox
from server.store.tables import announcements, columns_of, plays, sources, stories, webhook_subjects
from server.store.tables.columns import Utc

STORY_WATCHED = timedelta(days=7)
"""A story that no screen has shown so long after its approval is not watched any more."""
_C = webhook_subjects.c


@dataclass(frozen=True, slots=True)
class Subject:
    """An item approved at ``since`` and first shown at ``told``, or a source that is silent since ``since``.

    ``subject`` is "announcement:12", "story:7" or "source:tin-xa".
    """

    subject: str
    since: datetime
    told: datetime | None = None

    @property
    def kind(self) -> str:
        return self.subject.partition(":")[0]

    @property
    def key(self) -> str:
        return self.subject.partition(":")[2]


@dataclass(frozen=True, slots=True)
class _Play:
    """The first and the last time at which a board showed an item on one day."""

    item: str
    board: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class _Item:
    """An approved item with what an event says of it.

    A story has a ``source``; an announcement has ``area``, ``boards`` and ``ends``.
    """

    subject: str
    title: str
    area: str = ""
    boards: tuple[str, ...] = ()
    ends: datetime | None = None
    source: str = ""


def begin(conn: Connection, now: datetime) -> None:
    """Watch the announcements that are approved and have not ended; called when a webhook is added or switched on.

    Those that a screen has shown already are not reported as shown for the first time.
    """
    a = announcements.c
    subject = literal("announcement:").concat(cast(a.id, String))
    at = literal(now, Utc())
    told = select(at).where(exists().where(plays.c.item == subject)).scalar_subquery()
    known = exists().where(_C.subject == subject)
    wanted = select(subject, at, told).where(
        a.state == "approved", a.template.is_(False), or_(a.ends.is_(None), a.ends > now), ~known
    )
    conn.execute(insert(webhook_subjects).from_select(["subject", "since", "told"], wanted))


def note(conn: Connection, event: Event) -> None:
    """Begin to watch an item that was approved, stop for one that has ended; called when an event is distributed."""
    mine, step = _C.subject == event.subject, event.kind.partition(".")[2]
    if step == "approved" and not insert_new(conn, webhook_subjects, {"subject": event.subject, "since": event.at}):
        conn.execute(update(webhook_subjects).where(mine).values(since=event.at, told=None))
    elif step == "ended":
        conn.execute(delete(webhook_subjects).where(mine))


def observe_items(db: Database, now: datetime) -> int:
    """Report what a screen has shown for the first time, and announcements whose time is over; returns how many.

    Only showings since the approval count.
    """
    with db.read() as conn:
        if not webhooks_outbox.is_wanted(conn) or not any(_items(conn, now)):
            return 0
    with db.write() as conn:
        advisory_lock(conn, "webhook subjects")
        events, done = _items(conn, now)
        for event in events:
            if event.kind.endswith("on_air"):
                conn.execute(update(webhook_subjects).where(_C.subject == event.subject).values(told=event.at))
        for some in chunks(done):
            conn.execute(delete(webhook_subjects).where(_C.subject.in_(some)))
        webhooks_outbox.add(conn, events)
        return len(events)


def observe_sources(db: Database, silent: Mapping[str, datetime], now: datetime) -> int:
    """Report sources that have become silent, or are no longer silent; returns how many.

    ``silent`` maps the slug of each silent source to the time since which it is silent. A removed source counts as no
    longer silent.
    """
    with db.read() as conn:
        if not webhooks_outbox.is_wanted(conn) or not _sources(conn, silent, now):
            return 0
    with db.write() as conn:
        advisory_lock(conn, "webhook subjects")
        events = _sources(conn, silent, now)
        for event in events:
            if event.kind == "source.silent":
                since = silent[event.subject.partition(":")[2]]
                insert_new(conn, webhook_subjects, {"subject": event.subject, "since": since})
            else:
                conn.execute(delete(webhook_subjects).where(_C.subject == event.subject))
        webhooks_outbox.add(conn, events)
        return len(events)


def _watched(conn: Connection, kinds: Collection[str]) -> list[Subject]:
    wanted = or_(*(_C.subject.startswith(f"{kind}:") for kind in kinds))
    rows = conn.execute(select(*columns_of(webhook_subjects, Subject)).where(wanted).order_by(_C.subject))
    return list(as_values(Subject, rows))


def _items(conn: Connection, now: datetime) -> tuple[list[Event], list[str]]:
    """The events to report, and the subjects that need not be watched any more."""
    watched = _watched(conn, ("announcement", "story"))
    found = {item.subject: item for item in (*_announcements(conn, watched), *_stories(conn, watched))}
    shown = _shown(conn, [one for one in watched if one.told is None])
    events = [
        _event(found[one.subject], "on_air", min(shown[one.subject])[0], (board for _, board in shown[one.subject]))
        for one in watched
        if one.subject in shown and one.subject in found
    ]
    over = [item for item in found.values() if item.ends is not None and item.ends <= now]
    events += [_event(item, "ended", item.ends or now, item.boards, reason="over") for item in over]
    stale = [one.subject for one in watched if one.kind == "story" and now - one.since > STORY_WATCHED]
    return events, [*(item.subject for item in over), *stale]


def _event(
    item: _Item, step: Literal["on_air", "ended"], at: datetime, boards: Iterable[str], **details: object
) -> Event:
    if item.source:
        kind: EventKind = "story.on_air" if step == "on_air" else "story.ended"
        details["source"] = item.source
    else:
        kind = "announcement.on_air" if step == "on_air" else "announcement.ended"
    areas = (item.area,) if item.area else ()
    return Event(kind, item.subject, at, item.title, areas, tuple(sorted(set(boards))), details)


def _announcements(conn: Connection, watched: Iterable[Subject]) -> Iterable[_Item]:
    a = announcements.c
    subject = literal("announcement:").concat(cast(a.id, String)).label("subject")
    columns = (subject, a.title, a.area, a.boards, a.ends)
    for some in chunks([int(one.key) for one in watched if one.kind == "announcement"]):
        yield from as_values(_Item, conn.execute(select(*columns).where(a.id.in_(some), a.state == "approved")))


def _stories(conn: Connection, watched: Iterable[Subject]) -> Iterable[_Item]:
    s = stories.c
    subject = literal("story:").concat(cast(s.id, String)).label("subject")
    for some in chunks([int(one.key) for one in watched if one.kind == "story" and one.told is None]):
        wanted = select(subject, s.title, s.source).where(s.id.in_(some), s.state == "approved")
        yield from as_values(_Item, conn.execute(wanted))


def _shown(conn: Connection, watched: Iterable[Subject]) -> dict[str, list[tuple[datetime, str]]]:
    """Return subject -> (when first shown since its approval, board) of each board that has shown it since."""
    since = {one.subject: one.since for one in watched}
    found: dict[str, list[tuple[datetime, str]]] = {}
    for some in chunks(sorted(since)):
        rows = conn.execute(select(*columns_of(plays, _Play)).where(plays.c.item.in_(some)))
        for play in as_values(_Play, rows):
            if play.last >= since[play.item]:
                at = play.first if play.first >= since[play.item] else play.last
                found.setdefault(play.item, []).append((at, play.board))
    return found


def _sources(conn: Connection, silent: Mapping[str, datetime], now: datetime) -> list[Event]:
    """The events of sources whose silence has begun or ended."""
    told = {one.key: one for one in _watched(conn, ("source",))}
    changed = sorted(told.keys() ^ silent.keys())
    c = sources.c
    names = {row.slug: row for row in conn.execute(select(c.slug, c.name, c.area, c.retired))} if changed else {}
    events = []
    for slug in changed:
        name, area = (names[slug].name, names[slug].area) if slug in names else (slug, None)
        areas = (area,) if area else ()
        if slug in silent:
            details: dict[str, object] = {"since": instant_text(silent[slug])}
            events.append(Event("source.silent", f"source:{slug}", now, name, areas, details=details))
        else:
            details = {"since": instant_text(told[slug].since)}
            details |= {"reason": "removed"} if slug not in names or names[slug].retired else {}
            events.append(Event("source.back", f"source:{slug}", now, name, areas, details=details))
    return events
