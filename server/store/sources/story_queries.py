"""Lists and counts stories, and stores when their web pages were checked; called by worker.harvest, desk and cli."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update

from server.core.model import Story
from server.store.database.decoding import as_values, unreadable
from server.store.database.engine import Database
from server.store.tables import columns_of, sources, stories

_FIELDS = columns_of(stories, Story)
_ALL = select(*_FIELDS)


def of_source(db: Database, source: str, *, most: int) -> tuple[Story, ...]:
    """The latest ``most`` stories of a source in any state, newest first."""
    latest = _ALL.where(stories.c.source == source).order_by(stories.c.published.desc(), stories.c.id.desc())
    with db.read() as conn:
        return as_values(Story, conn.execute(latest.limit(most)))


def known(db: Database, source: str, identities: Collection[str]) -> Mapping[str, tuple[Story, str]]:
    """Return entry id -> (story, URL of its picture), for those of ``identities`` that are stored and can be read."""
    wanted = select(*_FIELDS, stories.c.image_address).where(
        stories.c.source == source, stories.c.identity.in_(list(identities))
    )
    with db.read() as conn:
        found = (row._asdict() for row in conn.execute(wanted))
        stored = ((values, values.pop("image_address")) for values in found)
        return {
            values["identity"]: (Story(**values), address)
            for values, address in stored
            if not unreadable(Story, values)
        }


def arrivals(db: Database, source: str, *, most: int = 50) -> tuple[tuple[datetime, datetime], ...]:
    """Return pairs (published, first seen) of the latest ``most`` stories of a source, newest first."""
    latest = select(stories.c.published, stories.c.first_seen).where(stories.c.source == source)
    with db.read() as conn:
        rows = conn.execute(latest.order_by(stories.c.published.desc(), stories.c.id.desc()).limit(most))
        return tuple((row.published, row.first_seen) for row in rows)


def per_day(db: Database, now: datetime, *, source: str | None = None, days: int = 7) -> Mapping[str, float]:
    """Return slug of a source -> the average number of new stories per day over the last ``days`` days.

    Stories of a source's first fetch do not count. Sources without new stories are left out. With ``source``, only
    that one is counted.
    """
    # Subqueries need one index lookup for each source; GROUP BY would read every story ever stored.
    of, cutoff = stories.c.source == sources.c.slug, now - timedelta(days=days)
    began = select(func.min(stories.c.first_seen)).where(of).correlate(sources).scalar_subquery()
    fresh = select(func.count()).where(of, stories.c.first_seen > cutoff, stories.c.first_seen > began)
    each = select(sources.c.slug, fresh.correlate(sources).scalar_subquery())
    wanted = each if source is None else each.where(sources.c.slug == source)
    with db.read() as conn:
        return {name: count / days for name, count in conn.execute(wanted) if count}


def to_check(db: Database, source: str, *, not_before: datetime, most: int) -> tuple[Story, ...]:
    """Return at most ``most`` stories of a source since ``not_before`` whose web pages should be checked next.

    ``not_before`` is the earliest time of publication. Withdrawn stories, and those without a web page, are left out.
    First come those that the source no longer lists, then those never or longest ago checked.
    """
    shown = _ALL.where(
        stories.c.source == source,
        stories.c.state != "withdrawn",
        stories.c.link != "",
        stories.c.published >= not_before,
    )
    first = shown.order_by(stories.c.listed, stories.c.checked.asc().nulls_first(), stories.c.id.desc())
    with db.read() as conn:
        return as_values(Story, conn.execute(first.limit(most)))


def checked(db: Database, ids: Collection[int], now: datetime) -> None:
    """Store that the web pages of the stories ``ids`` were checked at ``now``; the revision does not change."""
    with db.write() as conn:
        conn.execute(update(stories).where(stories.c.id.in_(list(ids))).values(checked=now))


def waiting(db: Database, of: Collection[str], *, after: Story | None = None, most: int = 200) -> tuple[Story, ...]:
    """Return stories of the sources ``of`` that wait for an editor, oldest first, at most ``most``.

    ``after`` is the last story of the previous page, None for the first page.
    """
    place = tuple_(stories.c.first_seen, stories.c.id)
    held = _ALL.where(*_waits(of)).order_by(stories.c.first_seen, stories.c.id).limit(most)
    if after is not None:
        held = held.where(place > tuple_(after.first_seen, after.id))
    with db.read() as conn:
        return as_values(Story, conn.execute(held))


def other_sources(db: Database, ids: Collection[int], *, any_state: bool = False) -> Mapping[int, tuple[str, ...]]:
    """Return id of each story of ``ids`` -> slugs of the other sources with an approved story of the same article.

    The source whose story was stored first comes first. Boards with lanes of both sources show these stories as one
    (`story_lanes.for_lanes`). With ``any_state``, stories in other states count too, because boards may have shown
    them before.
    """
    c = stories.c
    keys = select(c.id, c.source, c.canonical, c.same_as)
    with db.read() as conn:
        mine = conn.execute(keys.where(c.id.in_(list(ids)))).all()
        originals = [row.same_as or row.id for row in mine]
        articles = [row.canonical for row in mine if row.canonical]
        same = or_(c.id.in_(originals), c.same_as.in_(originals), c.canonical.in_(articles))
        wanted = keys.where(same) if any_state else keys.where(c.state == "approved", same)
        others = conn.execute(wanted.order_by(c.first_seen, c.id)).all() if mine else ()
    found: dict[int, tuple[str, ...]] = {}
    for row in mine:
        sources_of = (
            other.source
            for other in others
            if other.source != row.source
            and ((other.same_as or other.id) == (row.same_as or row.id) or row.canonical == other.canonical != "")
        )
        found[row.id] = tuple(dict.fromkeys(sources_of))
    return found


def count_waiting(db: Database, of: Collection[str]) -> int:
    """Return how many stories of the sources ``of`` wait for an editor."""
    with db.read() as conn:
        return conn.execute(select(func.count()).where(*_waits(of))).scalar_one()


def _waits(of: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    # The condition on the source allows the use of an index that begins with it: of a million stories, a few hundred
    # wait.
    return stories.c.source.in_(of), stories.c.state == "held"
