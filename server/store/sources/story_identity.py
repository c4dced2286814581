"""Recognises stories without their id: changed ids and duplicates in other sources; called by stories.save.

An entry whose id changed is the same story if it has the address, or the headline and day, of a stored one: a
withdrawn story stays withdrawn that way. An article that two sources have is shown once, with both names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, or_, select

from feeds.entry import Entry
from server.core.sources.similarity import WITHIN, Headlines, headline_key, texts_agree
from server.store.database.engine import Database
from server.store.sources import story_changes
from server.store.tables import stories

_RECENT = 2_000  # stories of one source that are compared with an entry of an unknown id
_MANY = 20_000  # headlines of other sources that are compared
_LEAST_TITLE = 12  # characters: "Thông báo" alone does not identify a story
_SAME_MOMENT = timedelta(hours=1)
_C = stories.c


@dataclass(frozen=True, slots=True)
class Duplicate:
    """``original``: the id of the article's first story; ``withdrawn``: whether any of its stories was withdrawn."""

    original: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of a stored story that identify it."""

    id: int
    identity: str
    title: str
    canonical: str
    published: datetime
    same_as: int | None


_KNOWN = select(_C.id, _C.identity, _C.title, _C.canonical, _C.published, _C.same_as)


def match_changed_ids(
    conn: Connection, source: str, missing: Sequence[Entry], listed: Collection[str], now: datetime
) -> dict[str, int]:
    """Entry id -> id of the stored story, for entries of ``missing`` whose id has changed.

    ``listed`` are all ids of this reading: a story that is listed under its own id does not match another entry.
    """
    if not missing:
        return {}
    rows = _read(conn, _KNOWN.where(_C.source == source).order_by(_C.id.desc()).limit(_RECENT))
    links = Counter(row.canonical for row in rows)
    listings = Counter(story_changes.article_key(entry.link) for entry in missing)
    free = [row for row in rows if row.identity not in listed]
    by_link = {row.canonical: row for row in reversed(free) if row.canonical and links[row.canonical] == 1}
    by_title: dict[str, list[_Row]] = {}
    for row in free:
        by_title.setdefault(headline_key(row.title), []).append(row)
    found: dict[str, int] = {}
    for entry in missing:
        link = story_changes.article_key(entry.link)
        moved = by_link.get(link) if listings[link] == 1 else None
        known = moved or _same_headline_and_day(entry, by_title.get(headline_key(entry.title), ()), now)
        if known is not None and known.id not in found.values():
            found[entry.id] = known.id
    return found


def _read(conn: Connection, wanted: Select[*tuple[object, ...]]) -> list[_Row]:
    return [_Row(**row._asdict()) for row in conn.execute(wanted)]


def _same_headline_and_day(entry: Entry, rows: Sequence[_Row], now: datetime) -> _Row | None:
    if len(entry.title) < _LEAST_TITLE:
        return None
    moment = story_changes.published_at(entry, now)
    within = WITHIN if entry.published is None else _SAME_MOMENT
    return next((row for row in rows if abs(row.published - moment) <= within), None)


def originals(db: Database, source: str, entries: Sequence[Entry], now: datetime) -> Mapping[str, int]:
    """Entry id -> the first story of the same article in other sources, by the article's address or its headline.

    Only for entries that are not stored yet. Reads before the write transaction begins: there are many headlines.
    """
    with db.read() as conn:
        known = set(
            conn.execute(
                select(_C.identity).where(_C.source == source, _C.identity.in_([entry.id for entry in entries]))
            ).scalars()
        )
        fresh = [entry for entry in entries if entry.id not in known]
        if not fresh:
            return {}
        links = {entry.id: story_changes.article_key(entry.link) for entry in fresh}
        moments = [story_changes.published_at(entry, now) for entry in fresh]
        first, last = min(moments) - WITHIN, max(moments) + WITHIN
        near = or_(_C.published.between(first, last), _C.canonical.in_([link for link in links.values() if link]))
        rows = _read(conn, _KNOWN.where(_C.source != source, near).order_by(_C.id.desc()).limit(_MANY))
        return _originals(conn, fresh, links, moments, rows)


def _originals(
    conn: Connection,
    fresh: Sequence[Entry],
    links: Mapping[str, str],
    moments: Sequence[datetime],
    rows: Sequence[_Row],
) -> dict[str, int]:
    rows_of = {row.id: row for row in rows}
    by_link = {row.canonical: row.id for row in rows if row.canonical}
    headlines = Headlines({row.id: row.title for row in rows})
    found: dict[str, int] = {}
    for entry, moment in zip(fresh, moments, strict=True):
        at = by_link.get(links[entry.id]) if links[entry.id] else None
        if at is None:
            near = [key for key in headlines.matches(entry.title) if abs(rows_of[key].published - moment) <= WITHIN]
            at = _confirmed(conn, entry, near)
        if at is not None:
            found[entry.id] = rows_of[at].same_as or at
    return found


def _confirmed(conn: Connection, entry: Entry, near: Sequence[int]) -> int | None:
    if not near:
        return None
    summaries = conn.execute(select(_C.id, _C.summary).where(_C.id.in_(near)).order_by(_C.id))
    return next((row.id for row in summaries if texts_agree(entry.title, entry.summary, row.summary)), None)


def duplicates(conn: Connection, originals: Mapping[str, int]) -> dict[str, Duplicate]:
    """Entry id -> Duplicate; read in the write transaction, because an editor may just have withdrawn one."""
    if not originals:
        return {}
    wanted = sorted(set(originals.values()))
    rows = conn.execute(
        select(_C.id, _C.same_as).where(_C.state == "withdrawn", or_(_C.id.in_(wanted), _C.same_as.in_(wanted)))
    )
    withdrawn = {row.same_as or row.id for row in rows}
    return {id: Duplicate(original, original in withdrawn) for id, original in originals.items()}
