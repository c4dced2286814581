"""Records which slides were in a board's laps (slide sequences), so that receipts of other slides can be rejected.

Used by the module receipts; a receipt is a screen's report of what it showed. The current lap comes from the
director. Former laps are needed when a screen reports what it showed while it was offline or before a restart of the
server; they are read from the store, each period only once.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial

from gevent.lock import BoundedSemaphore

from server.core import wire
from server.live.loop.offload import Offload
from server.store.boards import laps
from server.store.database.engine import Database

# The key of the item that a slide shows, the slide's title and its dwell in ms.
AiredSlide = tuple[str, str, int]
MOST_SLIDES = 20_000
# How much time of former laps one query covers, in ms; other users of the database thread get their turn in between.
SLICE = 6 * 3_600_000
# By how much a query overlaps the period that was read before, in ms.
OVERLAP = 60_000
# How long before its start a lap may have been saved, in ms.
AHEAD = 600_000


class AiredSlides:
    """The slides of laps by board and hash. ``read`` runs queries in a database thread: they may take seconds."""

    def __init__(self, read: Offload) -> None:
        self._read = read
        self._slides: dict[str, OrderedDict[str, AiredSlide]] = {}
        self._revisions: dict[str, int] = {}
        # Board -> begin and end (ms) of the period for which its former laps have been read from the store.
        self._covered: dict[str, tuple[int, int]] = {}
        self._reading = BoundedSemaphore(1)

    def note(self, glass: wire.Glass) -> None:
        """Adds the slides of a board's current lap; does nothing if this revision was added before."""
        board = glass.board.slug
        if self._revisions.get(board) != glass.revision:
            self._revisions[board] = glass.revision
            self._add(board, {slot.hash: (slot.key, slot.title, slot.dwell) for slot in glass.lap.slots})

    def get(self, board: str, hash: str) -> AiredSlide | None:
        """The item key, title and dwell (ms) of a slide; None if none of the board's laps read so far has it."""
        known = self._slides.get(board)
        return known.get(hash) if known is not None else None

    def load(self, board: str, since: int, now: int) -> bool:
        """Reads the board's laps between ``since`` and ``now`` (ms) from the store, except those it has read before.

        Returns False if another call is reading: the caller must try again later. Raises StoreError.
        """
        if not self._reading.acquire(blocking=False):
            return False
        try:
            for begin, end in self._missing(board, since, now):
                self._add(board, self._read(partial(_read, board=board, since=begin, until=end)))
                before = self._covered.get(board, (begin, end))
                self._covered[board] = (min(before[0], begin), max(before[1], end))
        finally:
            self._reading.release()
        return True

    def _missing(self, board: str, since: int, now: int) -> Iterator[tuple[int, int]]:
        """Yields the (begin, end) periods in ms that are still to be read, each adjoining what was read before it."""
        first, last = self._covered.get(board, (now - OVERLAP, now - OVERLAP))
        while last < now:
            yield last - OVERLAP, (last := min(now, last + SLICE))
        while first > since:
            yield max(since, first - SLICE), first
            first = max(since, first - SLICE)

    def _add(self, board: str, slides: dict[str, AiredSlide]) -> None:
        known = self._slides.setdefault(board, OrderedDict())
        for hash, item in slides.items():
            known[hash] = item
            known.move_to_end(hash)
        while len(known) > MOST_SLIDES:
            known.popitem(last=False)


def _read(db: Database, *, board: str, since: int, until: int) -> dict[str, AiredSlide]:
    """The slides of the laps that ran between ``since`` and ``until`` (ms), by hash.

    Laps in a format that this version cannot read are skipped.
    """
    found: dict[str, AiredSlide] = {}
    for body in laps.aired(db, board, since=since, until=until + AHEAD):
        try:
            found |= {
                str(slot["hash"]): (str(slot["key"]), str(slot["title"]), int(slot["dwell"]))
                for slot in json.loads(body)["slots"]
            }
        except (ValueError, LookupError, TypeError):
            continue
    return found
