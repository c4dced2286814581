"""Writes the entries of one reading as stories and versions; called by stories.save, in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from feeds.entry import Entry
from server.core.model import Source, Story, StoryState
from server.core.sources.similarity import headline_key
from server.store.database.errors import NotFound
from server.store.sources import story_changes, story_identity
from server.store.sources.story_identity import Duplicate
from server.store.tables import columns_of, sources, stories, story_versions, values_of

_FIELDS = columns_of(stories, Story)


@dataclass(frozen=True, slots=True)
class Version:
    """The content of a story before a change, and the state it was in; ``replaced`` is when it changed."""

    story: int
    version: int
    title: str
    summary: str
    link: str
    image: str | None
    table: tuple[tuple[str, ...], ...]
    state: StoryState
    replaced: datetime


def lock_source(conn: Connection, slug: str) -> None:
    """Let one reading of a source be written at a time: after a lost lease two workers may have read it.

    Raises NotFound.
    """
    known = select(sources.c.slug).where(sources.c.slug == slug).with_for_update()
    if conn.execute(known).one_or_none() is None:
        raise NotFound(f"Không có nguồn tin {slug!r}")


def known_stories(conn: Connection, source: str, identities: Iterable[str]) -> dict[str, tuple[Story, str]]:
    """Identity -> stored story and the address of its picture, for those of ``identities`` that are stored."""
    wanted = select(*_FIELDS, stories.c.image_address).where(
        stories.c.source == source, stories.c.identity.in_(list(identities))
    )
    rows = conn.execute(wanted.order_by(stories.c.id).with_for_update())
    return {row.identity: (Story(*row[:-1]), row.image_address) for row in rows}


def distinct(entries: Sequence[Entry], known: Collection[str]) -> dict[str, Entry]:
    """Entry by id, without entries that repeat an article under another id; an id in ``known`` is preferred."""
    by_article: dict[tuple[str, str, datetime | None], Entry] = {}
    for entry in entries:
        published = None if entry.link else entry.published
        key = (headline_key(entry.title), story_changes.article_key(entry.link), published)
        before = by_article.setdefault(key, entry)
        if before.id not in known and entry.id in known:
            by_article[key] = entry
    first: dict[str, Entry] = {}
    for entry in by_article.values():
        first.setdefault(entry.id, entry)
    return first


def adopt_new_ids(
    conn: Connection, source: str, missing: Sequence[Entry], listed: Collection[str], now: datetime
) -> dict[str, tuple[Story, str]]:
    """Give stored stories the new ids that the source uses for them now; returns them as ``known_stories`` does."""
    moved = story_identity.match_changed_ids(conn, source, missing, listed, now)
    for id, story in moved.items():
        conn.execute(update(stories).where(stories.c.id == story).values(identity=id))
    return known_stories(conn, source, moved) if moved else {}


def insert_stories(
    conn: Connection,
    source: Source,
    fresh: Sequence[Entry],
    images: Mapping[str, str],
    duplicates: Mapping[str, Duplicate],
    now: datetime,
) -> None:
    """Insert a first version of each entry, in this order."""
    rows = [_row(source, entry, images.get(entry.id), duplicates.get(entry.id), now) for entry in fresh]
    if rows:
        conn.execute(insert(stories), rows)


def _row(
    source: Source, entry: Entry, image: str | None, duplicate: Duplicate | None, now: datetime
) -> dict[str, object]:
    return _content(entry, story_changes.picture(entry, image, None, "")) | {
        "source": source.slug,
        "identity": entry.id,
        "published": story_changes.published_at(entry, now),
        "first_seen": now,
        "state": "held" if duplicate is not None and duplicate.withdrawn else story_changes.initial_state(source),
        "version": 1,
        "same_as": duplicate.original if duplicate is not None else None,
    }


def _content(entry: Entry, image: str | None) -> dict[str, object]:
    """The columns that hold the source's content."""
    return {
        "title": entry.title,
        "summary": entry.summary,
        "link": entry.link,
        "canonical": story_changes.article_key(entry.link),
        "image": image,
        "image_address": entry.image or "",
        "image_alt": entry.image_alt,
        "language": entry.language or "vi",
        "table": entry.table,
    }


def revise(
    conn: Connection,
    source: Source,
    held: Iterable[tuple[Story, str]],
    entries: Mapping[str, Entry],
    images: Mapping[str, str],
    now: datetime,
) -> int:
    """Write a new version of each story of ``held`` whose entry has changed; returns how many.

    Two statements in all: a reading may change two hundred stories, and an urgent notice waits for this transaction.
    """
    past, changes = [], []
    for story, address in held:
        entry = entries[story.identity]
        image = story_changes.picture(entry, images.get(entry.id), story.image, address)
        if story.state == "withdrawn" or not story_changes.is_changed(story, entry, image):
            continue
        past.append(values_of(_version(story, now)))
        published = (
            story.published if entry.published is None else story_changes.published_at(entry, story.first_seen)
        )
        # A held story may duplicate a withdrawn one: new content does not replace the editor's approval.
        state = "held" if story.state == "held" else story_changes.initial_state(source)
        new = _content(entry, image) | {"version": story.version + 1, "state": state}
        changes.append({"key": story.id, **new, "published": published})
    if changes:
        conn.execute(insert(story_versions), past)
        rewriting = update(stories).where(stories.c.id == bindparam("key"))
        conn.execute(rewriting.values({name: bindparam(name) for name in changes[0] if name != "key"}), changes)
    return len(changes)


def _version(story: Story, now: datetime) -> Version:
    return Version(
        story.id,
        story.version,
        story.title,
        story.summary,
        story.link,
        story.image,
        story.table,
        story.state,
        replaced=now,
    )


def mark_listed(conn: Connection, source: str, listed: Collection[str]) -> None:
    """Store which stories the source still lists: one that left the list may have been retracted."""
    mine = stories.c.source == source
    present = stories.c.identity.in_(list(listed))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(True), ~present).values(listed=False))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(False), present).values(listed=True))
