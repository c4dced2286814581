"""Laps as rows of the store and back, made usable today: bodies for slots; called by director and agreement."""

from __future__ import annotations

from dataclasses import replace

import structlog

from server.content.board_content import BoardContent
from server.core.lap.airing import Lap, Slot
from server.store.boards.laps import StoredLap

log = structlog.get_logger("director")


def row_of(board: str, lap: Lap, revision: int) -> StoredLap:
    return StoredLap(board, lap.number, revision, lap.dumps(), lap.start)


def lap_of(stored: StoredLap) -> Lap | None:
    """The lap of a row; None, and a line in the log, for one that no program of today wrote."""
    try:
        return Lap.loads(stored.body)
    except (ValueError, KeyError, TypeError) as error:
        log.error("lap not readable", board=stored.board, error=repr(error))
        return None


def with_bodies(lap: Lap, made: BoardContent) -> Lap:
    """The lap with bodies of today where its own have gone: a text or a format changed while no server ran.

    Lengths stay, so nothing moves; a screen that comes now finds every body that it is told to show.
    """
    rendered = {slide.hash for slide in made.slides}
    pages = {item.key: item.pages for item in made.items if item.pages}

    def renewed(slot: Slot) -> Slot:
        if slot.hash in rendered or slot.key not in pages:
            return slot
        own = pages[slot.key]
        return replace(slot, hash=own[min(slot.page, len(own) - 1)].hash)

    return replace(lap, slots=tuple(renewed(slot) for slot in lap.slots))
