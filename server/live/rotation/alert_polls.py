"""Tells boards whether there are data on alerts; a part of the director.

Polls come every few minutes and are not worth a new state: their times reach the screens with the answers to `sync`.
Only that data fail or return, or that an alert begins or ceases to wait for an editor, raises a board's revision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from server.content.alert_data import alert_data
from server.core.alerts.polls_view import PollView
from server.core.model import Notice
from server.live.loop.offload import Offload
from server.live.rotation.on_air import OnAir
from server.store.database.engine import Database
from server.store.notices import notices

log = structlog.get_logger("director")
READ_EVERY = timedelta(seconds=15)
ReadPolls = Callable[[Database], tuple[PollView, ...]]


class AlertPolls:
    """Keeps what the boards on air tell of polls up to date. ``read`` reads the polls.

    It is called, and drafts of alerts are read, by ``offload``, outside the event loop.
    """

    def __init__(self, on_air: OnAir, read: ReadPolls, clock: Callable[[], datetime], offload: Offload) -> None:
        self._on_air, self._read, self._clock, self._offload = on_air, read, clock, offload
        self._read_at: datetime | None = None
        self._drafts: tuple[Notice, ...] = ()

    def update(self, *, at_once: bool) -> None:
        """Reads the polls if they were read long ago, or ``at_once``, and updates all boards. Raises StoreError."""
        now = self._clock()
        # abs: the clock may have been set back.
        if at_once or self._read_at is None or abs(now - self._read_at) >= READ_EVERY:
            # A draft is no change of what boards show, so it does not raise the store's revision either.
            polls, self._drafts = self._offload(lambda db: (self._read(db), notices.drafted_alerts(db, now)))
            self._read_at = now
            if self._on_air.snapshot is not None:
                self._on_air.snapshot = replace(self._on_air.snapshot, polls=polls)
        snapshot = self._on_air.snapshot
        if snapshot is None:
            return
        for slug, live in list(self._on_air.boards.items()):
            with self._on_air.isolation.isolate(slug, "alerts"):
                before, chain = live.alerts, live.content.chain
                live.alerts = alert_data(slug, chain, snapshot.polls, self._drafts, now)
                if live.alerts is None or before is None:
                    same = live.alerts is before
                else:
                    same = replace(live.alerts, since=before.since) == before
                if not same:
                    live.revision += 1
                    self._on_air.publisher.state(slug)
                    log.info("alert data", board=slug, alerts=live.alerts, revision=live.revision)
