"""The WebSub hub with a real subscriber: the hub cases 100 to 106 of websub.rocks, and what else the rules ask."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from server.content.public_feeds.kept_files import KeptFiles, Made
from server.core.model import Window
from server.notifications.websub import RETRIES
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from server.store.notifications import websub, websub_requests
from server.store.notifications.websub import CLAIM, Subscription
from server.worker.deliveries.websub_callbacks import Callbacks
from tests.cast import BOARD_MINH_TAN, DAY, NOW, entry, notice
from tests.desk.office import Office
from tests.feeds.download.test_post import HOME
from tests.feeds.hosts import loopback
from tests.station import until
from tests.store.sources.readings import save
from tests.worker.deliveries.hub_case import ATOM, JSON, URL, HubCase, hub_case
from tests.worker.deliveries.subscriber import Answer, Subscriber

SECRET = "chuyện của hai người"


def test_100_a_subscriber_is_asked_and_then_gets_the_whole_feed_without_a_signature(hub: HubCase) -> None:
    answer = hub.ask()
    assert (answer.status_code, hub.subscriber.asked) == (202, [])
    hub.settle()
    (asked,) = hub.subscriber.asked
    assert asked.pop("hub.challenge")  # type: ignore[attr-defined]
    assert asked == {"hub.mode": "subscribe", "hub.topic": ATOM, "hub.lease_seconds": "604800"}
    assert hub.subscriber.received == []
    hub.post("Lịch cắt điện")
    hub.settle_changes()
    (got,) = hub.subscriber.received
    file = hub.file()
    assert "Lịch cắt điện" in file.text
    assert (got.body, got.headers["content-type"]) == (file.data, file.headers["Content-Type"])
    assert got.headers["link"] == file.headers["Link"] == f'<{URL}/websub>; rel="hub", <{ATOM}>; rel="self"'
    assert "x-hub-signature" not in got.headers


@pytest.mark.parametrize("topic", [ATOM, JSON, f"{URL}/area/tinh/feed.json"])
def test_101_and_106_a_feed_of_each_type_is_signed_with_the_secret(hub: HubCase, topic: str) -> None:
    hub.subscribed(topic, secret=SECRET)
    hub.post("Họp dân")
    hub.settle_changes()
    (got,) = hub.subscriber.received
    file = hub.file(topic)
    assert (got.body, got.headers["content-type"]) == (file.data, file.headers["Content-Type"])
    assert got.headers["x-hub-signature"] == f"sha256={hmac.digest(SECRET.encode(), got.body, 'sha256').hex()}"


def test_102_unknown_parameters_are_ignored(hub: HubCase) -> None:
    form = {"hub.mode": "subscribe", "hub.topic": ATOM, "hub.callback": hub.subscriber.callback()}
    answer = hub.office.browser().client.post("/websub", data={**form, "foo": "bar", "hub.foo": "hub.bar"})
    assert answer.status_code == 202
    hub.settle()
    assert "hub.foo" not in hub.subscriber.asked[0]
    assert websub.is_active(hub.office.db, ATOM, hub.subscriber.callback(), hub.office.now)


def test_103_to_subscribe_again_replaces_secret_and_lease(hub: HubCase) -> None:
    hub.subscribed(secret="cũ", lease_seconds="300")
    hub.office.later(seconds=200)
    hub.subscribed(secret=SECRET, lease_seconds="600")
    hub.office.later(seconds=200)
    hub.post("Họp dân")
    hub.settle_changes()
    (got,) = hub.subscriber.received
    assert got.headers["x-hub-signature"] == f"sha256={hmac.digest(SECRET.encode(), got.body, 'sha256').hex()}"


def test_103_a_delivery_that_waits_survives_a_renewal(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status = 500
    hub.post("Họp dân")
    hub.settle_changes()
    hub.subscriber.status = 200
    hub.subscribed()
    hub.office.now += RETRIES[0]
    hub.settle()
    assert len(hub.subscriber.received) == 2


def test_104_who_unsubscribes_is_asked_and_gets_nothing_more(hub: HubCase) -> None:
    hub.subscribed(secret=SECRET)
    hub.subscribed(mode="unsubscribe")
    assert (hub.subscriber.asked[1]["hub.mode"], "hub.lease_seconds" in hub.subscriber.asked[1]) == (
        "unsubscribe",
        False,
    )
    hub.post("Họp dân")
    hub.settle_changes()
    assert hub.subscriber.received == []


def test_104_nobody_else_can_unsubscribe_a_subscriber(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.agrees = lambda _: (404, {}, "")
    hub.subscribed(mode="unsubscribe")
    assert websub.is_active(hub.office.db, ATOM, hub.subscriber.callback(), hub.office.now)


def test_a_callback_that_never_subscribed_is_not_asked_about_unsubscribing(hub: HubCase) -> None:
    hub.subscribed(mode="unsubscribe")
    assert hub.subscriber.asked == []


def test_105_a_plain_text_is_delivered_with_its_type(receiver: Subscriber) -> None:
    file = KeptFiles().file("x", 1, NOW, lambda: Made("Chào".encode(), "text/plain; charset=utf-8"))
    given = Subscription(1, ATOM, receiver.callback(), "doc.example", "", "b", "a", 0)
    outcome = Callbacks(HOME, loopback).deliver(given, file, NOW)
    (got,) = receiver.received
    assert (got.body.decode(), got.headers["content-type"]) == ("Chào", "text/plain; charset=utf-8")
    assert outcome.digest == file.etag


def test_a_large_feed_is_delivered_whole(hub: HubCase) -> None:
    hub.subscribed(secret=SECRET)
    for number in range(20):
        hub.post(f"Quy hoạch {number}", text="Nước sông dâng cao & chảy xiết. " * 600)
    hub.settle_changes()
    (got,) = hub.subscriber.received
    assert len(got.body) > 500_000
    assert got.body == hub.file().data


@pytest.mark.parametrize(
    ("asked", "granted"), [("60", "300"), ("86400", "86400"), ("99999999", "1209600"), ("9" * 40, "1209600")]
)
def test_a_lease_is_between_five_minutes_and_fourteen_days(hub: HubCase, asked: str, granted: str) -> None:
    hub.subscribed(lease_seconds=asked)
    assert hub.subscriber.asked[0]["hub.lease_seconds"] == granted


@pytest.mark.parametrize(
    "topic",
    [
        f"{URL}/board/khong-co/feed.atom",
        "https://noi-khac.example/board/hoi-truong/feed.atom",
        f"{URL}/board/hoi-truong/feed.atom?x=1",
        f"{URL}/desk/",
    ],
)
def test_a_topic_that_is_no_feed_of_this_server_is_denied(hub: HubCase, topic: str) -> None:
    hub.subscribed(topic, secret=SECRET)
    (asked,) = hub.subscriber.asked
    assert (asked["hub.mode"], asked["hub.topic"], "hub.challenge" in asked) == ("denied", topic, False)
    assert websub.topics(hub.office.db, hub.office.now) == frozenset()


def test_the_query_of_a_callback_is_kept(hub: HubCase) -> None:
    hub.subscribed(callback=hub.subscriber.callback("/nhan?ai=b%26c&n="))
    assert (hub.subscriber.asked[0]["ai"], hub.subscriber.asked[0]["hub.mode"]) == ("b&c", "subscribe")
    hub.post("Họp dân")
    hub.settle_changes()
    assert hub.subscriber.received[0].path == "/nhan?ai=b%26c&n="


def _elsewhere(challenge: str) -> Answer:
    return 302, {"Location": "/nhan-khac"}, challenge


REFUSALS = {
    "another text": lambda _: (200, {}, "không"),
    "nothing": lambda _: (200, {}, ""),
    "more than the challenge": lambda challenge: (200, {}, f"{challenge}\n"),
    "a failure": lambda challenge: (404, {}, challenge),
    "a redirect": _elsewhere,
    "a long text": lambda challenge: (200, {}, challenge * 1000),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_callback_that_does_not_return_the_challenge_gets_nothing(hub: HubCase, refusal: str) -> None:
    hub.subscriber.agrees = REFUSALS[refusal]
    hub.subscribed()
    hub.post("Họp dân")
    hub.settle_changes()
    assert (len(hub.subscriber.asked), hub.subscriber.received) == (1, [])


def test_no_challenge_can_be_guessed(hub: HubCase) -> None:
    for number in range(3):
        hub.subscribed(callback=hub.subscriber.callback(f"/{number}"))
    challenges = {one["hub.challenge"] for one in hub.subscriber.asked}
    assert (len(challenges), min(map(len, challenges)) >= 43) == (3, True)


def test_a_callback_in_a_private_network_is_never_connected_to(office: Office, receiver: Subscriber) -> None:
    with hub_case(office, receiver, allow=()) as hub:
        hub.subscribed()
        assert hub.ask(callback=f"http://127.0.0.1:{receiver.port}/").status_code == 202
        hub.settle()
        assert receiver.asked == []
        assert websub.topics(office.db, office.now) == frozenset()


def test_changes_within_seconds_are_one_delivery(hub: HubCase) -> None:
    hub.subscribed()
    for title in ("Một", "Hai", "Ba"):
        hub.post(title)
        hub.settle()
        hub.office.later(seconds=0.9)
    assert hub.subscriber.received == []
    hub.office.later(seconds=0.3)
    hub.settle()
    (got,) = hub.subscriber.received
    assert all(title in got.body.decode() for title in ("Một", "Hai", "Ba"))


def test_an_urgent_notice_goes_out_at_once_and_so_does_its_end(hub: HubCase) -> None:
    hub.subscribed()
    one = notices.post(hub.office.db, notice(headline="Lũ quét"), actor="lan", now=hub.office.now)
    hub.settle()
    assert "Lũ quét" in hub.subscriber.received[0].body.decode()
    notices.clear(hub.office.db, one.id, actor="lan", now=hub.office.now)
    hub.settle()
    assert "Lũ quét" not in hub.subscriber.received[1].body.decode()


def test_what_does_not_change_the_feed_is_not_delivered(hub: HubCase) -> None:
    hub.subscribed(f"{URL}/area/xa-dong-hai/feed.atom")
    hub.post("Của xã khác", area="xa-minh-tan")
    hub.post("Bản nháp", area="xa-dong-hai", state="draft")
    hub.settle_changes()
    assert hub.subscriber.received == []


def test_time_alone_changes_a_feed(hub: HubCase) -> None:
    hub.post("Sáng", windows=(Window(NOW - DAY, NOW + timedelta(minutes=1)),))
    hub.subscribed()
    hub.office.later(seconds=60)
    hub.settle()
    (got,) = hub.subscriber.received
    assert b"S\xc3\xa1ng" not in got.body


def test_a_redirect_is_a_failure_and_the_retry_has_the_newest_content(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status, hub.subscriber.headers = 307, {"Location": "/noi-khac"}
    hub.post("Giữ lại")
    gone = hub.post("Gỡ xuống")
    hub.settle_changes()
    announcements.withdraw(hub.office.db, gone.id, actor="lan", now=hub.office.now)
    hub.subscriber.status = 200
    hub.settle()
    assert [one.path for one in hub.subscriber.received] == ["/nhan"]
    hub.office.now += RETRIES[0]
    hub.settle()
    second = hub.subscriber.received[1].body.decode()
    assert ("Giữ lại" in second, "Gỡ xuống" in second) == (True, False)


def test_what_was_withdrawn_before_it_was_delivered_is_never_sent(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status = 500
    gone = hub.post("Gỡ xuống")
    hub.settle_changes()
    announcements.withdraw(hub.office.db, gone.id, actor="lan", now=hub.office.now)
    hub.settle_changes()
    hub.office.now += RETRIES[0]
    hub.settle()
    assert len(hub.subscriber.received) == 1
    assert websub.due(hub.office.db, hub.office.now + DAY) == ()


def test_what_failed_for_hours_is_given_up_until_the_next_change(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status = 503
    hub.post("Một")
    hub.settle_changes()
    for wait in RETRIES:
        hub.office.now += wait
        hub.settle()
    assert len(hub.subscriber.received) == 1 + len(RETRIES)
    hub.subscriber.status = 200
    hub.office.later(hours=12)
    hub.settle()
    assert len(hub.subscriber.received) == 1 + len(RETRIES)
    hub.post("Hai")
    hub.settle_changes()
    assert all(title in hub.subscriber.received[-1].body.decode() for title in ("Một", "Hai"))


def test_a_receiver_that_asks_to_wait_is_left_alone(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status, hub.subscriber.headers = 503, {"Retry-After": "120"}
    hub.post("Một")
    hub.settle_changes()
    hub.office.later(seconds=119)
    hub.settle()
    assert len(hub.subscriber.received) == 1
    hub.office.later(seconds=1)
    hub.settle()
    assert len(hub.subscriber.received) == 2


def test_410_ends_the_subscription(hub: HubCase) -> None:
    hub.subscribed()
    hub.subscriber.status = 410
    hub.post("Một")
    hub.settle_changes()
    hub.subscriber.status = 200
    hub.post("Hai")
    hub.settle_changes()
    assert len(hub.subscriber.received) == 1
    hub.subscribed()
    hub.post("Ba")
    hub.settle_changes()
    assert len(hub.subscriber.received) == 2


def test_a_slow_subscriber_does_not_delay_the_others(hub: HubCase) -> None:
    for number in range(6):
        hub.subscribed(callback=hub.subscriber.callback(f"/cham/{number}", "cham.example"))
    hub.subscribed(callback=hub.subscriber.callback("/nhanh", "nhanh.example"))
    hub.post("Một")
    hub.hub.tick()
    hub.office.later(seconds=3)
    hub.hub.tick()
    until(lambda: [one.path for one in hub.subscriber.received] == ["/nhanh"], "the quick one has it")
    assert 1 <= len(hub.subscriber.begun) - 1 <= 4
    hub.subscriber.free.set()
    hub.settle()
    assert len(hub.subscriber.received) == 7


def test_a_subscription_expires(hub: HubCase) -> None:
    hub.subscribed(lease_seconds="300")
    hub.office.later(seconds=301)
    hub.post("Một")
    hub.settle_changes()
    assert hub.subscriber.received == []
    assert websub.forget(hub.office.db, before=hub.office.now) == 1
    assert websub_requests.forget(hub.office.db, before=hub.office.now) == 1


def test_a_worker_that_was_killed_loses_no_request_and_no_delivery(hub: HubCase) -> None:
    db = hub.office.db
    hub.ask()
    assert len(websub_requests.claim(db, hub.office.now, 8)) == 1
    hub.settle()
    assert hub.subscriber.asked == []
    hub.office.now += CLAIM
    hub.settle()
    assert len(hub.subscriber.asked) == 1
    hub.restart()
    hub.post("Trong lúc không có worker")
    hub.settle_changes()
    assert len(hub.subscriber.received) == 1
    websub.want(db, ATOM, "x", hub.office.now, at_once=True)
    hub.post("Trong lúc gửi")
    waiting = [id for id, _ in websub.due(db, hub.office.now)]
    assert len(websub.claim(db, waiting, hub.office.now)) == 1
    hub.restart()
    hub.settle_changes()
    assert len(hub.subscriber.received) == 1
    hub.office.now += CLAIM
    hub.settle()
    assert "Trong lúc gửi" in hub.subscriber.received[1].body.decode()


def test_two_workers_deliver_once(hub: HubCase, receiver: Subscriber) -> None:
    with hub_case(hub.office, receiver) as second:
        hub.subscribed()
        second.settle()
        hub.post("Một")
        hub.settle()
        second.settle()
        hub.office.later(seconds=3)
        hub.hub.tick()
        second.settle()
        hub.settle()
    assert (len(receiver.asked), len(receiver.received)) == (1, 1)


def test_a_board_that_is_not_public_any_more_sends_nothing(hub: HubCase) -> None:
    hub.subscribed(f"{URL}/board/xa-minh-tan/feed.atom")
    hub.post("Một")
    boards.save(hub.office.db, replace(BOARD_MINH_TAN, public=False), actor="tuan", now=NOW)
    hub.settle_changes()
    assert hub.subscriber.received == []


def test_a_story_is_delivered_to_the_boards_with_its_source(hub: HubCase) -> None:
    hub.subscribed()
    save(hub.office.db, entry("bai-1", title="Cầu mới"))
    hub.settle_changes()
    hub.office.later(seconds=10)
    hub.settle_changes()
    assert "Cầu mới" in hub.subscriber.received[-1].body.decode()
