"""Laps agreed in the store by compare-and-swap, and made usable today: bodies for slots; called by the director."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from server.core.airing import Lap, Slot
from server.live.offload import Offload
from server.live.programme import BoardProgramme
from server.store import laps
from server.store.engine import Database
from server.store.laps import StoredLap

log = structlog.get_logger("director")
T = TypeVar("T")


class Agreement:
    """Saves laps through ``offload_write``, the one writer."""

    def __init__(self, db: Database, offload_write: Offload) -> None:
        self._db, self._offload_write = db, offload_write

    def settle(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[StoredLap]:
        """What the store holds after trying to save each lap over the revision beside it, in their order.

        That very lap, or the one that another server saved first. Raises StoreError.
        """
        saved = self._save(wanted)
        return [lap if mine else self._theirs(lap) for (lap, _), mine in zip(wanted, saved, strict=True)]

    def _theirs(self, lap: StoredLap) -> StoredLap:
        other = laps.load(self._db, lap.board)
        if other is None:
            # The store was put back to a time when there was none.
            self._save([(lap, 0)])
        return other or lap

    def _save(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[bool]:
        return self._offload_write(lambda db: laps.save_all(db, wanted))


def row_of(board: str, lap: Lap, revision: int) -> StoredLap:
    return StoredLap(board, lap.number, revision, lap.dumps(), lap.start)


def lap_of(stored: StoredLap) -> Lap | None:
    """The lap of a row; None, and a line in the log, for one that no program of today wrote."""
    try:
        return Lap.loads(stored.body)
    except (ValueError, KeyError, TypeError) as error:
        log.error("lap not readable", board=stored.board, error=repr(error))
        return None


def with_bodies(lap: Lap, made: BoardProgramme) -> Lap:
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
