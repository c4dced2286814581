"""Makes deliveries of the events in the outbox, one for each webhook that an event concerns; called by worker."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from server.core.webhook_events import Event, obsolete_after
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.notifications import webhooks_observed
from server.store.notifications.webhooks import Webhook, in_use
from server.store.tables import columns_of, webhook_deliveries, webhook_events, webhooks

AT_ONCE = 100
_C = webhook_events.c
_EVENTS = select(*columns_of(webhook_events, Event)).order_by(_C.id)


@dataclass(frozen=True, slots=True)
class Report:
    """What is sent to a receiver: the JSON ``body``, and a ``title`` for the log of deliveries."""

    title: str
    body: str


Compose = Callable[[Event, Webhook], Report | None]
"""Makes the report of an event for a webhook; None if the event does not concern it."""


def waiting(db: Database) -> bool:
    """Whether the outbox has an event."""
    with db.read() as conn:
        return conn.execute(select(_C.id).limit(1)).first() is not None


def distribute(db: Database, compose: Compose, now: datetime) -> int:
    """Make deliveries of at most `AT_ONCE` events, oldest first, and delete these events; returns how many.

    Deliveries that still wait are marked as obsolete if one of the events contradicts them.
    """
    with db.write() as conn:
        advisory_lock(conn, "webhook events")  # of two workers the second finds what the first has left
        ids = conn.execute(select(_C.id).order_by(_C.id).limit(AT_ONCE)).scalars().all()
        hooks = as_values(Webhook, conn.execute(select(*columns_of(webhooks, Webhook)).where(in_use())))
        for event in as_values(Event, conn.execute(_EVENTS.where(_C.id.in_(ids)))):
            _mark_obsolete(conn, event)
            webhooks_observed.note(conn, event)
            reports = ((hook, _report(compose, event, hook)) for hook in hooks)
            made = [new_delivery(hook.id, event.kind, event.subject, one, now) for hook, one in reports if one]
            if made:
                conn.execute(insert(webhook_deliveries), made)
        # Also those that cannot be read, which would otherwise stand in the way of the others.
        conn.execute(delete(webhook_events).where(_C.id.in_(ids)))
        return len(ids)


def _report(compose: Compose, event: Event, hook: Webhook) -> Report | None:
    return compose(event, hook) if event.kind in hook.events else None


def _mark_obsolete(conn: Connection, event: Event) -> None:
    kinds = obsolete_after(event.kind)
    c = webhook_deliveries.c
    if kinds:
        old = update(webhook_deliveries).where(c.subject == event.subject, c.kind.in_(kinds))
        conn.execute(old.values(obsolete=True))
        conn.execute(old.where(c.state == "waiting").values(state="obsolete", due=None))


def new_delivery(webhook: int, kind: str, subject: str, report: Report, now: datetime) -> dict[str, object]:
    """Return the row of a delivery that is due at once."""
    return {
        "webhook": webhook,
        "message": f"msg_{secrets.token_urlsafe(18)}",
        "kind": kind,
        "subject": subject,
        "title": report.title,
        "body": report.body,
        "created": now,
        "state": "waiting",
        "due": now,
    }
