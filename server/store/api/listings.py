"""Pages of items for the HTTP API, newest first, each after the last item of the page before; called by desk.api.

A page is found by its time and id in an index (keyset), so the thousandth page is as fast as the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, literal, or_, select, tuple_, union_all

from server.core.model import Announcement, Notice, Story
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import announcements, columns_of, notices, stories
from server.store.tables.columns import Utc

_CHUNK = 100
_ANNOUNCEMENTS = select(*columns_of(announcements, Announcement))
_NOTICES = select(*columns_of(notices, Notice))
_STORIES = select(*columns_of(stories, Story))


@dataclass(frozen=True, slots=True)
class Place:
    """The last item of a page: its time (published, created or issued) and its id."""

    at: datetime
    id: int


def approved_stories(db: Database, sources: Sequence[str], *, after: Place | None, most: int) -> tuple[Story, ...]:
    """At most ``most`` approved stories of these sources (slugs), the latest published first."""
    found: list[tuple[datetime, int]] = []
    with db.read() as conn:
        for start in range(0, len(sources), _CHUNK):
            found += _newest(conn, sources[start : start + _CHUNK], after, most)
        ids = [id for _, id in sorted(found, reverse=True)[:most]]
        newest = _STORIES.where(stories.c.id.in_(ids)).order_by(stories.c.published.desc(), stories.c.id.desc())
        return as_values(Story, conn.execute(newest))


def _newest(conn: Connection, sources: Sequence[str], after: Place | None, most: int) -> list[tuple[datetime, int]]:
    """(published, id) of the stories; one look into the index for each source, however many stories there are."""
    each = []
    for source in sources:
        mine = and_(stories.c.source == source, stories.c.state == "approved", _after(stories.c, "published", after))
        newest = select(stories.c.published, stories.c.id).where(mine)
        newest = newest.order_by(stories.c.published.desc(), stories.c.id.desc()).limit(most)
        each.append(select(newest.subquery()))
    return [(row.published, row.id) for row in conn.execute(union_all(*each))]


def visible_announcements(
    db: Database, areas: Collection[str], *, writer: str, after: Place | None, most: int, now: datetime
) -> tuple[Announcement, ...]:
    """At most ``most`` announcements of ``areas``, newest first.

    They are on the boards now or later, or were handed in by ``writer``.
    """
    ends = announcements.c.ends
    shown = and_(announcements.c.state == "approved", or_(ends.is_(None), ends > now))
    mine = or_(shown, announcements.c.created_by == writer)
    wanted = _ANNOUNCEMENTS.where(
        announcements.c.area.in_(list(areas)),
        announcements.c.template.is_(False),
        mine,
        _after(announcements.c, "created", after),
    )
    newest = wanted.order_by(announcements.c.created.desc(), announcements.c.id.desc()).limit(most)
    with db.read() as conn:
        return as_values(Announcement, conn.execute(newest))


def notices_of(db: Database, writer: str, *, after: Place | None, most: int) -> tuple[Notice, ...]:
    """At most ``most`` notices in any state that ``writer`` has made, the latest issued first."""
    wanted = _NOTICES.where(notices.c.created_by == writer, _after(notices.c, "issued", after))
    with db.read() as conn:
        newest = wanted.order_by(notices.c.issued.desc(), notices.c.id.desc()).limit(most)
        return as_values(Notice, conn.execute(newest))


def _after(columns: Any, time: str, place: Place | None) -> ColumnElement[bool]:
    """The condition that a row comes after ``place`` in the order of ``time`` and id, newest first."""
    if place is None:
        return literal(value=True)
    at: Column[datetime] = columns[time]
    return tuple_(at, columns.id) < tuple_(literal(place.at, Utc), literal(place.id))
