"""Runs the worker's jobs that find events which nobody's act causes: first showings, ends by time, silent sources.

Created by server.processes.worker. The desk uses the same functions to decide which sources are silent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.core.alerts.rules import AlertRules
from server.store.database.engine import Database
from server.store.notifications import webhooks_observed
from server.worker.deliveries.silent_sources import silent_sources


class WebhookObserver:
    """Puts the events that it finds into the outbox of webhooks. ``rules`` say when a source of alerts is silent."""

    def __init__(self, db: Database, rules: AlertRules, clock: Callable[[], datetime]) -> None:
        self._db, self._rules, self._clock = db, rules, clock

    def items(self) -> int:
        """Reports first showings and announcements whose time is over; returns how many."""
        return webhooks_observed.observe_items(self._db, self._clock())

    def sources(self) -> int:
        """Reports sources that have become silent or are heard again; returns how many."""
        now = self._clock()
        silences = silent_sources(self._db, self._rules, now)
        return webhooks_observed.observe_sources(self._db, {**silences.news, **silences.alerts}, now)
