"""The API operation that reads a board's lap and the reason why each item is or is not in it; registered by api.v1.

A lap is one round of a board's slides. ``run.py show`` prints the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from server.content.board_content import BoardContent, board_content
from server.content.board_timeline import FARTHEST_MS
from server.content.lap_rows import lap_of
from server.content.store_snapshot import read_snapshot
from server.core.lap.airing import Airing, Lap, walk
from server.core.lap.composition import compose
from server.core.lap.forecast import Reason, forecast, why
from server.core.model import Board, Mode
from server.core.notices.glass_turns import covering
from server.core.times import from_ms, to_ms
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.api.v1.inputs import Instant, OfBoard
from server.desk.api.v1.places import board_or_404
from server.desk.api.words import say
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.desk.web.problems import problem
from server.desk.web.rights import needs
from server.store.boards import laps


class At(BaseModel):
    """The query parameter that selects the time for which the lap is computed."""

    at: Instant | None = Field(default=None, description="now, if it is left out; at most ten days ahead")


class SlideShape(BaseModel):
    """One showing of one page of an item, from `start` to `until`. `page` counts from 1.

    If the board has nothing to show, it shows a filler slide instead, which has an empty `item`; its `until` is null
    if nothing follows.
    """

    model_config = ConfigDict(title="Slide")

    hash: str
    item: str
    title: str
    source: str
    page: int
    start: datetime
    until: datetime | None


class ReasonShape(BaseModel):
    """The reason why an item is or is not shown; `at` is when this changes, null if unknown."""

    model_config = ConfigDict(title="Reason")

    item: str
    title: str
    word: Literal["on", "coming", "not yet", "over", "too short", "next laps"]
    at: datetime | None


class LapShape(BaseModel):
    """The showings of one round of a board's slides from `at` on, and the reasons for it in `why`.

    `covering` is the id of the urgent notice that covers the whole screen at `at`, null if there is none.
    """

    model_config = ConfigDict(title="Lap")

    board: str
    mode: Mode
    number: int
    at: datetime
    slides: list[SlideShape]
    why: list[ReasonShape]
    covering: int | None


@api.get("/v1/boards/<board>/lap", responses={200: LapShape, **READ}, summary="What a board shows, and why")
@needs("board.view")
def lap(path: OfBoard, query: At) -> Response:
    """Reads the slides that a board shows in one lap from a given time on, and why each item is or is not shown."""
    board, now = board_or_404(path.board), desk.now()
    at = to_ms(query.at or now)
    if at - to_ms(now) > FARTHEST_MS:
        return problem(422, say("too far"))
    made = board_content(slide_preview.renderer(), read_snapshot(desk.db, now, only=board.slug), board)
    stored = laps.load(desk.db, board.slug)
    running = lap_of(stored) if stored else None
    known = {item.key for item in made.items}
    if running is None or any(slot.key not in known for slot in running.slots):
        # No server has composed yet, or something was withdrawn and the server has not seen it yet.
        running = compose(board, made.items, running, min(at, to_ms(now)), filler=made.filler.hash)
    if at < running.start:
        return problem(422, say("too early"))
    return answer(_shape(board, made, forecast(board, made.items, running, at), at))


def _shape(board: Board, made: BoardContent, lap: Lap, at: int) -> LapShape:
    cover = covering(made.notices, lap, at) if board.mode != "safe" else None
    return LapShape(
        board=board.slug,
        mode=board.mode,
        number=lap.number,
        at=from_ms(at),
        slides=[_slide(lap, one) for one in _round(lap, at)],
        why=[_reason(one) for one in why(made.items, lap, at)],
        covering=cover.id if cover else None,
    )


def _round(lap: Lap, at: int) -> list[Airing]:
    span = sum(slot.dwell for slot in lap.slots)
    coming = [one for one in walk(lap, at + span, since=at) if one.until is None or one.until > max(at, one.start)]
    return coming[: max(1, len(lap.slots))]


def _slide(lap: Lap, one: Airing) -> SlideShape:
    start, until = from_ms(one.start), None if one.until is None else from_ms(one.until)
    if one.index is None:
        return SlideShape(
            hash=lap.filler or "", item="", title="", source="", page=1, start=start, until=until
        )  # fmt: skip
    slot = lap.slots[one.index]
    return SlideShape(
        hash=slot.hash, item=slot.key, title=slot.title, source=slot.source, page=slot.page + 1, start=start,
        until=until,
    )  # fmt: skip


def _reason(one: Reason) -> ReasonShape:
    at = None if one.at is None else from_ms(one.at)
    return ReasonShape(item=one.key, title=one.title, word=one.word, at=at)
