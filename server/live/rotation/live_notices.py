"""Adds notices to the boards that they concern, removes them, and publishes the changes; a part of the director."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from server.content.board_content import SlideMaker, notice_slides, notices_for
from server.content.store_snapshot import StoreSnapshot
from server.core import wire
from server.core.model import Board, Notice, Slide
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.on_air import OnAir

log = structlog.get_logger("director")


class LiveNotices:
    """Keeps the notices of all boards on air up to date.

    ``changed_boards`` are the slugs of boards whose notices changed after their laps were composed. Their laps must
    be composed again, because laps contain priority notices too.
    """

    def __init__(self, on_air: OnAir, maker: SlideMaker) -> None:
        self._on_air, self._maker = on_air, maker
        self.changed_boards: set[str] = set()

    def take(self, snapshot: StoreSnapshot, notices: tuple[Notice, ...]) -> None:
        """Makes ``snapshot`` with these notices the current one, and updates the boards whose notices change.

        Never yields to other greenlets, so that an earlier change is always sent before a later one.
        """
        before = self._on_air.snapshot.notices if self._on_air.snapshot else ()
        self._on_air.snapshot = replace(snapshot, notices=notices)
        changed = set(before).symmetric_difference(notices)
        # Two sets instead of one comparison for each board and notice: there may be thousands of boards.
        areas = {area for notice in changed if not notice.boards for area in notice.areas}
        named = {slug for notice in changed for slug in notice.boards}
        for slug, live in list(self._on_air.boards.items()):
            touched = slug in named or not areas.isdisjoint(live.content.chain)
            if touched or self._on_air.isolation.failed(slug, "notices"):
                self.update(live, live.content.board)

    def update(self, live: LiveBoard, board: Board) -> None:
        """Brings a board's notices up to date with the current snapshot.

        ``board`` is its configuration, which may be newer than that in ``live``.
        """
        snapshot = self._on_air.snapshot
        if snapshot is not None:
            with self._on_air.isolation.isolate(board.slug, "notices"):
                concerning = notices_for(board, snapshot.tree, snapshot.notices)
                self._on_air.faults.begin(board.slug, of="notice:")
                drawn = notice_slides(self._maker, board, concerning, self._on_air.faults)
                self._publish_changes(board.slug, live, drawn)

    def _publish_changes(self, slug: str, live: LiveBoard, wanted: tuple[tuple[Notice, Slide], ...]) -> None:
        """Replaces a board's notices by ``wanted``.

        Each notice that is new, changed or gone raises the board's revision by one and is published as one message.
        """
        if wanted == live.notices:
            return
        self.changed_boards.add(slug)
        self._on_air.slides.release(live)
        before = {notice.id: slide.hash for notice, slide in live.notices}
        after = {notice.id for notice, _ in wanted}
        # New notices first: when a notice replaces another, screens must not show the lap in between.
        for notice, slide in wanted:
            if before.get(notice.id) == slide.hash:
                continue
            self._on_air.slides.add([slide])
            live.notices = (*(pair for pair in live.notices if pair[0].id != notice.id), (notice, slide))
            live.revision += 1
            chain = live.content.chain
            message = wire.notice(notice, slide, chain, epoch=self._on_air.epoch, revision=live.revision)
            self._on_air.publisher.notice(slug, message)
            log.info("notice on", board=slug, notice=notice.id, kind=notice.level, revision=live.revision)
        for gone in before.keys() - after:
            live.notices = tuple(pair for pair in live.notices if pair[0].id != gone)
            live.revision += 1
            message = wire.clear(gone, epoch=self._on_air.epoch, revision=live.revision)
            self._on_air.publisher.clear(slug, message)
            log.info("notice off", board=slug, notice=gone, revision=live.revision)
        live.notices = wanted

    def end_expired(self, now: datetime) -> None:
        """Removes expired notices from the boards and the snapshot; works even if the store cannot be read."""
        snapshot = self._on_air.snapshot
        if snapshot is not None and any(notice.until <= now for notice in snapshot.notices):
            self.take(snapshot, tuple(notice for notice in snapshot.notices if notice.until > now))
