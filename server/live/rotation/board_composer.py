"""Composes the laps of the boards that a change concerns, puts new boards on air; a part of the director."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

import structlog

from server.content.board_content import BoardContent, SlideMaker, StoreSnapshot, board_content
from server.content.lap_rows import lap_of, with_bodies
from server.core.lap.airing import Lap, airing_at
from server.core.lap.composition import compose
from server.core.lap.renewal import may_continue, renewal_time, same_round
from server.core.model import Board, Story
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.cooperative_yield import YieldingMaker
from server.live.rotation.lap_agreement import BOARDS_A_TRANSACTION, RESTART_STEP, LapAgreement
from server.live.rotation.live_board import LiveBoard, Proposal
from server.live.rotation.live_notices import LiveNotices
from server.live.rotation.on_air import OnAir
from server.store.boards import laps
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.sources import stories

log = structlog.get_logger("director")


class BoardComposer:
    """``agreement`` is what saves the laps; ``maybe_yield`` is called between boards and between their items."""

    def __init__(
        self,
        on_air: OnAir,
        notices: LiveNotices,
        db: Database,
        maker: SlideMaker,
        clock: Callable[[], datetime],
        *,
        offload_write: Offload,
        maybe_yield: Callable[[], object],
    ) -> None:
        self._on_air, self._notices, self._db, self._clock = on_air, notices, db, clock
        self._maker, self._maybe_yield = YieldingMaker(maker, maybe_yield), maybe_yield
        self.agreement = LapAgreement(
            db, clock, on_air.isolation, offload_write=offload_write, maybe_yield=maybe_yield, adopt=self._adopt
        )

    def compose(self, snapshot: StoreSnapshot, slugs: Collection[str]) -> None:
        """Composes the boards with these slugs, and those that are not on air yet; takes removed boards off air.

        Raises StoreError; some of the boards may be composed then.
        """
        proposals: list[Proposal] = []
        for board in snapshot.boards:
            if board.slug not in slugs and board.slug in self._on_air.boards:
                continue
            self._maybe_yield()
            with self._on_air.isolation.isolate(board.slug, "compose"):
                proposals.extend(self._compose(self._on_air.snapshot or snapshot, board))
            if len(proposals) >= BOARDS_A_TRANSACTION:
                self.agreement.agree(proposals)
                proposals = []
        self.agreement.agree(proposals)
        for slug in self._on_air.boards.keys() - {board.slug for board in snapshot.boards}:
            self._on_air.slides.release(self._on_air.boards.pop(slug))
            self._on_air.publisher.state(slug)
        self._on_air.slides.evict(self._on_air.boards.values())

    def _compose(self, snapshot: StoreSnapshot, board: Board) -> Iterator[Proposal]:
        live = self._on_air.boards.get(board.slug)
        if live is None:
            self._open(snapshot, board)
            return
        content = board_content(self._maker, snapshot, board, self._running_stories(live.lap))
        before = live.content
        if (content.board, content.chain) != (before.board, before.chain):
            self._notices.update(live, board)
        self._on_air.slides.release(live)
        if (content.board, content.area, content.items) != (before.board, before.area, before.items):
            yield from self._recompose(live, content)
        else:
            live.content = content

    def _running_stories(self, lap: Lap | None) -> list[Story]:
        """The story that runs now: it may have left its lane, and is shown to its end."""
        airing = airing_at(lap, to_ms(self._clock())) if lap else None
        if lap is None or airing is None or airing.index is None:
            return []
        kind, _, number = lap.slots[airing.index].key.partition(":")
        if kind != "story":
            return []
        try:
            return [stories.get(self._db, int(number))]
        except StoreRefusal:
            return []

    def _open(self, snapshot: StoreSnapshot, board: Board) -> None:
        """Puts a board on air; continues the agreed lap if there is one, so that a restart does not jump.

        The lap is saved afterwards (``LapAgreement.save``), so that a store that cannot be written keeps no board
        off air.
        """
        stored = laps.load(self._db, board.slug)
        before = lap_of(stored) if stored else None
        content = board_content(self._maker, snapshot, board, self._running_stories(before))
        now = to_ms(self._clock())
        before = with_bodies(before, content) if before else None
        lap = compose(content.board, content.items, before, now, filler=content.filler.hash)
        if before and same_round(before, lap):
            lap = before
        saved = stored.revision if stored else 0
        revision = saved + RESTART_STEP if stored else 1
        live = LiveBoard(content, lap, revision, saved, content.notices, renewal_time(lap, now - 1))
        self._on_air.slides.add(content.slides)
        self._on_air.boards[board.slug] = live
        # Notices that came while its slides were rendered were sent only to the boards on air at that time.
        self._notices.update(live, board)
        self._on_air.publisher.state(board.slug)
        log.info("board on air", board=board.slug, number=lap.number, revision=live.revision)

    def _recompose(self, live: LiveBoard, content: BoardContent) -> Iterator[Proposal]:
        now = to_ms(self._clock())
        lap = compose(content.board, content.items, live.lap, now, filler=content.filler.hash)
        self._on_air.slides.add(content.slides)
        before = live.content
        same_frame = (content.board, content.area, content.safe.hash) == (before.board, before.area, before.safe.hash)
        if same_frame and may_continue(live.lap, lap, now):
            # Removed items were not in the lap any more, so nothing that a screen shows has changed.
            live.content = content
        else:
            yield Proposal(live, lap, content)

    def _adopt(self, live: LiveBoard, lap: Lap) -> None:
        """Makes a board show ``lap``; its revision has been raised already."""
        # If the board has changed its area: notices that came meanwhile were chosen for the areas of the old one.
        self._notices.update(live, live.content.board)
        self._on_air.slides.release(live)
        live.lap = lap
        live.renews_at = renewal_time(lap, to_ms(self._clock()) - 1)
        live.announces_at = 0
        self._on_air.publisher.state(live.slug)
        log.info("lap", board=live.slug, number=lap.number, slides=len(lap.slots), revision=live.revision)
