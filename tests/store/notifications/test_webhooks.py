"""Webhooks, their outbox and deliveries in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from server.core.webhook_events import EVENTS, Event
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.database.errors import NotLive
from server.store.notifications import webhooks, webhooks_deliveries, webhooks_distribution
from server.store.notifications.webhooks import Settings, Webhook
from server.store.notifications.webhooks_deliveries import CLAIM, Outcome
from server.store.notifications.webhooks_distribution import Report
from tests.cast import DAY, NOW, announcement

WANTED = Settings("Một cửa", "https://nhan.example.vn/", ("tinh",), EVENTS)


def made(db: Database) -> Webhook:
    return webhooks.make(db, WANTED, "whsec_AAAA", actor="tuan", now=NOW)


def report(event: Event, hook: Webhook) -> Report:
    return Report(event.title, event.kind)


def test_events_are_kept_only_while_there_is_a_webhook(db: Database) -> None:
    announcements.post(db, announcement(), actor="lan")
    assert not webhooks_distribution.waiting(db)
    hook = made(db)
    announcements.post(db, announcement(), actor="lan")
    assert webhooks_distribution.distribute(db, report, NOW) == 1
    assert webhooks_distribution.distribute(db, report, NOW) == 0
    assert webhooks_deliveries.ready(db, NOW) == (hook.id,)


def test_one_worker_has_a_webhook_until_its_claim_is_over(db: Database) -> None:
    hook = made(db)
    webhooks_deliveries.test(db, hook.id, Report("", "{}"), NOW)
    assert webhooks_deliveries.claim(db, hook.id, NOW)
    assert not webhooks_deliveries.claim(db, hook.id, NOW)
    assert webhooks_deliveries.claim(db, hook.id, NOW + CLAIM)
    webhooks_deliveries.release(db, hook.id)
    assert webhooks_deliveries.claim(db, hook.id, NOW)


def test_what_waits_is_not_sent_after_the_webhook_was_switched_off(db: Database) -> None:
    hook = made(db)
    webhooks_deliveries.test(db, hook.id, Report("", "{}"), NOW)
    webhooks.switch_off(db, hook.id, actor="tuan", now=NOW)
    assert webhooks_deliveries.ready(db, NOW) == ()
    (line,) = webhooks_deliveries.log(db, hook.id, most=9)
    assert (line.state, line.error) == ("failed", "off")
    with pytest.raises(NotLive):
        webhooks_deliveries.resend(db, hook.id, line.id, actor="tuan", now=NOW)


def test_what_was_withdrawn_cannot_be_sent_again(db: Database) -> None:
    hook = made(db)
    posted = announcements.post(db, announcement(), actor="lan")
    webhooks_distribution.distribute(db, report, NOW)
    attempt = webhooks_deliveries.next_due(db, hook.id, NOW)
    assert attempt is not None
    webhooks_deliveries.note(db, attempt, Outcome("sent", 204), NOW)
    announcements.withdraw(db, posted.id, actor="lan", now=NOW)
    webhooks_distribution.distribute(db, report, NOW)
    with pytest.raises(NotLive):
        webhooks_deliveries.resend(db, hook.id, attempt.id, actor="tuan", now=NOW)


def test_the_log_is_deleted_after_a_while_but_not_what_still_waits(db: Database) -> None:
    hook = made(db)
    for _ in range(2):
        webhooks_deliveries.test(db, hook.id, Report("", "{}"), NOW)
    attempt = webhooks_deliveries.next_due(db, hook.id, NOW)
    assert attempt is not None
    webhooks_deliveries.note(db, attempt, Outcome("sent", 204), NOW)
    assert webhooks_deliveries.forget(db, before=NOW) == 0
    assert webhooks_deliveries.forget(db, before=NOW + DAY) == 1
    assert [one.state for one in webhooks_deliveries.log(db, hook.id, most=9)] == ["waiting"]
