"""Keeps up to date what each board says of how current its data on alerts are; a part of the director.

A poll is one reading of a source of alerts by the worker. There is one every few minutes, which is not worth a new
state: the times of polls reach the screens with the replies to `sync`. A board's revision is raised only when more
than these times changes: when data fail or return, when an alert begins or ceases to wait for an editor, or when an
editor takes one off the board, for example.
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
    """Updates ``LiveBoard.alerts`` of the boards on air. ``read`` reads the polls from the store.

    ``offload`` runs this, and the reading of alerts that wait for an editor, outside the event loop. A source counts
    as giving no data after ``silent_after`` without a good poll.
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
        """Reads the polls if they were last read ``READ_EVERY`` ago or earlier, and updates all boards.

        ``at_once`` reads them in any case, because boards have changed. Without a new reading, boards are updated
        only when the passing of time changes what they say. Raises StoreError.
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
