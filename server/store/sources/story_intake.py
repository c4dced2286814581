"""Writes the entries of one fetch of a source as stories and versions, in the transaction of stories.save."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, insert, select, update

from feeds.entry import Entry
from server.core import webhook_events
from server.core.model import Source, Story, StoryState
from server.core.sources.similarity import headline_key
from server.core.webhook_events import Event
from server.store.database.decoding import unreadable
from server.store.database.errors import NotFound
from server.store.notifications import webhooks_outbox
from server.store.sources import story_changes, story_identity
from server.store.sources.story_identity import Duplicate
from server.store.tables import columns_of, sources, stories, story_versions, values_of

_FIELDS = columns_of(stories, Story)
# Keeps an empty ``canonical`` (see forget_addresses) empty while the link stays the same.
_CANONICAL = case(
    (and_(stories.c.canonical == "", stories.c.link == bindparam("link")), ""), else_=bindparam("canonical")
)


@dataclass(frozen=True, slots=True)
class Version:
    """The content and state of a story before a change; ``replaced`` is the time of the change.

    ``story`` is the story's id, ``image`` the hash of its picture.
    """

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
    """Lock the row of a source until the transaction ends, so that two workers do not write its stories at once.

    Two workers may have fetched it if one lost its lease. Raises NotFound.
    """
    known = select(sources.c.slug).where(sources.c.slug == slug).with_for_update(key_share=True)
    if conn.execute(known).one_or_none() is None:
        raise NotFound(f"Không có nguồn tin {slug!r}")


def known_stories(
    conn: Connection, source: str, identities: Iterable[str]
) -> tuple[dict[str, tuple[Story, str]], set[str]]:
    """Lock and read the stories of a source whose ``identity`` (entry id) is one of ``identities``.

    Returns (identity -> (story, URL of its picture), identities whose rows cannot be read).
    """
    wanted = select(*_FIELDS, stories.c.image_address).where(
        stories.c.source == source, stories.c.identity.in_(list(identities))
    )
    rows = conn.execute(wanted.order_by(stories.c.id).with_for_update(key_share=True))
    known: dict[str, tuple[Story, str]] = {}
    damaged: set[str] = set()
    for row in rows:
        values = row._asdict()
        address = values.pop("image_address")
        if unreadable(Story, values):
            damaged.add(row.identity)
        else:
            known[row.identity] = Story(**values), address
    return known, damaged


def distinct(entries: Sequence[Entry], known: Collection[str]) -> dict[str, Entry]:
    """Return entry id -> entry, with only one of several entries that have the same article under different ids.

    That is one whose id is in ``known`` (the stored ids), else the first of them.
    """
    by_article: dict[tuple[str, str, datetime | None], Entry] = {}
    shared = story_changes.shared_addresses(entries)
    for entry in entries:
        link = story_changes.article_key(entry.link)
        published = None if link and link not in shared else entry.published
        key = (headline_key(entry.title), link, published)
        before = by_article.setdefault(key, entry)
        if before.id not in known and entry.id in known:
            by_article[key] = entry
    first: dict[str, Entry] = {}
    for entry in by_article.values():
        first.setdefault(entry.id, entry)
    return first


def adopt_new_ids(
    conn: Connection, source: str, missing: Sequence[Entry], listed: Collection[str], now: datetime
) -> tuple[dict[str, tuple[Story, str]], set[str]]:
    """Store the new entry ids of stories whose id the source has changed; returns them as `known_stories` does.

    The arguments are those of story_identity.match_changed_ids.
    """
    moved = story_identity.match_changed_ids(conn, source, missing, listed, now)
    for id, story in moved.items():
        conn.execute(update(stories).where(stories.c.id == story).values(identity=id))
    return known_stories(conn, source, moved) if moved else ({}, set())


def insert_stories(
    conn: Connection,
    source: Source,
    fresh: Sequence[Entry],
    images: Mapping[str, str],
    duplicates: Mapping[str, Duplicate],
    addressless: Collection[str],
    now: datetime,
) -> None:
    """Insert a story for each entry of ``fresh``, in this order.

    ``images`` maps entry ids to hashes of pictures, ``duplicates`` maps the ids of entries whose article another
    source has to the stored stories of that article. ``addressless`` are ids of entries whose address does not
    identify them; their stories get the ``canonical`` "".
    """
    rows = [_row(source, entry, images.get(entry.id), duplicates.get(entry.id), now) for entry in fresh]
    rows = [row | {"canonical": ""} if row["identity"] in addressless else row for row in rows]
    if not rows:
        return
    conn.execute(insert(stories), rows)
    approved = {str(row["identity"]) for row in rows if row["state"] == "approved"}
    if approved and webhooks_outbox.is_wanted(conn):
        new, _ = known_stories(conn, source.slug, approved)
        events = (webhook_events.of_story(None, story, now) for story, _ in new.values())
        webhooks_outbox.add(conn, [event for some in events for event in some])


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
    """The values of the columns of a story that come from its source."""
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


def forget_addresses(conn: Connection, source: str, identities: Collection[str]) -> None:
    """Set ``canonical`` to "" for the stories with these entry ids, because their address does not identify them."""
    if identities:
        mine = (stories.c.source == source, stories.c.identity.in_(list(identities)), stories.c.canonical != "")
        conn.execute(update(stories).where(*mine).values(canonical=""))


def revise(
    conn: Connection,
    source: Source,
    held: Iterable[tuple[Story, str]],
    entries: Mapping[str, Entry],
    images: Mapping[str, str],
    now: datetime,
) -> int:
    """Write a new version of each story of ``held`` whose entry has changed; returns how many.

    ``held`` are pairs of a stored story and the URL of its picture, ``entries`` the entries by id, ``images`` the
    hashes of pictures by entry id. Uses only two statements, because a fetch may change two hundred stories and an
    urgent notice has to wait for this transaction.
    """
    past, changes = [], []
    events: list[Event] = []
    for story, address in held:
        entry = entries[story.identity]
        image = story_changes.picture(entry, images.get(entry.id), story.image, address)
        if story.state == "withdrawn" or not story_changes.is_changed(story, entry, image):
            continue
        past.append(values_of(_version(story, now)))
        published = (
            story.published if entry.published is None else story_changes.published_at(entry, story.first_seen)
        )
        # A held story stays held, because it may be a duplicate of a withdrawn one: an editor has to approve it.
        state = "held" if story.state == "held" else story_changes.initial_state(source)
        new = _content(entry, image) | {"version": story.version + 1, "state": state}
        changes.append({"key": story.id, **new, "published": published})
        events += webhook_events.of_story(story.state, replace(story, state=state), now)
    webhooks_outbox.add(conn, events)
    if changes:
        conn.execute(insert(story_versions), past)
        rewriting = update(stories).where(stories.c.id == bindparam("key"))
        values: dict[str, ColumnElement[object]] = {name: bindparam(name) for name in changes[0] if name != "key"}
        conn.execute(rewriting.values(values | {"canonical": _CANONICAL}), changes)
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
    """Set ``listed`` of each story of a source: whether its entry id is in ``listed``, the ids of this fetch.

    A story that is not listed any more may have been retracted.
    """
    mine = stories.c.source == source
    present = stories.c.identity.in_(list(listed))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(True), ~present).values(listed=False))
    conn.execute(update(stories).where(mine, stories.c.listed.is_(False), present).values(listed=True))
