"""Events of stories and sources: which webhooks are told of them, once each, and what they are told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from server.notifications.webhooks import signature
from server.store.notifications import webhooks_observed
from server.store.sources import sources, stories, story_queries
from server.worker.deliveries.webhooks_observer import WebhookObserver
from tests.cast import NOW, TIN_TINH, TIN_XA, entry
from tests.desk.office import Office
from tests.store.sources.readings import save
from tests.worker.deliveries.hook_case import URL, HookCase, shown_at


def test_the_published_vector() -> None:
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = signature([secret], message, 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_story_is_told_when_it_is_approved_shown_and_withdrawn(case: HookCase) -> None:
    case.add(areas=("xa-minh-tan",))
    case.add("/khac", areas=("xa-dong-hai",))
    db, now = case.office.db, case.office.now
    observer = WebhookObserver(db, case.office.config.alert_rules(), case.office.clock)
    save(db, entry(title="Ab"), source=TIN_XA)
    case.settle()
    assert case.got() == []  # it is held until an editor approves it
    (held,) = story_queries.waiting(db, [TIN_XA.slug])
    stories.approve(db, held.id, actor="lan", now=now)
    case.settle()
    case.office.later(minutes=1)
    shown_at(case.office, f"story:{held.id}", "xa-minh-tan")
    assert (observer.items(), observer.items()) == (1, 0)
    case.settle()
    stories.withdraw(db, held.id, actor="lan", now=case.office.now)
    case.settle()
    assert case.kinds() == ["story.approved", "story.on_air", "story.ended"]
    assert case.kinds("/khac") == []
    data = [json.loads(one.body)["data"] for one in case.got()]
    assert {(one["id"], one["headline"], one["source"]) for one in data} == {(held.id, "Ab", TIN_XA.slug)}
    assert data[0]["page"] == f"{URL}/item/s{held.id}"
    assert data[2]["reason"] == "withdrawn"


def test_a_story_of_a_trusted_source_is_told_without_an_editor(case: HookCase) -> None:
    case.add()
    save(case.office.db, entry(title="Ab"), source=TIN_TINH)
    case.settle()
    assert case.kinds() == ["story.approved"]


def test_a_story_that_no_screen_shows_for_a_week_is_not_watched_any_more(case: HookCase) -> None:
    case.add()
    observer = WebhookObserver(case.office.db, case.office.config.alert_rules(), case.office.clock)
    save(case.office.db, entry(), source=TIN_TINH)
    case.settle()
    case.office.later(days=8)
    observer.items()
    shown_at(case.office, "story:1", "hoi-truong")
    assert observer.items() == 0


def test_a_silent_source_is_told_once_until_it_is_heard_again(case: HookCase) -> None:
    case.add()
    db, now = case.office.db, case.office.now
    silent, counts = {"tin-tinh": now - timedelta(days=9)}, []
    for found in (silent, silent, {}, {}):
        counts.append(webhooks_observed.observe_sources(db, found, now))
        case.settle()
    assert (counts, case.kinds()) == ([1, 0, 1, 0], ["source.silent", "source.back"])


def test_the_observer_finds_sources_that_are_silent_or_heard_again(case: HookCase) -> None:
    case.add()
    db, office = case.office.db, case.office
    observer = WebhookObserver(db, office.config.alert_rules(), office.clock)
    assert observer.sources() == 0  # nothing was ever read: nothing is known of its habits
    read_until(office, last_new=NOW)
    assert observer.sources() == 0
    office.later(days=9)
    read_until(office, last_new=NOW)
    assert (observer.sources(), observer.sources()) == (1, 0)
    case.settle()
    read_until(office, last_new=office.now)
    assert (observer.sources(), observer.sources()) == (1, 0)
    case.settle()
    assert case.kinds() == ["source.silent", "source.back"]
    silent, back = (json.loads(one.body)["data"] for one in case.got())
    assert silent["id"] == back["id"] == TIN_TINH.slug
    assert silent["since"] == back["since"] == "2026-03-09T00:30:00Z"


def test_a_silent_source_that_is_removed_is_told_to_be_back(case: HookCase) -> None:
    case.add()
    office = case.office
    observer = WebhookObserver(office.db, office.config.alert_rules(), office.clock)
    read_until(office, last_new=NOW - timedelta(days=9))
    assert observer.sources() == 1
    sources.remove(office.db, TIN_TINH.slug, actor="tuan", now=office.now)
    assert observer.sources() == 1
    case.settle()
    assert json.loads(case.got()[-1].body)["data"]["reason"] == "removed"


def read_until(office: Office, *, last_new: datetime) -> None:
    """The worker has just read TIN_TINH, whose newest item was published at ``last_new``."""
    sources.due_now(office.db, TIN_TINH.slug, now=office.now)
    claimed = sources.claim_due(office.db, worker="w", now=office.now, lease=timedelta(minutes=3), limit=9)
    for source, state in claimed:
        read = replace(state, next_fetch_at=office.now + timedelta(days=99))
        if source.slug == TIN_TINH.slug:
            read = replace(read, last_good=office.now, last_new=last_new, gap=timedelta(hours=6))
        sources.finish(office.db, source.slug, worker="w", state=read)
