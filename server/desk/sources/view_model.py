"""Prepares data for the pages of sources: their health, stories that wait, entries for OPML; called by views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort

from feeds.formats.opml import Outline
from server.core.model import Source, SourceState, Story
from server.core.sources.health import Health, health
from server.desk.sources.access import approvable_sources, area_of
from server.desk.sources.story_previews import StoryPreview, boards_of, first_page, with_others
from server.desk.web.context import desk
from server.desk.web.names import board_name
from server.store.boards import boards
from server.store.sources import sources, stories, story_queries
from server.store.sources.story_intake import Version

MOST_STORIES = 40
"""How many stories a page of a list shows."""
_WORST_FIRST = ("failing", "gone", "watch", "new", "well")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as a row of the list: its stored state, its health, and the names of the boards that show it.

    The boards may belong to any area, even to one in which the user has no right.
    """

    source: Source
    state: SourceState
    health: Health
    boards: tuple[str, ...]

    @property
    def board_names(self) -> tuple[str, ...]:
        """The names of the boards, read only by pages that show them."""
        return tuple(map(board_name, self.boards))


@dataclass(frozen=True, slots=True)
class HeldStory:
    """A story that waits for approval.

    ``before`` is its previous version, None if the source has never edited it. ``previews`` holds its first page as a
    board would show it; empty if it cannot be drawn.
    """

    story: Story
    source: Source
    before: Version | None
    previews: list[StoryPreview]


def source_rows() -> list[SourceRow]:
    """Returns the rows of the sources that the signed-in person may see, those in the worst condition first."""
    now, states = desk.now(), {state.slug: state for state in sources.states(desk.db)}
    daily, shown = story_queries.per_day(desk.db, now), _boards_by_source()
    found = [
        SourceRow(
            one,
            states[one.slug],
            health(one, states[one.slug], now, daily.get(one.slug, 0.0)),
            tuple(shown.get(one.slug, ())),
        )
        for one in desk.every_source()
        if desk.may("source.view", area_of(one)) and one.slug in states
    ]
    return sorted(found, key=lambda row: (_WORST_FIRST.index(row.health.condition), bool(row.boards)))


def _boards_by_source() -> dict[str, list[str]]:
    """Returns slug of a source -> the slugs of the boards that show it."""
    found: dict[str, list[str]] = {}
    for board in boards.lanes(desk.db):
        for lane in board.lanes:
            found.setdefault(lane.source, []).append(board.slug)
    return found


def source_row(source: Source) -> SourceRow:
    """Returns the row of one source; answers 404 if the source was removed meanwhile."""
    now = desk.now()
    state = next((state for state in sources.states(desk.db) if state.slug == source.slug), None)
    if state is None:
        abort(404)
    daily = story_queries.per_day(desk.db, now, source=source.slug)
    shown = _boards_by_source().get(source.slug, ())
    return SourceRow(source, state, health(source, state, now, daily.get(source.slug, 0.0)), tuple(shown))


def held_stories(of: Mapping[str, Source], *, after: Story | None, most: int) -> list[HeldStory]:
    """Returns stories of the sources ``of`` (by slug) that wait for approval, oldest first, at most ``most``.

    If the story ``after`` is given, they begin with the next story after it.
    """
    waiting = with_others(story_queries.waiting(desk.db, of, after=after, most=most))
    every = boards.all(desk.db) if waiting else ()
    places = {slug: boards_of(slug, every)[0] for slug in {story.source for story in waiting}}
    return [
        HeldStory(story, of[story.source], _before(story), first_page(story, of[story.source], places[story.source]))
        for story in waiting
    ]


def held_story(story: Story) -> HeldStory:
    """Returns a waiting story for its own page, without previews; the view adds these."""
    (shown,) = with_others([story])
    return HeldStory(shown, sources.get(desk.db, story.source), _before(story), [])


def _before(story: Story) -> Version | None:
    # Most stories have only one version and need no query.
    past = stories.versions(desk.db, story.id) if story.version > 1 else ()
    return past[-1] if past else None


def count_held() -> int:
    """Returns how many stories wait that the signed-in person may approve."""
    return story_queries.count_waiting(desk.db, approvable_sources())


def outlines() -> list[Outline]:
    """Returns the sources that the signed-in person may see, as entries of an OPML file, grouped by area.

    Sources that are read from a file, and mailboxes, are left out.
    """
    tree = desk.tree()
    made = []
    for source in sources.all(desk.db):
        area = area_of(source)
        if source.url.startswith(("http://", "https://")) and area is not None and desk.may("source.view", area):
            made.append(Outline(source.name, source.url, groups=(tree.get(area).name,)))
    return made
