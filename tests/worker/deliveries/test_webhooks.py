"""Webhooks with a real receiver: what is sent, how it is signed, attempts, and what keepers are told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

from server.core.screens.screens import Link
from server.notifications.webhooks import MOST_BYTES, RETRIES, body_of, new_secret, signature
from server.store.announcements import announcements
from server.store.notices import actions, notices
from server.store.notifications import webhooks, webhooks_deliveries
from server.store.notifications.webhooks_deliveries import CLAIM, Attempt
from server.store.people import messages
from server.store.screens import outages, receipts
from server.worker.deliveries.webhooks_observer import WebhookObserver
from tests.cast import KEEPER, NOW, notice
from tests.paths import ROOT
from tests.station import until
from tests.store.screens.test_screens import paired
from tests.worker.deliveries.hook_case import URL, HookCase, sender_of, shown_at


def test_the_published_vector() -> None:
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = signature([secret], message, 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_body_is_never_longer_than_the_limit() -> None:
    body = body_of("notice.sent", NOW, {"boards": [{"slug": "b", "name": "Ấp " * 60}] * 5000})
    assert len(body.encode()) <= MOST_BYTES
    assert json.loads(body)["data"]["boards"]


def test_an_approved_announcement_is_sent_signed_with_its_public_address(case: HookCase) -> None:
    secret = new_secret()
    case.add(secret=secret)
    id = case.post()
    case.settle()
    (got,) = case.got()
    told = json.loads(got.body)
    assert (told["type"], told["timestamp"]) == ("announcement.approved", "2026-03-09T00:30:00Z")
    assert (told["data"]["id"], told["data"]["headline"]) == (id, "Lịch tiếp công dân")
    assert told["data"]["page"] == f"{URL}/item/a{id}"
    assert "Tiếp công dân sáng" not in got.body.decode()
    stamp = int(got.headers["webhook-timestamp"])
    assert stamp == int(case.office.now.timestamp())
    assert got.headers["webhook-signature"] == signature([secret], got.headers["webhook-id"], stamp, got.body)


def test_drafts_and_other_areas_are_not_told(case: HookCase) -> None:
    case.add(areas=("xa-dong-hai",))
    case.post(area="xa-minh-tan")
    case.post(area="xa-dong-hai", state="submitted")
    case.settle()
    assert case.got() == []
    case.post(area="xa-dong-hai")
    case.settle()
    assert case.kinds() == ["announcement.approved"]


def test_an_item_goes_on_air_once_and_ends(case: HookCase) -> None:
    case.add()
    observer = WebhookObserver(case.office.db, case.office.config.alert_rules(), case.office.clock)
    id = case.post()
    case.settle()
    assert observer.items() == 0
    case.office.later(minutes=1)
    shown_at(case.office, f"announcement:{id}", "hoi-truong")
    assert (observer.items(), observer.items()) == (1, 0)
    case.settle()
    case.office.later(days=2)
    assert (observer.items(), observer.items()) == (1, 0)
    case.settle()
    assert case.kinds() == ["announcement.approved", "announcement.on_air", "announcement.ended"]


def test_a_notice_is_told_when_it_is_sent_and_when_it_is_cleared(case: HookCase) -> None:
    case.add()
    made = notices.post(case.office.db, notice(), actor="lan", now=case.office.now)
    case.settle()
    notices.clear(case.office.db, made.id, actor="lan", now=case.office.now)
    case.settle()
    assert case.kinds() == ["notice.sent", "notice.cleared"]


def test_what_was_withdrawn_before_it_could_be_sent_is_not_sent(case: HookCase) -> None:
    case.add()
    id = case.post()
    announcements.withdraw(case.office.db, id, actor="lan", now=case.office.now)
    case.settle()
    assert case.kinds() == ["announcement.ended"]


def test_failures_are_repeated_under_the_same_id_at_the_written_times_and_then_told(case: HookCase) -> None:
    case.add()
    case.receiver.status = 500
    case.post()
    for wait in (*RETRIES, None):
        case.settle()
        sent = len(case.got())
        if wait is not None:
            case.office.now += wait - timedelta(seconds=1)
            case.settle()
            assert len(case.got()) == sent
            case.office.now += timedelta(seconds=1)
    got = case.got()
    assert len(got) == 10
    assert len({one.headers["webhook-id"] for one in got}) == 1
    assert len({one.headers["webhook-timestamp"] for one in got}) == 10
    assert [one.kind for one in messages.unseen(case.office.db, KEEPER.slug)] == ["webhook.failed"]
    case.office.later(days=3)
    case.settle()
    assert len(case.got()) == 10
    case.receiver.status = 204
    (line,) = webhooks_deliveries.log(case.office.db, 1, most=9)
    assert (line.state, line.status, line.error) == ("failed", 500, "http")
    webhooks_deliveries.resend(case.office.db, 1, line.id, actor="tuan", now=case.office.now)
    case.settle()
    assert case.got()[-1].headers["webhook-id"] == got[0].headers["webhook-id"]
    assert messages.unseen(case.office.db, KEEPER.slug) == ()


def test_retry_after_is_kept(case: HookCase) -> None:
    case.add()
    case.receiver.status, case.receiver.headers = 429, {"Retry-After": "3600"}
    case.post()
    case.settle()
    case.office.later(minutes=59)
    case.settle()
    assert len(case.got()) == 1
    case.office.later(minutes=1)
    case.settle()
    assert len(case.got()) == 2


def test_410_switches_the_webhook_off(case: HookCase) -> None:
    hook = case.add()
    case.receiver.status = 410
    case.post()
    case.settle()
    assert webhooks.get(case.office.db, hook.id).gone == case.office.now
    assert [one.kind for one in messages.unseen(case.office.db, KEEPER.slug)] == ["webhook.gone"]
    case.post()
    case.settle()
    assert len(case.got()) == 1


def test_a_redirect_is_a_failure_and_not_followed(case: HookCase) -> None:
    hook = case.add()
    case.receiver.status, case.receiver.headers = 302, {"Location": "/khac"}
    case.post()
    case.settle()
    assert [one.path for one in case.receiver.received] == ["/nhan"]
    (line,) = webhooks_deliveries.log(case.office.db, hook.id, most=9)
    assert (line.state, line.status) == ("waiting", 302)


def test_a_private_address_is_refused(case: HookCase) -> None:
    hook = case.add()
    case.post()
    case.sender.close()
    case.sender = sender_of(case.office, ())
    case.settle()
    (line,) = webhooks_deliveries.log(case.office.db, hook.id, most=9)
    assert (line.state, line.error, case.receiver.begun) == ("waiting", "private-address", [])


def test_a_slow_receiver_does_not_delay_the_others(case: HookCase) -> None:
    case.add("/cham")
    case.add()
    for _ in range(3):
        case.post()

    def all_there() -> bool:
        case.sender.tick()
        return len(case.got()) == 3

    until(all_there, "the other one has all", every=0.01)
    assert (case.got("/cham"), case.receiver.begun.count("/cham")) == ([], 1)


def test_for_a_day_both_secrets_sign(case: HookCase) -> None:
    old, new = new_secret(), new_secret()
    hook = case.add(secret=old)
    webhooks.renew(case.office.db, hook.id, new, actor="tuan", now=case.office.now)
    case.post()
    case.settle()
    case.office.later(days=1)
    case.post()
    case.settle()
    for got, keys in zip(case.got(), ([new, old], [new]), strict=True):
        signed = signature(keys, got.headers["webhook-id"], int(got.headers["webhook-timestamp"]), got.body)
        assert got.headers["webhook-signature"] == signed


def test_a_worker_that_died_while_sending_sends_again_under_the_same_id(case: HookCase) -> None:
    hook = case.add()
    case.post()
    case.settle()
    db, now = case.office.db, case.office.now
    (line,) = webhooks_deliveries.log(db, hook.id, most=9)
    webhooks_deliveries.resend(db, hook.id, line.id, actor="tuan", now=now)
    # A worker claims the webhook, sends, and is killed before it stores what came of it.
    assert webhooks_deliveries.claim(db, hook.id, now)
    found = webhooks_deliveries.next_due(db, hook.id, now)
    assert isinstance(found, Attempt)
    assert webhooks_deliveries.ready(db, now) == ()
    assert not webhooks_deliveries.claim(db, hook.id, now)
    case.office.now += CLAIM
    case.settle()
    assert [one.headers["webhook-id"] for one in case.got()] == [found.message] * 2


def test_a_worker_that_is_killed_between_sending_and_storing_sends_again(case: HookCase) -> None:
    case.add("/cham")
    case.post()
    doomed = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.deliveries.doomed_sender", str(case.office.folder)]
    )
    try:
        until(lambda: case.receiver.begun, "the receiver has read the request")
    finally:
        doomed.kill()
        doomed.wait()
    case.receiver.free.set()
    until(lambda: case.receiver.received, "the receiver has taken it, and nobody heard")
    case.settle()
    assert len(case.receiver.received) == 1, "the claim of the dead worker lasts"
    case.office.now += CLAIM
    case.settle()
    first, second = case.receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    (line,) = webhooks_deliveries.log(case.office.db, 1, most=9)
    assert line.state == "sent"


def test_the_receiver_in_the_documentation_reads_what_is_sent() -> None:
    page = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(page.split("```python\n", 1)[1].split("```", 1)[0], names)  # noqa: S102 - the code of our own page
    client, now = names["app"].test_client(), int(time.clock_gettime(time.CLOCK_REALTIME))

    def answer(keys: list[str], at: int, body: bytes = b"{}") -> int:
        sent = {"webhook-id": "msg_1", "webhook-timestamp": str(at)}
        signed = sent | {"webhook-signature": signature(keys, "msg_1", at, b"{}")}
        return int(client.post("/bang-tin", data=body, headers=signed).status_code)

    mine = names["SECRET"]
    assert [answer([mine], now), answer([new_secret(), mine], now)] == [204, 204]
    assert [answer([new_secret()], now), answer([mine], now - 600), answer([mine], now, b"[]")] == [401, 401, 401]


def test_a_notice_of_two_editors_is_told_as_confirmed(case: HookCase) -> None:
    case.add()
    db, now = case.office.db, case.office.now
    draft = notices.post(db, notice(state="drafted"), actor="lan", now=now)
    actions.sign(db, draft.id, actor="lan", now=now)
    case.settle()
    assert case.got() == []
    actions.send(db, draft.id, actor="minh", now=now, four_eyes=True)
    case.settle()
    assert case.kinds() == ["notice.sent", "notice.confirmed"]


def test_a_screen_is_told_to_be_dark_and_back_to_the_webhooks_of_its_board(case: HookCase) -> None:
    case.add()
    case.add("/khac", areas=("xa-dong-hai",))
    db = case.office.db
    screen, _ = paired(db)
    for heard in (True, False, True):
        if heard:
            receipts.save(db, [], [], [Link(screen.id, True, case.office.now)])
        outages.note(db, case.office.now, timedelta(minutes=2))
        case.settle()
        case.office.later(minutes=3)
    assert (case.kinds(), case.kinds("/khac")) == (["screen.dark", "screen.back"], [])
