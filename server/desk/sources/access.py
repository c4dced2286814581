"""Decides which sources and stories the signed-in person may see and change; called by views and view_model."""

from __future__ import annotations

from flask import abort

from server.core.model import Source, SourceKind, Story
from server.core.policy import Right
from server.desk.web.context import desk
from server.store.database.errors import NotFound
from server.store.sources import sources, stories


def area_of(source: Source) -> str | None:
    """Returns the slug of the area that is responsible for the source: its own, or the topmost area if it has none.

    None if there is no area at all.
    """
    return desk.tree().in_charge(source.area)


def source_or_404(slug: str, right: Right = "source.view", *, kind: SourceKind | None = None) -> Source:
    """Returns the source with this slug; with ``kind`` only one of that kind.

    Answers 404 if it does not exist or the user may not see it, 403 if the user does not hold ``right`` for it.
    """
    try:
        source = sources.get(desk.db, slug)
    except NotFound:
        abort(404)
    area = area_of(source)
    if not desk.may("source.view", area):
        abort(404)
    desk.require(right, area)
    if kind is not None and source.kind != kind:
        abort(404)
    return source


def story_or_404(id: int) -> Story:
    """Returns the story with this id.

    Answers 404 if it does not exist or the user may not approve stories of its source.
    """
    try:
        story = stories.get(desk.db, id)
        source = sources.get(desk.db, story.source)
    except NotFound:
        abort(404)
    if not desk.may("story.approve", area_of(source)):
        abort(404)
    return story


def approvable_sources() -> dict[str, Source]:
    """Returns the sources, by slug, whose stories the signed-in person may approve."""
    return {one.slug: one for one in desk.every_source() if desk.may("story.approve", area_of(one))}
