"""Reads the stories that boards show; called by server.content.store_snapshot.

A lane is a part of a board's settings: a source, and how many of its stories the board shows up to which age."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, select

from server.core.model import Lane, Story
from server.store.database.decoding import unreadable
from server.store.database.engine import Database
from server.store.tables import columns_of, stories

Lanes = tuple[Lane, ...]
# The class Story without its signature: it is called with the columns of a row, whose types mypy does not know.
_story: Callable[..., Story] = Story
_WITH_KEYS = select(*columns_of(stories, Story), stories.c.canonical, stories.c.same_as)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story with its ``keys``: two stories of different sources that share a key are duplicates."""

    story: Story
    keys: tuple[str, ...]


def for_lanes(db: Database, wanted: Iterable[Lanes], now: datetime) -> Mapping[Lanes, tuple[Story, ...]]:
    """Returns a dict: each item of ``wanted`` -> the approved stories to show in these lanes, newest first.

    An item of ``wanted`` is a tuple of all lanes of a board. A lane that several boards have is read once. Of
    duplicates in several sources, only the story that was stored first is returned, with the slugs of the other
    sources in ``also``. Stories are duplicates if they have the same article address, or were stored as duplicates
    (``same_as``). Stories of one source are never merged.
    """
    read: dict[Lane, tuple[_Candidate, ...]] = {}
    found: dict[Lanes, tuple[Story, ...]] = {}
    with db.read() as conn:
        for lanes in wanted:
            if lanes in found:
                continue
            for lane in lanes:
                if lane not in read:
                    read[lane] = tuple(_read_lane(conn, lane, now))
            by_id = {one.story.id: one for lane in lanes for one in read[lane]}
            found[lanes] = tuple(sorted(_merged(by_id.values()), key=_newest_last, reverse=True))
    return found


def _newest_last(story: Story) -> tuple[datetime, int]:
    return story.published, story.id


def lane_query(lane: Lane, now: datetime) -> Select[*tuple[object, ...]]:
    """The query for the approved stories of one lane, newest first; a test checks that it uses an index."""
    return (
        _WITH_KEYS.where(
            stories.c.source == lane.source,
            stories.c.state == "approved",
            stories.c.published >= now - timedelta(days=lane.newest_days),
        )
        .order_by(stories.c.published.desc(), stories.c.id.desc())
        .limit(lane.most)
    )


def _read_lane(conn: Connection, lane: Lane, now: datetime) -> Iterable[_Candidate]:
    for row in conn.execute(lane_query(lane, now)):
        if unreadable(Story, row._asdict()):
            continue
        story = _story(*row[:-2])
        keys = f"story {row.same_as or story.id}", row.canonical and f"article {row.canonical}"
        yield _Candidate(story, tuple(filter(None, keys)))


def _merged(candidates: Iterable[_Candidate]) -> list[Story]:
    """The story of each group of duplicates that was stored first; ``also`` holds the slugs of the other sources."""
    kept: dict[int, Story] = {}
    first_by_key: dict[str, Story] = {}
    for candidate in sorted(candidates, key=lambda each: (each.story.first_seen, each.story.id)):
        story = candidate.story
        first = next((first_by_key[key] for key in candidate.keys if key in first_by_key), story)
        for key in candidate.keys:
            first_by_key.setdefault(key, first)
        if first.source == story.source:
            kept[story.id] = story
        elif story.source not in kept[first.id].also:
            kept[first.id] = replace(kept[first.id], also=(*kept[first.id].also, story.source))
    return list(kept.values())
