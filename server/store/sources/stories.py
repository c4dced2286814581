"""Stores stories with their versions, approves and withdraws them; called by worker.harvest, live.rotation and desk.

The stories that boards show are read by story_lanes; lists for the worker and the desk are in story_queries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, update

from feeds.entry import Entry
from server.core import webhook_events
from server.core.model import Source, Story
from server.store.audit import audit
from server.store.database import revision
from server.store.database.chunks import chunks
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive
from server.store.database.forgetting import delete_where
from server.store.database.locks import retry_on_deadlock
from server.store.notifications import webhooks_outbox
from server.store.sources import story_changes, story_identity, story_intake
from server.store.sources.story_intake import Version
from server.store.tables import columns_of, stories, story_versions

_ALL = select(*columns_of(stories, Story))


@dataclass(frozen=True, slots=True)
class Saved:
    """How many entries of one fetch of a source were new, changed or unchanged.

    Entries of withdrawn stories count as unchanged.
    """

    new: int
    changed: int
    unchanged: int


@retry_on_deadlock
def save(
    db: Database, source: Source, entries: Sequence[Entry], *, images: Mapping[str, str], now: datetime
) -> Saved:
    """Store the entries of one fetch of a source, which are ordered newest first.

    ``images`` maps an entry's id to the hash of its stored picture. Raises NotFound for an unknown source.

    - A stored story is recognised by its entry's id; if the id has changed, by its address, or by its headline and
      day (story_identity). Of entries that share an id, the first one counts. An address that several entries share
      identifies none of them.
    - A change of the content (story_changes.is_changed) makes a new version; the old one goes to the history. The new
      version waits for an editor if the source's trust is ``hold``, or the story was waiting already.
    - A withdrawn story stays withdrawn, whatever the source says.
    - If another source has the same article, the new story is stored as a duplicate of that one, and waits for an
      editor if that one was withdrawn. Stories that contradict each other (places, days, numbers) are no duplicates.
    - The revision grows only if something is new or changed.
    """
    found = story_identity.recognise(db, source.slug, entries, now)
    shared = story_changes.shared_addresses(entries)
    with db.write() as conn:
        story_intake.lock_source(conn, source.slug)
        duplicates = story_identity.duplicates(conn, found.originals)
        known, damaged = story_intake.known_stories(conn, source.slug, {entry.id for entry in entries})
        first = story_intake.distinct([entry for entry in entries if entry.id not in damaged], known)
        held = {id: found for id, found in known.items() if id in first}
        missing = [entry for id, entry in first.items() if id not in held]
        adopted, unread = story_intake.adopt_new_ids(conn, source.slug, missing, first, now)
        held |= adopted
        # Insert the oldest first, so that the ids of undated entries keep the order of the source.
        fresh = [entry for entry in reversed(first.values()) if entry.id not in {*held, *unread}]
        addressless = found.contradicting | {
            entry.id for entry in entries if story_changes.article_key(entry.link) in shared
        }
        story_intake.insert_stories(conn, source, fresh, images, duplicates, addressless, now)
        changed = story_intake.revise(conn, source, held.values(), first, images, now)
        story_intake.forget_addresses(conn, source.slug, addressless)
        story_identity.separate(conn, found.separated)
        story_intake.mark_listed(conn, source.slug, first)
        if fresh or changed:
            revision.bump(conn, revision.stories_scope(source.slug))
    return Saved(len(fresh), changed, len(held) - changed)


def get(db: Database, id: int) -> Story:
    """The story with this id. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def versions(db: Database, id: int) -> tuple[Version, ...]:
    """The past versions of a story, oldest first; () if it never changed."""
    past = select(*columns_of(story_versions, Version)).where(story_versions.c.story == id)
    with db.read() as conn:
        rows = conn.execute(past.order_by(story_versions.c.version))
        return as_values(Version, rows)


def last_changes(db: Database, ids: Collection[int]) -> Mapping[int, datetime]:
    """Return id of each story of ``ids`` whose text was ever changed -> when that was last."""
    past, found = story_versions.c, dict[int, datetime]()
    with db.read() as conn:
        for some in chunks(sorted(ids)):
            last = select(past.story, func.max(past.replaced)).where(past.story.in_(some)).group_by(past.story)
            found.update({story: at for story, at in conn.execute(last) if isinstance(at, datetime)})
    return found


def withdraw(
    db: Database, id: int, *, actor: str, now: datetime, everywhere: bool = True, version: int | None = None
) -> Story:
    """Withdraw a story and its duplicates in other sources, so that no board ever shows them again.

    If ``everywhere`` is False, only duplicates with the same article address are withdrawn. Nothing is written for
    stories that are withdrawn already. ``version`` is the version that the actor read, None for no check. Raises
    NotFound, Conflict if the story has another version now.
    """
    with db.write() as conn:
        story = _one(conn, id, lock=True)
        if version is not None and story.version != version:
            raise Conflict(f"Nguồn vừa sửa tin số {id}", story)
        for one in _duplicates(conn, id, everywhere=everywhere):
            _change_state(conn, "story.withdraw", one, replace(one, state="withdrawn"), actor, now)
        if story.state == "withdrawn":
            return story
        return _change_state(conn, "story.withdraw", story, replace(story, state="withdrawn"), actor, now)


def _duplicates(conn: Connection, id: int, *, everywhere: bool) -> list[Story]:
    """Return other stories with the same article address as story ``id`` that are not withdrawn.

    With ``everywhere`` also those that were stored as duplicates of the same article (``same_as``).
    """
    mine = conn.execute(select(stories.c.canonical, stories.c.same_as).where(stories.c.id == id)).one()
    original = mine.same_as or id
    same: list[ColumnElement[bool]] = [stories.c.canonical == mine.canonical] if mine.canonical else []
    if everywhere:
        same += [stories.c.id == original, stories.c.same_as == original]
    others = _ALL.where(stories.c.id != id, stories.c.state != "withdrawn", or_(false(), *same))
    return list(as_values(Story, conn.execute(others.order_by(stories.c.id).with_for_update(key_share=True))))


def approve(db: Database, id: int, *, actor: str, now: datetime, version: int | None = None) -> Story:
    """Approve a story, so that boards may show it; writes nothing if it is approved already.

    ``version`` is the version that the actor read, None for no check. Raises NotFound, NotLive if the story is
    withdrawn, Conflict if it has another version now.
    """
    with db.write() as conn:
        before = _one(conn, id, lock=True)
        if before.state == "approved":
            return before
        if before.state == "withdrawn":
            raise NotLive(f"Tin số {id} đã bị gỡ")
        if version is not None and before.version != version:
            raise Conflict(f"Nguồn vừa sửa tin số {id}", before)
        return _change_state(conn, "story.approve", before, replace(before, state="approved"), actor, now)


def _change_state(conn: Connection, act: str, before: Story, after: Story, actor: str, now: datetime) -> Story:
    conn.execute(update(stories).where(stories.c.id == before.id).values(state=after.state))
    audit.record(conn, actor=actor, act=act, subject=f"story/{before.id}", before=before, after=after, now=now)
    webhooks_outbox.add(conn, webhook_events.of_story(before.state, after, now))
    revision.bump(conn, revision.stories_scope(after.source))
    return after


def _one(conn: Connection, id: int, *, lock: bool = False) -> Story:
    wanted = _ALL.where(stories.c.id == id)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin số {id}")
    return as_value(Story, row)


def forget_versions(db: Database, *, before: datetime) -> int:
    """Delete past versions of stories that were replaced before ``before``; returns how many."""
    return delete_where(db, story_versions, story_versions.c.replaced < before)
