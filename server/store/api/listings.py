"""Reads lists of items page by page for the HTTP API, newest first; called by desk.api.

The functions read the page that comes after the item ``after``, the last one of the page before; None is the first
page. An index on time and id finds that place (keyset pagination), so the thousandth page is as fast as the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, bindparam, literal, or_, select, tuple_

from server.core.model import Announcement, Notice, Story
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import announcements, columns_of, notices, stories
from server.store.tables import sources as sources_table
from server.store.tables.columns import Utc

_ANNOUNCEMENTS = select(*columns_of(announcements, Announcement))
_NOTICES = select(*columns_of(notices, Notice))
_STORIES = select(*columns_of(stories, Story))


@dataclass(frozen=True, slots=True)
class Place:
    """The last item of a page: its time (published, created or issued) and its id."""

    at: datetime
    id: int


def approved_stories(db: Database, sources: Sequence[str], *, after: Place | None, most: int) -> tuple[Story, ...]:
    """Return at most ``most`` approved stories of these sources (slugs), the latest published first."""
    c = stories.c
    with db.read() as conn:
        since = _since(conn, sources, after, most)
        if since is None:
            ids = _newest_of_each(conn, sources, after, most)
            wanted = _STORIES.where(c.id.in_(ids))
        else:
            wanted = _STORIES.where(c.source.in_(list(sources)), *_approved(after), c.published >= since)
        newest = wanted.order_by(c.published.desc(), c.id.desc()).limit(most)
        return as_values(Story, conn.execute(newest))


def _since(conn: Connection, sources: Sequence[str], after: Place | None, most: int) -> datetime | None:
    """Return a time since which these sources have at least ``most`` stories; None if the estimate finds none.

    Reads from the index when each source published its ``depth``-th newest story, and returns a time since which so
    many sources have ``depth`` stories that these are at least ``most``. This takes one look into the index for each
    source, however many stories it has.
    """
    depth = ceil(most / max(1, len(sources)))
    before = () if after is None else (stories.c.published < literal(after.at, Utc),)
    mine = (stories.c.source == sources_table.c.slug, stories.c.state == "approved", *before)
    newest = select(stories.c.published).where(*mine).order_by(stories.c.published.desc())
    one = newest.limit(1).offset(depth - 1).correlate(sources_table).scalar_subquery()
    each = conn.execute(select(one).where(sources_table.c.slug.in_(list(sources)))).scalars()
    known = sorted((at for at in each if at is not None), reverse=True)
    needed = ceil(most / depth)
    return known[needed - 1] if len(known) >= needed else None


def _newest_of_each(conn: Connection, sources: Sequence[str], after: Place | None, most: int) -> list[int]:
    """The ids of the newest ``most`` stories, found among the newest ``most`` of each source."""
    c = stories.c
    newest = select(c.published, c.id).where(c.source == bindparam("of"), *_approved(after))
    newest = newest.order_by(c.published.desc(), c.id.desc()).limit(most)
    found = [(row.published, row.id) for one in sources for row in conn.execute(newest, {"of": one})]
    return [id for _, id in sorted(found, reverse=True)[:most]]


def _approved(after: Place | None) -> tuple[ColumnElement[bool], ...]:
    return stories.c.state == "approved", _after(stories.c, "published", after)


def visible_announcements(
    db: Database, areas: Collection[str], *, writer: str, after: Place | None, most: int, now: datetime
) -> tuple[Announcement, ...]:
    """Return at most ``most`` announcements of ``areas``, newest first, without templates.

    Lists approved ones that have not ended, and all that ``writer`` has written.
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
    """Return at most ``most`` notices in any state that the actor ``writer`` has created, the latest issued first."""
    wanted = _NOTICES.where(notices.c.created_by == writer, _after(notices.c, "issued", after))
    with db.read() as conn:
        newest = wanted.order_by(notices.c.issued.desc(), notices.c.id.desc()).limit(most)
        return as_values(Notice, conn.execute(newest))


def _after(columns: Any, time: str, place: Place | None) -> ColumnElement[bool]:
    """The SQL condition that a row comes after ``place``, in the order of the column ``time`` and id, newest first.

    It is true of every row if ``place`` is None.
    """
    if place is None:
        return literal(value=True)
    at: Column[datetime] = columns[time]
    return tuple_(at, columns.id) < tuple_(literal(place.at, Utc), literal(place.id))
