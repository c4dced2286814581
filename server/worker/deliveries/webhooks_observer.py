"""Runs the worker's jobs that find events which nobody's act causes: first showings, ends by time, silent sources.

Created by server.processes.worker. The desk uses the same functions to decide which sources are silent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.core.alerts.rules import AlertRules
from server.core.sources.fetch_schedule import silent_since
from server.store.alerts import polls
from server.store.database.engine import Database
from server.store.notifications import webhooks_observed
from server.store.sources import sources


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
        states = {one.slug: one for one in sources.states(self._db)}
        listed = (one.slug for one in sources.all(self._db) if one.kind != "cap" and one.slug in states)
        found = {slug: silent_since(states[slug], now) for slug in listed}
        silent = {slug: since for slug, since in found.items() if since is not None}
        silent |= {one.slug: since for one, since in polls.silences(self._db, now, self._rules)}
        return webhooks_observed.observe_sources(self._db, silent, now)
