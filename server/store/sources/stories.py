"""Stories: entries that were read, with versions, approval and withdrawal; called by harvest, director and desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    false,
    insert,
    or_,
    select,
    update,
)

from feeds.entry import Entry
from server.core.model import Lane, Source, Story, StoryState
from server.core.sources.similarity import headline_key
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive
from server.store.sources import story_changes, story_identity
from server.store.tables import columns_of, sources, stories, story_versions, values_of

_FIELDS = columns_of(stories, Story)
_ALL = select(*_FIELDS)
Lanes = tuple[Lane, ...]
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
    story stays withdrawn whatever the source says. Of entries that share an id the first one counts; a story whose
    id changed is known by its address, or by its headline and day (store/identity.py). What another source tells
    too is one story, and waits for an editor where it was withdrawn there; what waits goes on waiting under new
    words. The revision grows only where something is new or changed. Raises NotFound for an unknown source.
    """
    roots = story_identity.roots(db, source.slug, entries, now)
    with db.write() as conn:
        _lock_source(conn, source.slug)
        duplicates = story_identity.duplicates(conn, roots)
        known = _held(conn, source.slug, {entry.id for entry in entries})
        first = _distinct(entries, known)
        held = {id: found for id, found in known.items() if id in first}
        held |= _under_new_ids(
            conn, source.slug, [entry for id, entry in first.items() if id not in held], first, now
        )
        # Oldest first, so that undated entries of one reading keep the source's order by their ids.
        fresh = [
            _row(source, entry, images.get(entry.id), duplicates.get(entry.id), now)
            for entry in reversed(first.values())
            if entry.id not in held
        ]
        if fresh:
            conn.execute(insert(stories), fresh)
        changed = _revise(conn, source, held.values(), first, images, now)
        _mark_listed(conn, source.slug, first)
        if fresh or changed:
            revision.bump(conn, revision.stories_scope(source.slug))
    return Saved(len(fresh), changed, len(held) - changed)


def _distinct(entries: Sequence[Entry], known: Collection[str]) -> dict[str, Entry]:
    """One entry for each piece of news: listed twice under two ids it is one, and the id that is held counts."""
    by_news: dict[tuple[str, str, datetime | None], Entry] = {}
    for entry in entries:
        news = (headline_key(entry.title), story_changes.article(entry.link), None if entry.link else entry.published)
        before = by_news.setdefault(news, entry)
        if before.id not in known and entry.id in known:
            by_news[news] = entry
    first: dict[str, Entry] = {}
    for entry in by_news.values():
        first.setdefault(entry.id, entry)
    return first


def _under_new_ids(
    conn: Connection, source: str, missing: Sequence[Entry], listed: Collection[str], now: datetime
) -> dict[str, tuple[Story, str]]:
    moved = story_identity.renamed(conn, source, missing, listed, now)
    for id, story in moved.items():
        conn.execute(update(stories).where(stories.c.id == story).values(identity=id))
    return _held(conn, source, moved) if moved else {}


def _mark_listed(conn: Connection, source: str, listed: Collection[str]) -> None:
    """Remember which stories the source still names: one that left the list may have been taken back."""
    mine = stories.c.source == source
    there = stories.c.identity.in_(list(listed))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(True), ~there).values(listed=False))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(False), there).values(listed=True))


def newest(db: Database, source: str, *, most: int, not_before: datetime) -> tuple[Story, ...]:
    """At most ``most`` approved stories of a source, published at ``not_before`` or later, newest first."""
    with db.read() as conn:
        return tuple(_story(row) for row in conn.execute(_lane(source, most, not_before)))


def for_lanes(db: Database, wanted: Iterable[Lanes], now: datetime) -> Mapping[Lanes, tuple[Story, ...]]:
    """What these lanes read, newest first; of one story in several sources only the one seen first, naming them all.

    ``wanted`` are the lanes of a board each; a lane that several boards have is read once. A story is the same
    where the address of its article is, or where it was found to be when it came in. Stories of one source are
    never merged.
    """
    read: dict[Lane, tuple[_Held, ...]] = {}
    found: dict[Lanes, tuple[Story, ...]] = {}
    with db.read() as conn:
        for lanes in wanted:
            if lanes in found:
                continue
            for lane in lanes:
                if lane not in read:
                    read[lane] = tuple(_read_lane(conn, lane, now))
            of_all = {held.story.id: held for lane in lanes for held in read[lane]}
            found[lanes] = tuple(sorted(_merged(of_all.values()), key=_newest_last, reverse=True))
    return found


def _newest_last(story: Story) -> tuple[datetime, int]:
    return story.published, story.id


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


def withdraw(db: Database, id: int, *, actor: str, now: datetime, everywhere: bool = True) -> Story:
    """Take it from every board, for good, with all that tell the same story; not ``everywhere``: that article alone.

    Nothing is written where that was done already. Raises NotFound.
    """
    with db.write() as conn:
        story = _one(conn, _ALL.where(stories.c.id == id).with_for_update(), id)
        for one in _alike(conn, id, everywhere=everywhere):
            _end(conn, one, actor, now)
        if story.state == "withdrawn":
            return story
        return _end(conn, story, actor, now)


def _alike(conn: Connection, id: int, *, everywhere: bool) -> list[Story]:
    """The other stories of the same article, and with ``everywhere`` of the same headline, that are not withdrawn."""
    mine = conn.execute(select(stories.c.canonical, stories.c.same_as).where(stories.c.id == id)).one()
    root = mine.same_as or id
    same = [stories.c.canonical == mine.canonical] if mine.canonical else []
    if everywhere:
        same += [stories.c.id == root, stories.c.same_as == root]
    others = _ALL.where(stories.c.id != id, stories.c.state != "withdrawn", or_(false(), *same))
    return [_story(row) for row in conn.execute(others.order_by(stories.c.id).with_for_update())]


def _end(conn: Connection, before: Story, actor: str, now: datetime) -> Story:
    after = replace(before, state="withdrawn")
    conn.execute(update(stories).where(stories.c.id == before.id).values(state="withdrawn"))
    audit.record(
        conn, actor=actor, act="story.withdraw", subject=f"story/{before.id}", before=before, after=after, now=now
    )
    revision.bump(conn, revision.stories_scope(after.source))
    return after


def approve(db: Database, id: int, *, actor: str, now: datetime, version: int | None = None) -> Story:
    """Let it air; nothing is written where it may already.

    ``version`` is the one that was read. Raises NotFound, NotLive where it was withdrawn, Conflict where another
    version waits by now.
    """
    with db.write() as conn:
        before = _one(conn, _ALL.where(stories.c.id == id).with_for_update(), id)
        if before.state == "approved":
            return before
        if before.state == "withdrawn":
            raise NotLive(f"Tin số {id} đã bị gỡ")
        if version is not None and before.version != version:
            raise Conflict(f"Nguồn vừa sửa tin số {id}", before)
        after = replace(before, state="approved")
        conn.execute(update(stories).where(stories.c.id == id).values(state="approved"))
        audit.record(
            conn, actor=actor, act="story.approve", subject=f"story/{id}", before=before, after=after, now=now
        )
        revision.bump(conn, revision.stories_scope(after.source))
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


def _row(
    source: Source, entry: Entry, image: str | None, duplicate: story_identity.Duplicate | None, now: datetime
) -> dict[str, Any]:
    return _said(entry, story_changes.picture(entry, image, None, "")) | {
        "source": source.slug,
        "identity": entry.id,
        "published": story_changes.instant(entry, now),
        "first_seen": now,
        "state": "held" if duplicate is not None and duplicate.withdrawn else story_changes.state_for(source),
        "version": 1,
        "same_as": duplicate.root if duplicate is not None else None,
    }


def _said(entry: Entry, image: str | None) -> dict[str, Any]:
    """The columns that hold what the source said."""
    return {
        "title": entry.title,
        "summary": entry.summary,
        "link": entry.link,
        "canonical": story_changes.article(entry.link),
        "image": image,
        "image_address": entry.image or "",
        "image_alt": entry.image_alt,
        "language": entry.language or "vi",
        "table": entry.table,
    }


def _revise(
    conn: Connection,
    source: Source,
    held: Iterable[tuple[Story, str]],
    said: Mapping[str, Entry],
    images: Mapping[str, str],
    now: datetime,
) -> int:
    """Writes a new version of each that says something else now, in two statements: how many those are.

    A reading may change two hundred at once, and an urgent notice waits until the writing is done.
    """
    past, changes = [], []
    for story, address in held:
        entry = said[story.identity]
        image = story_changes.picture(entry, images.get(entry.id), story.image, address)
        if story.state == "withdrawn" or not story_changes.differs(story, entry, image):
            continue
        past.append(values_of(_version(story, now)))
        published = story.published if entry.published is None else story_changes.instant(entry, story.first_seen)
        # What waits may be the twin of a story that was withdrawn: other words do not answer for the editor.
        state = "held" if story.state == "held" else story_changes.state_for(source)
        new = _said(entry, image) | {"version": story.version + 1, "state": state}
        changes.append({"key": story.id, **new, "published": published})
    if changes:
        conn.execute(insert(story_versions), past)
        rewriting = update(stories).where(stories.c.id == bindparam("key"))
        conn.execute(rewriting.values({name: bindparam(name) for name in changes[0] if name != "key"}), changes)
    return len(changes)


def _version(held: Story, now: datetime) -> Version:
    return Version(
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


@dataclass(frozen=True, slots=True)
class _Held:
    """A story, and by what it is known to be the same as others of other sources."""

    story: Story
    keys: tuple[str, ...]


def _read_lane(conn: Connection, lane: Lane, now: datetime) -> Iterable[_Held]:
    wanted = _lane(lane.source, lane.most, now - timedelta(days=lane.newest_days))
    for row in conn.execute(wanted.add_columns(stories.c.canonical, stories.c.same_as)):
        story = _story(row[:-2])
        keys = f"story {row.same_as or story.id}", row.canonical and f"article {row.canonical}"
        yield _Held(story, tuple(filter(None, keys)))


def _merged(found: Iterable[_Held]) -> list[Story]:
    """Each story once, told by the source that had it first; ``also`` names the others, in the order they came."""
    kept: dict[int, Story] = {}
    speaker: dict[str, Story] = {}
    for held in sorted(found, key=lambda each: (each.story.first_seen, each.story.id)):
        story = held.story
        first = next((speaker[key] for key in held.keys if key in speaker), story)
        for key in held.keys:
            speaker.setdefault(key, first)
        if first.source == story.source:
            kept[story.id] = story
        elif story.source not in kept[first.id].also:
            kept[first.id] = replace(kept[first.id], also=(*kept[first.id].also, story.source))
    return list(kept.values())


def _one(conn: Connection, wanted: Select[Any], id: int) -> Story:
    row = conn.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin số {id}")
    return _story(row)


def _story(row: Row[Any] | Sequence[Any]) -> Story:
    return Story(*row)
