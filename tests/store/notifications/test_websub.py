"""Subscriptions and requests of the WebSub hub in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from server.store.database.engine import Database
from server.store.notifications import websub, websub_requests
from server.store.notifications.websub import CLAIM, Outcome, Subscription
from server.store.notifications.websub_requests import AskedRequest, WaitingRequest
from tests.cast import DAY, NOW

TOPIC = "https://bangtin.example.vn/board/hoi-truong/feed.atom"
SOON = timedelta(seconds=10)


def subscribed(db: Database, *callbacks: str) -> None:
    """Subscriptions that know the content "a"."""
    for callback in callbacks:
        asked = WaitingRequest(0, "subscribe", TOPIC, f"https://doc.example/{callback}", "doc.example", "x", DAY)
        websub_requests.add(db, asked, "203.0.113.9", NOW)
    waiting = websub_requests.claim(db, NOW, 9)
    websub_requests.save_outcomes(db, [], [AskedRequest(one, True, "a") for one in waiting], NOW)


def claimed(db: Database) -> tuple[Subscription, ...]:
    return websub.claim(db, [id for id, _ in websub.due(db, NOW)], NOW)


def save(db: Database, *outcomes: Outcome) -> None:
    websub_requests.save_outcomes(db, outcomes, [], NOW)


def test_a_change_is_due_once_for_each_subscription(db: Database) -> None:
    subscribed(db, "1", "2")
    assert websub.topics(db, NOW) == {TOPIC}
    assert websub.want(db, TOPIC, "a", NOW, at_once=False) == 0
    assert websub.want(db, TOPIC, "b", NOW, at_once=False) == 2
    mine = claimed(db)
    assert [(one.wanted, one.sent, one.secret) for one in mine] == [("b", "a", "x")] * 2
    assert claimed(db) == ()
    save(db, *(Outcome(one, "b") for one in mine))
    assert websub.due(db, NOW + CLAIM) == ()


def test_a_change_during_a_delivery_is_due_after_it(db: Database) -> None:
    subscribed(db, "1")
    websub.want(db, TOPIC, "b", NOW, at_once=False)
    (mine,) = claimed(db)
    websub.want(db, TOPIC, "c", NOW, at_once=True)
    assert websub.due(db, NOW) == ()
    save(db, Outcome(mine, "b"))
    (again,) = claimed(db)
    assert (again.wanted, again.sent) == ("c", "b")


def test_a_content_that_was_sent_before_it_was_noted_is_not_due(db: Database) -> None:
    subscribed(db, "1")
    websub.want(db, TOPIC, "b", NOW, at_once=False)
    (mine,) = claimed(db)
    save(db, Outcome(mine, "c"))
    assert websub.want(db, TOPIC, "c", NOW, at_once=False) == 0


def test_a_failure_waits_unless_something_urgent_changes(db: Database) -> None:
    subscribed(db, "1")
    websub.want(db, TOPIC, "b", NOW, at_once=False)
    save(db, Outcome(claimed(db)[0], due=NOW + SOON))
    websub.want(db, TOPIC, "c", NOW, at_once=False)
    assert (websub.due(db, NOW), len(websub.due(db, NOW + SOON))) == ((), 1)
    websub.want(db, TOPIC, "d", NOW, at_once=True)
    (mine,) = claimed(db)
    assert mine.failures == 1


def test_what_a_dead_worker_had_is_free_again(db: Database) -> None:
    subscribed(db, "1")
    websub.want(db, TOPIC, "b", NOW, at_once=False)
    claimed(db)
    assert (len(websub.due(db, NOW + CLAIM - SOON)), len(websub.due(db, NOW + CLAIM))) == (0, 1)


def test_a_request_is_fulfilled_once(db: Database) -> None:
    asked = WaitingRequest(0, "subscribe", TOPIC, "https://doc.example/1", "doc.example", "x", DAY)
    websub_requests.add(db, asked, "203.0.113.9", NOW)
    assert websub_requests.claim(db, NOW, 9, ["doc.example"]) == ()
    (first,) = websub_requests.claim(db, NOW, 9, ["khac.example"])
    assert websub_requests.claim(db, NOW, 9) == ()
    (second,) = websub_requests.claim(db, NOW + CLAIM, 9)
    websub_requests.save_outcomes(db, [], [AskedRequest(first, True, "a")], NOW)
    websub_requests.save_outcomes(db, [], [AskedRequest(second, True, "b")], NOW)
    websub.want(db, TOPIC, "c", NOW, at_once=False)
    assert claimed(db)[0].sent == "a"


def test_an_ended_subscription_is_forgotten_and_may_begin_anew(db: Database) -> None:
    subscribed(db, "1", "2")
    websub.want(db, TOPIC, "b", NOW, at_once=False)
    first, second = claimed(db)
    save(db, Outcome(first, gone=True), Outcome(second, "b", given_up=True))
    assert websub.forget(db, before=NOW) == 0
    subscribed(db, "1")
    websub.want(db, TOPIC, "c", NOW, at_once=False)
    assert {one.sent for one in claimed(db)} == {"a", "b"}
    assert websub.forget(db, before=NOW + 2 * DAY) == 2
