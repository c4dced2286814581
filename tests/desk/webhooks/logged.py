"""Adds a webhook whose log holds deliveries in every state; used by the tests that walk over all pages."""

from __future__ import annotations

from datetime import timedelta

from server.core.webhook_events import EVENTS, Event, EventKind
from server.store.database.engine import Database
from server.store.notifications import webhooks, webhooks_deliveries, webhooks_distribution, webhooks_outbox
from server.store.notifications.webhooks import Settings
from server.store.notifications.webhooks_deliveries import TEST, Outcome
from server.store.notifications.webhooks_distribution import Report
from tests.cast import KEEPER, NOW

# One for each reason that the log knows, and one that it does not know.
ERRORS = ("timeout", "dns", "connect", "tls", "private-address", "gone", "off", "?")
STATUSES = (301, 400, 401, 404, 429, 500)


def add_logged(db: Database, area: str = "xa-minh-tan", name: str = "Nhom 1", title: str = "Ab") -> int:
    """Adds the webhook; returns its id. One delivery waits, one was sent, one is obsolete, the others failed."""
    wanted = Settings(name, "https://x.vn/nhan", (area,), EVENTS)
    hook = webhooks.make(db, wanted, "whsec_AAAA", actor=KEEPER.slug, now=NOW).id
    outcomes = [
        Outcome("sent", 204),
        Outcome("waiting", 503, "http", NOW + timedelta(minutes=5)),
        *(Outcome("failed", None, error) for error in ERRORS),
        *(Outcome("failed", status, "http") for status in STATUSES),
    ]
    for place, outcome in enumerate(outcomes):
        _deliver(db, EVENTS[place % len(EVENTS)], f"announcement:{place}", title)
        attempt = webhooks_deliveries.next_due(db, hook, NOW)
        assert attempt is not None
        webhooks_deliveries.note(db, attempt, outcome, NOW)
    for kind in ("announcement.approved", "announcement.ended"):
        _deliver(db, kind, "announcement:99", title)
    webhooks_deliveries.test(db, hook, Report("", "{}"), NOW)
    states = {one.state for one in webhooks_deliveries.log(db, hook, most=99)}
    assert states == {"waiting", "sent", "failed", "obsolete"}
    assert TEST in {one.kind for one in webhooks_deliveries.log(db, hook, most=99)}
    return hook


def _deliver(db: Database, kind: EventKind, subject: str, title: str) -> None:
    with db.write() as conn:
        webhooks_outbox.add(conn, [Event(kind, subject, NOW, title)])
    webhooks_distribution.distribute(db, lambda event, _: Report(event.title, "{}"), NOW)
