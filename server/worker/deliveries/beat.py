"""Tells an outside address each minute that server, worker and store work; created by alarms_jobs.

Whoever runs that address raises the alarm when the beats stop: this machine cannot report its own death.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.post import post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError
from server.setup.config import Config
from server.setup.product import user_agent
from server.store.database import probe, server_seen
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.worker.deliveries.clock_check import ClockCheck

log = structlog.get_logger("beat")


class Beat:
    """Sends the beats to the configured address. ``clock_check`` gets the Date header of each answer."""

    def __init__(
        self,
        db: Database,
        config: Config,
        clock: Callable[[], datetime],
        clock_check: ClockCheck,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._db, self._url, self._clock, self._check = db, config.duty.beat_url, clock, clock_check
        self._resolve = resolve
        self._policy = FetchPolicy(
            allow_private=config.fetch.allow_private, user_agent=user_agent("beat"), total_seconds=20.0
        )

    def tick(self) -> bool:
        """Sends a beat if all works; True if it arrived."""
        if not self._works():
            return False
        try:
            answer = post(self._url, self._policy, b"", headers={}, resolve=self._resolve)
        except FeedError as error:
            log.warning("beat not delivered", reason=error.code)
            return False
        self._check.compare(urlsplit(self._url).hostname or "", answer.date)
        if not 200 <= answer.status < 300:
            log.warning("beat not delivered", status=answer.status)
            return False
        return True

    def _works(self) -> bool:
        """Whether the store can be written and a server has read it within the last seconds."""
        try:
            probe.try_write(self._db)
            alive = server_seen.is_read(self._db, self._clock())
        except StoreError as error:
            log.warning("no beat", reason=str(error))
            return False
        if not alive:
            log.warning("no beat", reason="no server reads the store")
        return alive
