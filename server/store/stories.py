"""Stories: entries that were read, with versions, approval and withdrawal; called by harvest, director and desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from feeds.entry import Entry
from server.core.model import Lane, Source, Story, StoryState
from server.store import audit, edits, revision
from server.store.engine import Database
from server.store.errors import NotFound, NotLive
from server.store.tables import columns_of, sources, stories, story_versions, values_of

_FIELDS = columns_of(stories, Story)
_ALL = select(*_FIELDS)
_PICTURES_KNOWN = 1_000  # five times what the longest reading may hold; older ones are fetched again at worst


@dataclass(frozen=True, slots=True)
class Saved:
    """How many entries of one reading were new, changed, or as before (withdrawn ones among these)."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Version:
    """What a story said before a change, and the state it was in; ``replaced`` is when it ended."""

    story: int
    version: int
    title: str
    summary: str
    link: str
    image: str | None
    table: tuple[tuple[str, ...], ...]
    state: StoryState
    replaced: datetime


def save(
    db: Database, source: Source, entries: Sequence[Entry], *, images: Mapping[str, str], now: datetime
) -> Saved:
    """Take in one reading, newest entry first; ``images`` maps an entry's id to the hash of its stored picture.

    A story is one identity within its source. A real change (edits.differs) makes a new version, which waits
    for an editor where the source's trust is ``hold``; the version before goes to the history. A withdrawn
    story stays withdrawn whatever the source says. Of entries that share an id the first one counts. The
    revision grows only where something is new or changed. Raises NotFound for an unknown source.
    """
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.id, entry)
    with db.write() as conn:
        _lock_source(conn, source.slug)
        held = _held(conn, source.slug, first)
        # Oldest first, so that undated entries of one reading keep the source's order by their ids.
        fresh = [
            _row(source, entry, images.get(entry.id), now)
            for entry in reversed(first.values())
            if entry.id not in held
        ]
        if fresh:
            conn.execute(insert(stories), fresh)
        changed = sum(
            _revise(conn, source, story, address, first[story.identity], images, now)
            for story, address in held.values()
        )
        if fresh or changed:
            revision.bump(conn)
    return Saved(len(fresh), changed, len(held) - changed)


def newest(db: Database, source: str, *, most: int, not_before: datetime) -> tuple[Story, ...]:
    """At most ``most`` approved stories of a source, published at ``not_before`` or later, newest first."""
    with db.read() as conn:
        return tuple(_story(row) for row in conn.execute(_lane(source, most, not_before)))


def for_lanes(db: Database, lanes: Iterable[Lane], now: datetime) -> tuple[Story, ...]:
    """What these lanes read, newest first; of one article in several sources only the one seen first.

    An article is the same where the link is: stories without a link, or of one source, are never merged.
    """
    with db.read() as conn:
        found = {story.id: (story, canonical) for lane in lanes for story, canonical in _read_lane(conn, lane, now)}
    kept = _merged(found.values())
    return tuple(sorted(kept, key=lambda story: (story.published, story.id), reverse=True))


def known_images(db: Database, source: str) -> Mapping[str, str]:
    """Picture address -> media hash for the latest pictures of a source, so that none is fetched twice."""
    pictures = (
        select(stories.c.image_address, stories.c.image)
        .where(stories.c.source == source, stories.c.image.is_not(None))
        .order_by(stories.c.id.desc())
        .limit(_PICTURES_KNOWN)
    )
    with db.read() as conn:
        return dict(conn.execute(pictures).all())


def get(db: Database, id: int) -> Story:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, _ALL.where(stories.c.id == id), id)


def versions(db: Database, id: int) -> tuple[Version, ...]:
    """What the story said before, oldest first; empty where it never changed."""
    past = select(*columns_of(story_versions, Version)).where(story_versions.c.story == id)
    with db.read() as conn:
        rows = conn.execute(past.order_by(story_versions.c.version))
        return tuple(Version(**row._asdict()) for row in rows)


def withdraw(db: Database, id: int, *, actor: str, now: datetime) -> Story:
    """Take it from every board, for good; nothing is written where that was done already. Raises NotFound."""
    return _move(db, id, "withdrawn", act="story.withdraw", actor=actor, now=now)


def approve(db: Database, id: int, *, actor: str, now: datetime) -> Story:
    """Let it air; nothing is written where it may already. Raises NotFound, NotLive where it was withdrawn."""
    return _move(db, id, "approved", act="story.approve", actor=actor, now=now)


def _move(db: Database, id: int, state: StoryState, *, act: str, actor: str, now: datetime) -> Story:
    with db.write() as conn:
        before = _one(conn, _ALL.where(stories.c.id == id).with_for_update(), id)
        if before.state == state:
            return before
        if before.state == "withdrawn":
            raise NotLive(f"Tin số {id} đã bị gỡ")
        after = replace(before, state=state)
        conn.execute(update(stories).where(stories.c.id == id).values(state=state))
        audit.record(conn, actor=actor, act=act, subject=f"story/{id}", before=before, after=after, now=now)
        revision.bump(conn)
        return after


def _lock_source(conn: Connection, slug: str) -> None:
    """One reading of a source at a time, also where a lease was lost and two workers have read it."""
    known = select(sources.c.slug).where(sources.c.slug == slug).with_for_update()
    if conn.execute(known).one_or_none() is None:
        raise NotFound(f"Không có nguồn tin {slug!r}")


def _held(conn: Connection, source: str, identities: Iterable[str]) -> dict[str, tuple[Story, str]]:
    """Identity -> story and the address of its picture, for those of ``identities`` that are held already."""
    wanted = select(*_FIELDS, stories.c.image_address).where(
        stories.c.source == source, stories.c.identity.in_(list(identities))
    )
    rows = conn.execute(wanted.order_by(stories.c.id).with_for_update())
    return {row.identity: (_story(row[:-1]), row.image_address) for row in rows}


def _row(source: Source, entry: Entry, image: str | None, now: datetime) -> dict[str, Any]:
    return _said(entry, edits.picture(entry, image, None, "")) | {
        "source": source.slug,
        "identity": entry.id,
        "published": edits.instant(entry, now),
        "first_seen": now,
        "state": edits.state_for(source),
        "version": 1,
    }


def _said(entry: Entry, image: str | None) -> dict[str, Any]:
    """The columns that hold what the source said."""
    return {
        "title": entry.title,
        "summary": entry.summary,
        "link": entry.link,
        "canonical": edits.article(entry.link),
        "image": image,
        "image_address": entry.image or "",
        "image_alt": entry.image_alt,
        "language": entry.language or "vi",
        "table": entry.table,
    }


def _revise(
    conn: Connection,
    source: Source,
    held: Story,
    address: str,
    entry: Entry,
    images: Mapping[str, str],
    now: datetime,
) -> bool:
    image = edits.picture(entry, images.get(entry.id), held.image, address)
    if held.state == "withdrawn" or not edits.differs(held, entry, image):
        return False
    past = Version(
        held.id,
        held.version,
        held.title,
        held.summary,
        held.link,
        held.image,
        held.table,
        held.state,
        replaced=now,
    )
    conn.execute(insert(story_versions).values(values_of(past)))
    new = _said(entry, image) | {"version": held.version + 1, "state": edits.state_for(source)}
    if entry.published is not None:
        new["published"] = edits.instant(entry, held.first_seen)
    conn.execute(update(stories).where(stories.c.id == held.id).values(new))
    return True


def _lane(source: str, most: int, not_before: datetime) -> Select[Any]:
    return (
        _ALL.where(
            stories.c.source == source,
            stories.c.state == "approved",
            stories.c.published >= not_before,
        )
        .order_by(stories.c.published.desc(), stories.c.id.desc())
        .limit(most)
    )


def _read_lane(conn: Connection, lane: Lane, now: datetime) -> Iterable[tuple[Story, str]]:
    wanted = _lane(lane.source, lane.most, now - timedelta(days=lane.newest_days))
    for row in conn.execute(wanted.add_columns(stories.c.canonical)):
        yield _story(row[:-1]), row.canonical


def _merged(found: Iterable[tuple[Story, str]]) -> list[Story]:
    kept: list[Story] = []
    speaker: dict[str, str] = {}  # canonical link -> the source that had it first
    for story, canonical in sorted(found, key=lambda each: (each[0].first_seen, each[0].id)):
        if not canonical or speaker.setdefault(canonical, story.source) == story.source:
            kept.append(story)
    return kept


def _one(conn: Connection, wanted: Select[Any], id: int) -> Story:
    row = conn.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin số {id}")
    return _story(row)


def _story(row: Row[Any] | Sequence[Any]) -> Story:
    return Story(*row)
