"""Puts notices on the boards that they concern and takes them off; a part of the director."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from server.content.board_content import SlideMaker, StoreSnapshot, notice_slides, notices_for
from server.core import wire
from server.core.model import Board, Notice, Slide
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.on_air import OnAir

log = structlog.get_logger("director")


class LiveNotices:
    """``changed_boards``: slugs whose notices changed since they were composed, as laps hold priority notices too."""

    def __init__(self, on_air: OnAir, maker: SlideMaker) -> None:
        self._on_air, self._maker = on_air, maker
        self.changed_boards: set[str] = set()

    def take(self, snapshot: StoreSnapshot, notices: tuple[Notice, ...]) -> None:
        """Makes ``snapshot`` with these notices the current one, and updates the boards that a change concerns.

        Never yields to other greenlets: a later change must not be sent before an earlier one.
        """
        before = self._on_air.snapshot.notices if self._on_air.snapshot else ()
        self._on_air.snapshot = replace(snapshot, notices=notices)
        areas = {area for notice in set(before).symmetric_difference(notices) for area in notice.areas}
        for slug, live in list(self._on_air.boards.items()):
            if not areas.isdisjoint(live.content.chain) or self._on_air.isolation.failed(slug, "notices"):
                self.update(live, live.content.board)

    def update(self, live: LiveBoard, board: Board) -> None:
        """Brings a live board's notices up to date with the snapshot; ``board`` is its configuration from now on."""
        snapshot = self._on_air.snapshot
        if snapshot is not None:
            with self._on_air.isolation.isolate(board.slug, "notices"):
                concerning = notices_for(board, snapshot.tree, snapshot.notices)
                self._publish_changes(board.slug, live, notice_slides(self._maker, board, concerning))

    def _publish_changes(self, slug: str, live: LiveBoard, wanted: tuple[tuple[Notice, Slide], ...]) -> None:
        """Brings a board's notices to ``wanted``; one message and one revision for each that comes or goes."""
        if wanted == live.notices:
            return
        self.changed_boards.add(slug)
        self._on_air.slides.release(live)
        before = {notice.id: slide.hash for notice, slide in live.notices}
        after = {notice.id for notice, _ in wanted}
        # New ones first: a correction must not show the lap between the old notice and the new one.
        for notice, slide in wanted:
            if before.get(notice.id) == slide.hash:
                continue
            self._on_air.slides.add([slide])
            live.notices = (*(pair for pair in live.notices if pair[0].id != notice.id), (notice, slide))
            live.revision += 1
            message = wire.notice(notice, slide, epoch=self._on_air.epoch, revision=live.revision)
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
        """Takes expired notices off the boards and out of the snapshot, even if the store cannot be read."""
        snapshot = self._on_air.snapshot
        if snapshot is not None and any(notice.until <= now for notice in snapshot.notices):
            self.take(snapshot, tuple(notice for notice in snapshot.notices if notice.until > now))
