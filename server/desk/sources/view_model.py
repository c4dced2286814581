"""What the sources' pages show: the health of each source, the stories that wait, lists in OPML; called by views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import abort

from feeds.formats.opml import Outline
from server.core.model import Source, SourceState, Story
from server.core.sources.health import Health, health
from server.core.sources.naming import new_source
from server.desk.sources.access import approvable_sources, area_of
from server.desk.web.context import desk
from server.store.sources import sources, stories, story_queries
from server.store.sources.story_intake import Version

_WORST_FIRST = ("failing", "gone", "watch", "new", "well")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with what the worker knows of it and its health."""

    source: Source
    state: SourceState
    health: Health


@dataclass(frozen=True, slots=True)
class HeldStory:
    """A story that waits for approval; ``before`` is its last version if the source has edited it."""

    story: Story
    source: Source
    before: Version | None


def source_rows() -> list[SourceRow]:
    """The sources that the signed-in person may see, those in the worst condition first."""
    now, states = desk.now(), {state.slug: state for state in sources.states(desk.db)}
    daily = story_queries.per_day(desk.db, now)
    found = [
        SourceRow(one, states[one.slug], health(one, states[one.slug], now, daily.get(one.slug, 0.0)))
        for one in sources.all(desk.db)
        if desk.may("source.view", area_of(one)) and one.slug in states
    ]
    return sorted(found, key=lambda row: _WORST_FIRST.index(row.health.condition))


def source_row(source: Source) -> SourceRow:
    """404 if the source was removed meanwhile."""
    now = desk.now()
    state = next((state for state in sources.states(desk.db) if state.slug == source.slug), None)
    if state is None:
        abort(404)
    daily = story_queries.per_day(desk.db, now, source=source.slug)
    return SourceRow(source, state, health(source, state, now, daily.get(source.slug, 0.0)))


def held_stories(*, after: Story | None, most: int) -> list[HeldStory]:
    """At most ``most`` stories that the signed-in person may approve, oldest first, starting after ``after``."""
    known = approvable_sources()
    found = []
    for story in story_queries.waiting(desk.db, known, after=after, most=most):
        # Most stories are at their first version: the others alone are worth a query.
        past = stories.versions(desk.db, story.id) if story.version > 1 else ()
        found.append(HeldStory(story, known[story.source], past[-1] if past else None))
    return found


def count_held() -> int:
    """How many stories the signed-in person may approve."""
    return story_queries.count_waiting(desk.db, approvable_sources())


def outlines() -> list[Outline]:
    """The feeds that the signed-in person may see, grouped by area, for an OPML file."""
    tree = desk.tree()
    made = []
    for source in sources.all(desk.db):
        area = area_of(source)
        if "://" in source.url and area is not None and desk.may("source.view", area):
            made.append(Outline(source.name, source.url, groups=(tree.get(area).name,)))
    return made


def unknown_sources(found: Iterable[Outline], area: str) -> list[Source]:
    """New sources of ``area``, not yet stored, for the addresses that no source has.

    The stories of each will wait for approval.
    """
    known = sources.all(desk.db)
    addresses, slugs = {one.url for one in known}, {one.slug for one in known}
    made: list[Source] = []
    for outline in found:
        if outline.address not in addresses:
            made.append(replace(new_source(outline.title, outline.address, slugs, desk.config.timezone), area=area))
            slugs.add(made[-1].slug)
    return made
