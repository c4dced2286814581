"""Tells boards whether there are data on alerts; a part of the director.

Polls come every few minutes and are not worth a new state: their times reach the screens with the answers to `sync`.
Only that data fail or return, or that an alert begins or ceases to wait for an editor, raises a board's revision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from server.content.alert_data import alert_data, next_change
from server.core.alerts.polls_view import PollView
from server.core.model import Notice
from server.live.loop.offload import Offload
from server.live.rotation.on_air import OnAir
from server.store.database.engine import Database
from server.store.notices import notices

log = structlog.get_logger("director")
READ_EVERY = timedelta(seconds=15)
ReadPolls = Callable[[Database, datetime], tuple[PollView, ...]]
"""Reads the polls as they are at an instant."""


class AlertPolls:
    """Keeps what the boards on air tell of polls up to date. ``read`` reads the polls.

    It is called, and drafts of alerts are read, by ``offload``, outside the event loop. After ``silent_after``
    without a good poll a source gives no data.
    """

    def __init__(
        self,
        on_air: OnAir,
        read: ReadPolls,
        clock: Callable[[], datetime],
        offload: Offload,
        silent_after: timedelta,
    ) -> None:
        self._on_air, self._read, self._clock, self._offload = on_air, read, clock, offload
        self._silent_after = silent_after
        self._read_at: datetime | None = None
        self._drafts: tuple[Notice, ...] = ()
        self._changes_at: datetime | None = None

    def update(self, *, at_once: bool) -> None:
        """Reads the polls if they were read long ago, or ``at_once`` because boards changed, and updates all boards.

        Between two readings boards are looked at only when time changes what they say. Raises StoreError.
        """
        now = self._clock()
        # abs: the clock may have been set back.
        if at_once or self._read_at is None or abs(now - self._read_at) >= READ_EVERY:
            self._read_at = None  # if the reading fails, the next call reads
            # A draft is no change of what boards show, so it does not raise the store's revision either.
            polls, self._drafts = self._offload(lambda db: (self._read(db, now), notices.drafted_alerts(db, now)))
            self._read_at = now
            if self._on_air.snapshot is not None:
                self._on_air.snapshot = replace(self._on_air.snapshot, polls=polls)
        elif self._changes_at is None or now < self._changes_at:
            return
        snapshot = self._on_air.snapshot
        if snapshot is None:
            return
        self._changes_at = next_change(snapshot.polls, self._drafts, now, self._silent_after)
        for slug, live in list(self._on_air.boards.items()):
            with self._on_air.isolation.isolate(slug, "alerts"):
                before, chain = live.alerts, live.content.chain
                live.alerts = alert_data(slug, chain, snapshot.polls, self._drafts, now, self._silent_after)
                if live.alerts is None or before is None:
                    same = live.alerts is before
                else:
                    same = replace(live.alerts, since=before.since) == before
                if not same:
                    live.revision += 1
                    self._on_air.publisher.state(slug)
                    log.info("alert data", board=slug, alerts=live.alerts, revision=live.revision)
