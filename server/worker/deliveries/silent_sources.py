"""Finds the sources that are silent; called by webhooks_observer and alarms_observer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.core.alerts.rules import AlertRules
from server.core.sources.fetch_schedule import silent_since
from server.store.alerts import polls
from server.store.database.engine import Database
from server.store.sources import sources


@dataclass(frozen=True, slots=True)
class Silences:
    """Slug of a source -> since when it is silent: sources of news, and those of alerts."""

    news: Mapping[str, datetime]
    alerts: Mapping[str, datetime]


def silent_sources(db: Database, rules: AlertRules, now: datetime) -> Silences:
    """Returns the sources that are silent at ``now``; ``rules`` say when a source of alerts is silent."""
    states = {one.slug: one for one in sources.states(db)}
    listed = (one.slug for one in sources.all(db) if one.kind != "cap" and one.slug in states)
    found = {slug: silent_since(states[slug], now) for slug in listed}
    return Silences(
        {slug: since for slug, since in found.items() if since is not None},
        {one.slug: since for one, since in polls.silences(db, now, rules)},
    )
