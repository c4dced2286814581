"""Composes laps (slide sequences) of boards whose content has changed, adds and removes boards; part of the director.

A board is "on air" if this server has composed a lap for it, so that screens can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial

import structlog

from server.content.board_content import BoardContent, SlideMaker, board_content, safe_content
from server.content.lap_rows import lap_of, with_bodies
from server.content.store_snapshot import StoreSnapshot
from server.core.lap.airing import Lap, airing_at
from server.core.lap.anchoring import AHEAD_MS, begun, shifted
from server.core.lap.renewal import may_continue, renewal_time, same_round
from server.core.model import Board, Story
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.cooperative_yield import YieldingMaker
from server.live.rotation.lap_agreement import BOARDS_A_TRANSACTION, RESTART_STEP, LapAgreement
from server.live.rotation.live_board import LiveBoard, Proposal
from server.live.rotation.live_notices import LiveNotices
from server.live.rotation.on_air import OnAir
from server.live.rotation.safe_composing import composed
from server.store.boards import laps
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.sources import stories

log = structlog.get_logger("director")


class BoardComposer:
    """Composes laps from snapshots of the store. ``agreement`` saves them, so that all servers show the same lap.

    ``db`` is for short reads on the event loop; ``offload_write`` runs writes outside it. ``maybe_yield`` is called
    between boards and between their items, and lets other greenlets run.
    """

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
        """Composes the boards with these slugs and all new boards of ``snapshot``; drops boards that are not in it.

        Raises StoreError; some of the boards may already be composed then.
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

    def shift(self, by: int) -> None:
        """Moves every lap by ``by`` ms after the system's clock was set, so that screens continue where they are."""
        for live in list(self._on_air.boards.values()):
            live.lap = shifted(live.lap, by)
            live.renews_at += by
            live.announces_at = 0
            live.revision += 1
            self._on_air.publisher.state(live.slug)

    def begin_future_laps(self) -> None:
        """Makes every lap that would begin in the future begin now; until its start the board would show nothing.

        There are such laps if the system's clock was set back while a lap was being saved: `shift` does not move that
        lap.
        """
        now = to_ms(self._clock())
        for live in list(self._on_air.boards.values()):
            if live.lap.start > now + AHEAD_MS:
                live.revision += 1
                self._adopt(live, live.lap)

    def _compose(self, snapshot: StoreSnapshot, board: Board) -> Iterator[Proposal]:
        """Brings one board up to date: yields a proposal if the board needs another lap; puts a new board on air."""
        live = self._on_air.boards.get(board.slug)
        if live is None:
            self._open(snapshot, board)
            return
        running = self._running_stories(board, live.lap)
        content = board_content(self._maker, snapshot, board, running, self._on_air.faults)
        before = live.content
        if (content.board, content.chain) != (before.board, before.chain):
            self._notices.update(live, board)
        self._on_air.slides.release(live)
        if (content.board, content.area, content.items) != (before.board, before.area, before.items):
            yield from self._recompose(live, content)
        else:
            live.content = content

    def _running_stories(self, board: Board, lap: Lap | None) -> list[Story]:
        """Returns the story that the lap shows now, in a list; an empty list if the lap shows no story now.

        This story is shown to its end even if the board no longer takes it from its source (it may be too old), so it
        must be part of the content.
        """
        airing = airing_at(lap, to_ms(self._clock())) if lap else None
        if lap is None or airing is None or airing.index is None:
            return []
        kind, _, number = lap.slots[airing.index].key.partition(":")
        if kind != "story":
            return []
        found = self._on_air.faults.attempt(board.slug, f"story:{number}", lambda: self._story(int(number)))
        return [] if found is None else [found]

    def _story(self, number: int) -> Story | None:
        try:
            return stories.get(self._db, number)
        except StoreRefusal:
            return None

    def _open(self, snapshot: StoreSnapshot, board: Board) -> None:
        """Adds a board to the boards on air. If the store has a lap of it, that lap continues, also after a restart.

        The lap is saved later (``LapAgreement.save``), so boards are shown even while the store cannot be written. A
        board whose content cannot be composed shows its safe slide, which has only the board's name.
        """
        stored = laps.load(self._db, board.slug)
        first = partial(self._first_lap, snapshot, board, lap_of(stored) if stored else None)
        content, lap = self._on_air.faults.attempt(board.slug, "board", first) or self._safe(board)
        saved = stored.revision if stored else 0
        revision = saved + RESTART_STEP if stored else 1
        renews_at = renewal_time(lap, to_ms(self._clock()) - 1)
        live = LiveBoard(content, lap, revision, saved, content.notices, renews_at)
        self._on_air.slides.add(content.slides)
        self._on_air.boards[board.slug] = live
        # Notices that were posted while the slides were rendered were not sent to this board: it was not on air yet.
        self._notices.update(live, content.board)
        self._on_air.publisher.state(board.slug)
        log.info("board on air", board=board.slug, number=lap.number, revision=live.revision)

    def _first_lap(self, snapshot: StoreSnapshot, board: Board, stored: Lap | None) -> tuple[BoardContent, Lap]:
        before = begun(stored, to_ms(self._clock())) if stored else None
        content = board_content(
            self._maker, snapshot, board, self._running_stories(board, before), self._on_air.faults
        )
        before = with_bodies(before, content) if before else None
        content, lap = composed(content, before, to_ms(self._clock()), self._on_air.faults)
        return content, before if before and same_round(before, lap) else lap

    def _safe(self, board: Board) -> tuple[BoardContent, Lap]:
        """The content and lap of a board that cannot be composed: the safe slide. Notices are shown nevertheless."""
        return composed(safe_content(self._maker, board), None, to_ms(self._clock()), self._on_air.faults)

    def _recompose(self, live: LiveBoard, content: BoardContent) -> Iterator[Proposal]:
        now = to_ms(self._clock())
        content, lap = composed(content, live.lap, now, self._on_air.faults)
        self._on_air.slides.add(content.slides)
        before = live.content
        same_frame = (content.board, content.area, content.safe.hash) == (before.board, before.area, before.safe.hash)
        if same_frame and may_continue(live.lap, lap, now):
            # The new lap would only repeat the running one, so screens need not be told anything.
            live.content = content
        else:
            yield Proposal(live, lap, content)

    def _adopt(self, live: LiveBoard, lap: Lap) -> None:
        """Makes a board show ``lap`` and publishes its state. The caller has already raised the board's revision.

        If the clock was set back since the lap was composed, the lap is moved to begin now.
        """
        lap = begun(lap, to_ms(self._clock()))
        # If the board has moved to another area, notices that came meanwhile were chosen for its old area.
        self._notices.update(live, live.content.board)
        self._on_air.slides.release(live)
        live.lap = lap
        live.renews_at = renewal_time(lap, to_ms(self._clock()) - 1)
        live.announces_at = 0
        self._on_air.publisher.state(live.slug)
        log.info("lap", board=live.slug, number=lap.number, slides=len(lap.slots), revision=live.revision)
