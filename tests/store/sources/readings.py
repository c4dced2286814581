"""Saves readings of the sources of `tests.cast` and reads what boards then show; used by the tests of stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from feeds.entry import Entry
from server.core.model import Lane, Source, Story
from server.store.database.engine import Database
from server.store.sources import stories, story_lanes
from server.store.sources.stories import Saved
from tests.cast import DAY, NOW, TIN_TINH

LONG_AGO = NOW - 365 * DAY


def save(
    db: Database,
    *entries: Entry,
    source: Source = TIN_TINH,
    images: Mapping[str, str] | None = None,
    after: timedelta = timedelta(0),
) -> Saved:
    """Saves ``entries`` as one reading of ``source`` at ``NOW + after``; ``images``: entry id -> picture hash."""
    return stories.save(db, source, entries, images=images or {}, now=NOW + after)


def newest(db: Database, source: str = "tin-tinh", most: int = 50) -> tuple[Story, ...]:
    """The approved stories of a source from the last year, newest first, at most ``most``."""
    return read_by(db, Lane(source, most, newest_days=365))


def only(db: Database, source: str = "tin-tinh") -> Story:
    """The approved story of a source that has exactly one."""
    (found,) = newest(db, source)
    return found


def lanes(db: Database, *wanted: Lane) -> list[tuple[str, str]]:
    """The stories that a board with these lanes shows, as (source, identity)."""
    return [(story.source, story.identity) for story in read_by(db, *wanted)]


def read_by(db: Database, *wanted: Lane) -> tuple[Story, ...]:
    """The stories that a board with these lanes shows."""
    return story_lanes.for_lanes(db, [wanted], NOW)[wanted]
