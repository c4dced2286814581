"""Draws a story as the boards that show its source would show it; called by the views of stories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import g
from flask_babel import gettext

from server.content.board_content import story_slides
from server.content.item_faults import ItemFaults
from server.core.model import Board, Format, Layout, Slide, Source, Story
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.store.sources import sources, story_queries

MOST_FORMATS = 4
_SAMPLE = Format("landscape", "S")


@dataclass(frozen=True, slots=True)
class StoryPreview:
    """One page of a story on a board; the macro ``windows`` of web/preview/parts.html draws it.

    ``page`` is an HTML page for an iframe. It shows the story's page ``number`` (from 1) of ``of`` pages.
    """

    board: Board
    page: str
    number: int
    of: int

    @property
    def shape(self) -> Layout:
        return self.board.format.layout


def boards_of(source: str, every: Iterable[Board]) -> list[Board]:
    """Returns one board of each format among the boards in ``every`` that show the source, at most MOST_FORMATS.

    Returns a sample board if no board shows the source.
    """
    found: dict[Format, Board] = {}
    for board in every:
        if any(lane.source == source for lane in board.lanes):
            found.setdefault(board.format, board)
    sample = Board("mau", str(gettext("Màn hình mẫu")), "", format=_SAMPLE, zone=desk.config.timezone)
    return list(found.values())[:MOST_FORMATS] or [sample]


def with_others(found: Iterable[Story]) -> list[Story]:
    """Returns copies of the stories with the field ``also``: the slugs of the other sources that have the story."""
    listed = list(found)
    others = story_queries.other_sources(desk.db, [story.id for story in listed]) if listed else {}
    return [replace(story, also=others.get(story.id, ())) for story in listed]


def first_page(story: Story, source: Source, board: Board) -> list[StoryPreview]:
    """Returns a list with the preview of a story's first page on a board; empty if the story cannot be drawn."""
    return _pages(story, source, board)[:1]


def all_pages(story: Story, source: Source, reached: Iterable[Board]) -> list[StoryPreview]:
    """Returns previews of all pages of a story on each of the boards ``reached``."""
    return [page for board in reached for page in _pages(story, source, board)]


def _pages(story: Story, source: Source, board: Board) -> list[StoryPreview]:
    shown = _with_sources_of(board, story)
    slides = ItemFaults().attempt(board.slug, f"story:{story.id}", lambda: _slides(shown, source, board)) or ()
    tree = desk.tree()
    area = tree.get(board.area).name if board.area in tree else ""
    return [
        StoryPreview(board, slide_preview.document(slide, board, area, desk.now()), number, len(slides))
        for number, slide in enumerate(slides, 1)
    ]


def _with_sources_of(board: Board, story: Story) -> Story:
    """Returns the story with only those of its other sources that the board shows; on a sample board, with all."""
    shown = {lane.source for lane in board.lanes}
    return replace(story, also=tuple(slug for slug in story.also if slug in shown)) if shown else story


def _slides(story: Story, source: Source, board: Board) -> tuple[Slide, ...]:
    if "known_sources" not in g:
        g.known_sources = {one.slug: one for one in sources.all(desk.db)}
    return story_slides(slide_preview.renderer(), {**g.known_sources, source.slug: source}, board, story)
