"""Stories with their versions, approval and withdrawal; called by worker.harvest, live.rotation and the desk.

What boards show is read by story_lanes; lists for the harvest and the desk are in story_queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, false, or_, select, update

from feeds.entry import Entry
from server.core.model import Source, Story
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive
from server.store.sources import story_identity, story_intake
from server.store.sources.story_intake import Version
from server.store.tables import columns_of, stories, story_versions

_ALL = select(*columns_of(stories, Story))


@dataclass(frozen=True, slots=True)
class Saved:
    """How many entries of one reading were new, changed or unchanged (withdrawn ones count as unchanged)."""

    new: int
    changed: int
    unchanged: int


def save(
    db: Database, source: Source, entries: Sequence[Entry], *, images: Mapping[str, str], now: datetime
) -> Saved:
    """Store one reading, newest entry first; ``images`` maps an entry's id to the hash of its stored picture.

    A story is one identity within its source. A real change (story_changes.is_changed) makes a new version, which
    waits for an editor if the source's trust is ``hold``; the old version goes to the history. A story that waits
    keeps waiting when it changes. A withdrawn story stays withdrawn whatever the source says. Of entries that share
    an id the first one counts. A story whose id changed is found by its address, or by its headline and day
    (story_identity). An article that another source has too is one story, and waits for an editor if it was
    withdrawn there. The revision grows only if something is new or changed. Raises NotFound for an unknown source.
    """
    originals = story_identity.originals(db, source.slug, entries, now)
    with db.write() as conn:
        story_intake.lock_source(conn, source.slug)
        duplicates = story_identity.duplicates(conn, originals)
        known = story_intake.known_stories(conn, source.slug, {entry.id for entry in entries})
        first = story_intake.distinct(entries, known)
        held = {id: found for id, found in known.items() if id in first}
        missing = [entry for id, entry in first.items() if id not in held]
        held |= story_intake.adopt_new_ids(conn, source.slug, missing, first, now)
        # Oldest first, so that undated entries of one reading keep the source's order by their ids.
        fresh = [entry for entry in reversed(first.values()) if entry.id not in held]
        story_intake.insert_stories(conn, source, fresh, images, duplicates, now)
        changed = story_intake.revise(conn, source, held.values(), first, images, now)
        story_intake.mark_listed(conn, source.slug, first)
        if fresh or changed:
            revision.bump(conn, revision.stories_scope(source.slug))
    return Saved(len(fresh), changed, len(held) - changed)


def get(db: Database, id: int) -> Story:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def versions(db: Database, id: int) -> tuple[Version, ...]:
    """Past versions of a story, oldest first; empty if it never changed."""
    past = select(*columns_of(story_versions, Version)).where(story_versions.c.story == id)
    with db.read() as conn:
        rows = conn.execute(past.order_by(story_versions.c.version))
        return tuple(Version(**row._asdict()) for row in rows)


def withdraw(db: Database, id: int, *, actor: str, now: datetime, everywhere: bool = True) -> Story:
    """Remove a story from every board for good, with its duplicates in other sources.

    Without ``everywhere`` only duplicates with the same article address are withdrawn. Writes nothing for stories
    that are withdrawn already. Raises NotFound.
    """
    with db.write() as conn:
        story = _one(conn, id, lock=True)
        for one in _duplicates(conn, id, everywhere=everywhere):
            _change_state(conn, "story.withdraw", one, replace(one, state="withdrawn"), actor, now)
        if story.state == "withdrawn":
            return story
        return _change_state(conn, "story.withdraw", story, replace(story, state="withdrawn"), actor, now)


def _duplicates(conn: Connection, id: int, *, everywhere: bool) -> list[Story]:
    """Other stories of the same article, and with ``everywhere`` the same headline, that are not withdrawn."""
    mine = conn.execute(select(stories.c.canonical, stories.c.same_as).where(stories.c.id == id)).one()
    original = mine.same_as or id
    same: list[ColumnElement[bool]] = [stories.c.canonical == mine.canonical] if mine.canonical else []
    if everywhere:
        same += [stories.c.id == original, stories.c.same_as == original]
    others = _ALL.where(stories.c.id != id, stories.c.state != "withdrawn", or_(false(), *same))
    return [Story(*row) for row in conn.execute(others.order_by(stories.c.id).with_for_update())]


def approve(db: Database, id: int, *, actor: str, now: datetime, version: int | None = None) -> Story:
    """Let a story air; writes nothing if it is approved already.

    ``version`` is the version that the actor read. Raises NotFound, NotLive if it was withdrawn, Conflict if another
    version waits now.
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
    revision.bump(conn, revision.stories_scope(after.source))
    return after


def _one(conn: Connection, id: int, *, lock: bool = False) -> Story:
    wanted = _ALL.where(stories.c.id == id)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin số {id}")
    return Story(*row)
