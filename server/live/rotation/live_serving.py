"""Keeps the numbers of halls' counters on the boards on air; a part of the director.

They change as often as once a second, so they neither raise a board's revision nor cause a new lap: each change is
one message `serving`. Whether a board has numbers at all is part of its content, and the lap is composed again if
that changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from server.content.board_content import SlideMaker
from server.core import wire_serving
from server.core.model import Board, NowServing
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.on_air import OnAir
from server.store.boards import now_serving
from server.store.database.engine import Database

log = structlog.get_logger("director")


class LiveServing:
    """Draws the numbers of the boards on air and publishes them; called at every tick."""

    def __init__(self, on_air: OnAir, maker: SlideMaker, clock: Callable[[], datetime]) -> None:
        self._on_air, self._maker, self._clock = on_air, maker, clock
        # Board -> version and configuration of what was last read, also where the board shows nothing.
        self._seen: dict[str, tuple[int, Board]] = {}

    def update(self, db: Database) -> None:
        """Publishes numbers that were reported or taken off since the last call. Raises StoreError.

        Reads only few rows, because it runs on the event loop.
        """
        versions = now_serving.versions(db)
        for slug in self._seen.keys() - versions.keys():
            self._show(slug, None)
            del self._seen[slug]
        for slug, version in versions.items():
            live = self._on_air.boards.get(slug)
            if live is None:
                self._seen.pop(slug, None)
            elif self._seen.get(slug) != (version, live.content.board):
                # Remembered first: numbers that cannot be drawn are not tried ten times a second.
                self._seen[slug] = version, live.content.board
                with self._on_air.isolation.isolate(slug, "serving"):
                    self._show(slug, now_serving.get(db, slug))

    def end_stale(self) -> None:
        """Takes numbers that were not reported again in time off the boards; works without the store."""
        now = self._clock()
        for slug, live in list(self._on_air.boards.items()):
            if live.serving is not None and live.serving.state.until <= now:
                self._show(slug, None)

    def _show(self, slug: str, state: NowServing | None) -> None:
        live = self._on_air.boards.get(slug)
        if live is None:
            return
        drawn = self._drawn(live, state)
        if drawn is None and live.serving is None:
            return
        if drawn is None or live.serving is None:
            log.info("numbers on" if drawn else "numbers off", board=slug)
        live.serving = drawn
        self._on_air.publisher.serving(slug, wire_serving.serving(drawn, epoch=self._on_air.epoch))

    def _drawn(self, live: LiveBoard, state: NowServing | None) -> wire_serving.Serving | None:
        board = live.content.board
        if state is None or state.until <= self._clock() or board.serving == "off":
            return None
        slide = self._maker.now_serving(state, format=board.format)
        place = self._maker.serving_place(board.format).hash
        chime = board.chime and board.format.size != "LED"
        return wire_serving.Serving(state, slide, place, board.serving == "always", chime)
