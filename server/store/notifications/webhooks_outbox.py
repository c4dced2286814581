"""The outbox of webhooks: events, each written in the transaction of its change; called by the rooms of server.store.

The worker distributes them (webhooks_distribution).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from server.core.webhook_events import Event
from server.store.tables import values_of, webhook_events, webhooks


def is_wanted(conn: Connection) -> bool:
    """Whether a webhook is in use; if none is, events are not stored."""
    return conn.execute(select(webhooks.c.id).where(webhooks.c.off.is_(None)).limit(1)).first() is not None


def add(conn: Connection, events: Sequence[Event]) -> None:
    """Store ``events`` for the webhooks if one is in use. Takes no lock that another writer waits for."""
    if events and is_wanted(conn):
        conn.execute(insert(webhook_events), [values_of(one) | {"details": dict(one.details)} for one in events])
