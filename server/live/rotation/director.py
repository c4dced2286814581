"""Keeps what is on air true to the store; called by the scheduler (tick, refresh), read by the hub and the pages.

    store changes ──refresh──> BoardComposer ──compose──> lap ──LapAgreement──> LiveBoard ──> hub: state
    notices.post  ──tick─────> LiveNotices ───────────────────────────────────> LiveBoard ──> hub: notice, clear
    time passes   ──tick─────> SlideAnnouncer ──> hub: slide;    last slide of the round ──> LapAgreement.renew

Notices are sent as soon as they are seen, and their revision is saved afterwards; laps are agreed in the store first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from server.content.board_content import SlideMaker, StoreSnapshot, read_changed, read_snapshot
from server.core import wire
from server.core.model import Slide, ThemeDays
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.board_composer import BoardComposer
from server.live.rotation.live_notices import LiveNotices
from server.live.rotation.on_air import OnAir
from server.live.rotation.publisher import Publisher
from server.live.rotation.slide_announcer import SlideAnnouncer
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices

log = structlog.get_logger("director")


class Director:
    """Owns what is on air. ``db`` is for short reads on the loop, ``offload`` runs long ones off it.

    ``offload_write`` runs all writes, off the loop, so that a locked store delays no notice or slide. ``maybe_yield``
    is called between the boards and items of long work, and lets other greenlets run (CooperativeYield). ``themes``
    are the themed days of the configuration.
    """

    def __init__(
        self,
        db: Database,
        maker: SlideMaker,
        clock: Callable[[], datetime],
        *,
        offload: Offload,
        offload_write: Offload,
        themes: tuple[ThemeDays, ...] = (),
        maybe_yield: Callable[[], object] = lambda: None,
    ) -> None:
        self._db, self._clock, self._offload, self._themes = db, clock, offload, themes
        self._on_air = OnAir(revision.epoch(db))
        self._notices = LiveNotices(self._on_air, maker)
        self._composer = BoardComposer(
            self._on_air, self._notices, db, maker, clock, offload_write=offload_write, maybe_yield=maybe_yield
        )
        self._announcer = SlideAnnouncer(self._on_air)
        # The revisions of the store that the notices, and everything else, were last read at.
        self._notices_revision = self._content_revision = -1
        # Called with each revision of the store that is new here, before what it brings is sent.
        self.on_change: Callable[[int], object] = lambda _revision: None
        self._troubles: dict[str, str] = {}
        self._reported_revisions: dict[str, int] = {}

    # read by the hub and the pages

    @property
    def epoch(self) -> str:
        return self._on_air.epoch

    @property
    def publisher(self) -> Publisher:
        """Where messages are sent; nowhere until it is set."""
        return self._on_air.publisher

    @publisher.setter
    def publisher(self, publisher: Publisher) -> None:
        self._on_air.publisher = publisher

    def glass(self, board: str) -> wire.Glass | None:
        """What a board's screens must show; None if it is not on air."""
        live = self._on_air.boards.get(board)
        return live.glass(self._themes) if live else None

    def boards(self) -> list[wire.Glass]:
        """All boards on air."""
        return [live.glass(self._themes) for live in self._on_air.boards.values()]

    def bodies(self, hashes: Iterable[str]) -> list[Slide]:
        """The slides with these hashes, in their order; those that are not on air are left out."""
        return self._on_air.slides.get(hashes)

    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None:
        """Records that a client has a higher revision; the next refresh uses one above it (docs/decisions/0009).

        Viewers cannot raise the revision above the store's; screens (``trusted``) may, by RESTART_STEP, because a
        server that died may not have saved its last revisions.
        """
        if board in self._on_air.boards:
            reported = self._reported_revisions.get(board, 0)
            self._reported_revisions[board] = max(reported, revision if trusted else 0)

    @property
    def trouble(self) -> str:
        """What is wrong with the store, empty if nothing is. It may be readable while it cannot be written."""
        return "; ".join(dict.fromkeys(self._troubles.values()))

    # called by the scheduler

    def tick(self) -> None:
        """Sends notices that came or ended, and slides whose time is near; called ten times a second.

        Never waits for a lock of the store.
        """
        try:
            current, seen = revision.current(self._db), self._notices_revision
            if current != seen and self._on_air.snapshot is not None:
                self.on_change(current)
                live = notices.live(self._db, self._clock())
                # Other greenlets run while PostgreSQL is read: keep newer notices that a refresh has read meanwhile.
                if self._notices_revision == seen:
                    self._notices.take(self._on_air.snapshot, live)
                    self._notices_revision = current
            self._clear_trouble("tick")
        except StoreError as error:
            self._note_trouble("tick", error)
        self._notices.end_expired(self._clock())
        self._announcer.announce(to_ms(self._clock()))

    def refresh(self) -> None:
        """Composes what the store has changed, and laps that are about to end; called several times a second."""
        agreement, live_boards = self._composer.agreement, self._on_air.boards
        try:
            current = revision.current(self._db)
            if current != self._content_revision:
                snapshot, touched = self._offload(self._read)
                self._take_content(snapshot, touched, current)
                self._content_revision = current
            self._catch_up()
            agreement.renew(live_boards.values())
            agreement.save(live_boards.values())
            self._clear_trouble("refresh")
        except StoreError as error:
            self._note_trouble("refresh", error)

    def _read(self, db: Database) -> tuple[StoreSnapshot, Collection[str]]:
        """Reads what has changed since the last time, with the boards that it may concern; runs off the loop."""
        now = self._clock()
        if self._on_air.snapshot is not None:
            return read_changed(db, self._on_air.snapshot, revision.since(db, self._content_revision), now)
        snapshot = read_snapshot(db, now)
        return snapshot, [board.slug for board in snapshot.boards]

    def _take_content(self, snapshot: StoreSnapshot, touched: Collection[str], read_at: int) -> None:
        """Composes from ``snapshot``, read at revision ``read_at`` or later; keeps notices that a tick read later."""
        if self._on_air.snapshot is None or read_at > self._notices_revision:
            self._notices.take(snapshot, snapshot.notices)
            self._notices_revision = read_at
        else:
            self._on_air.snapshot = replace(snapshot, notices=self._on_air.snapshot.notices)
        changed, self._notices.changed_boards = {*touched, *self._notices.changed_boards}, set()
        try:
            self._composer.compose(snapshot, changed | self._on_air.isolation.failed_boards())
        except StoreError:
            # The next reading will not report these boards as changed again, so remember that they were not composed.
            self._notices.changed_boards |= changed
            raise

    def _catch_up(self) -> None:
        while self._reported_revisions:
            slug, reported = self._reported_revisions.popitem()
            if slug in self._on_air.boards:
                self._composer.agreement.catch_up(self._on_air.boards[slug], reported)

    def _note_trouble(self, act: str, error: StoreError) -> None:
        if self._troubles.get(act) != str(error):
            log.error("store unwell", act=act, error=str(error))
        self._troubles[act] = str(error)

    def _clear_trouble(self, act: str) -> None:
        if self._troubles.pop(act, ""):
            log.info("store well again", act=act)
