"""Converts laps (see server.core.lap) to rows of the store and back.

Called by live.rotation, board_timeline and desk.screens.wall.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from server.content.board_content import BoardContent
from server.core.lap.airing import Lap, Slot
from server.store.boards.laps import StoredLap

log = structlog.get_logger("director")


def row_of(board: str, lap: Lap, revision: int) -> StoredLap:
    """Returns the row in which the store saves ``lap`` of ``board`` (a slug) with the board's ``revision``."""
    return StoredLap(board, lap.number, revision, lap.dumps(), lap.start)


def lap_of(stored: StoredLap) -> Lap | None:
    """Returns the lap of a row; logs an error and returns None if this version of the program cannot read it."""
    try:
        return Lap.loads(stored.body)
    except (ValueError, KeyError, TypeError) as error:
        log.error("lap not readable", board=stored.board, error=repr(error))
        return None


def with_bodies(lap: Lap, made: BoardContent) -> Lap:
    """Returns the lap; slides that are not in the content ``made`` are replaced by current slides of the same items.

    A text or a format may have changed while no server ran. With current slides, a screen that connects now can get
    every slide of the lap. Dwell times stay the same, so the schedule does not move.
    """
    rendered = {slide.hash for slide in made.slides}
    pages = {item.key: item.pages for item in made.items if item.pages}

    def renewed(slot: Slot) -> Slot:
        if slot.hash in rendered or slot.key not in pages:
            return slot
        own = pages[slot.key]
        return replace(slot, hash=own[min(slot.page, len(own) - 1)].hash)

    return replace(lap, slots=tuple(renewed(slot) for slot in lap.slots))
