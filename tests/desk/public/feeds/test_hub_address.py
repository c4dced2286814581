"""The address of the WebSub hub: how subscribers find it, which requests it refuses, and its limits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import insert

from server.live.ops.public_paths import is_of_desk, is_public
from server.notifications.websub import with_parameters
from server.store.notifications import websub_requests
from server.store.notifications.websub_requests import (
    MOST_AT_HOST,
    MOST_IN_ALL,
    MOST_OF_HOST,
    MOST_OF_NETWORK,
    MOST_WAITING,
    PERIOD,
)
from server.store.tables import websub_requests as requests_table
from server.store.tables import websub_subscriptions
from tests.cast import DAY, HOUR
from tests.desk.office import Office
from tests.desk.public.feeds.conftest import URL

TOPIC = f"{URL}/board/hoi-truong/feed.atom"
GOOD = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": "https://doc.example/nhan"}


def sent(office: Office, **changes: str) -> Any:
    form = GOOD | {f"hub.{name}": value for name, value in changes.items()}
    return office.browser().client.post("/websub", data=form)


@pytest.mark.parametrize("scope", ["board/hoi-truong", "area/tinh"])
def test_a_feed_names_its_hub_and_itself_in_a_header_and_within(public: Office, scope: str) -> None:
    browser = public.browser()
    atom, feed = (browser.get(f"/{scope}/feed.{kind}") for kind in ("atom", "json"))
    assert atom.headers["Link"] == f'<{URL}/websub>; rel="hub", <{URL}/{scope}/feed.atom>; rel="self"'
    assert feed.headers["Link"] == f'<{URL}/websub>; rel="hub", <{URL}/{scope}/feed.json>; rel="self"'
    known = browser.get(f"/{scope}/feed.atom", headers={"If-None-Match": atom.headers["ETag"]})
    assert (known.status_code, known.headers["Link"]) == (304, atom.headers["Link"])
    links = {one.rel: one.href for one in feedparser.parse(atom.data).feed.links}
    assert (links["hub"], links["self"]) == (f"{URL}/websub", f"{URL}/{scope}/feed.atom")
    assert json.loads(feed.text)["hubs"] == [{"type": "WebSub", "url": f"{URL}/websub"}]


def test_the_hub_is_public_and_leads_people_to_the_page_for_webmasters(public: Office) -> None:
    assert (is_public("/websub"), is_of_desk("/websub")) == (True, True)
    browser = public.browser()
    assert browser.get("/websub").headers["Location"] == "/nhung#websub"
    assert f"{URL}/websub" in browser.get("/nhung").text


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"mode": ""}, 400, "hub.mode"),
        ({"mode": "publish"}, 403, "nguồn tin của chính máy chủ này"),
        ({"topic": ""}, 400, "hub.topic"),
        ({"topic": f"{URL}/{'x' * 2000}"}, 400, "hub.topic"),
        ({"callback": ""}, 400, "hub.callback"),
        ({"callback": "ftp://doc.example/"}, 400, "hub.callback"),
        ({"callback": "https://ai:mat-khau@doc.example/"}, 400, "hub.callback"),
        ({"callback": "https://"}, 400, "hub.callback"),
        ({"callback": f"https://doc.example/{'x' * 2000}"}, 400, "hub.callback"),
        ({"secret": "x" * 200}, 400, "hub.secret"),
        ({"secret": "ạ" * 67}, 400, "hub.secret"),
        ({"lease_seconds": "-1"}, 400, "hub.lease_seconds"),
        ({"lease_seconds": "mai"}, 400, "hub.lease_seconds"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(public: Office, changes: dict[str, str], status: int, word: str) -> None:
    answer = sent(public, **changes)
    assert (answer.status_code, word in answer.text) == (status, True)
    assert websub_requests.claim(public.db, public.now, 1) == ()


def test_a_good_request_is_accepted_with_a_secret_of_199_bytes(public: Office) -> None:
    answer = sent(public, secret="x" * 199)
    assert (answer.status_code, answer.mimetype) == (202, "text/plain")
    (stored,) = websub_requests.claim(public.db, public.now, 9)
    assert (stored.mode, stored.host, stored.lease) == ("subscribe", "doc.example", timedelta(days=7))


def test_only_a_form_of_at_most_64_kib_is_read(public: Office) -> None:
    client = public.browser().client
    assert client.post("/websub", json=GOOD).status_code == 415
    assert client.post("/websub", data={**GOOD, "them": "x" * 65_536}).status_code == 413


def _asked(office: Office, count: int, **columns: Any) -> None:
    """Stores requests that were answered already."""
    row = {
        "mode": "subscribe", "topic": TOPIC, "callback": "https://doc.example/", "host": "cu.example",
        "lease": DAY, "network": "203.0.113.9", "asked": office.now, "done": office.now,
    }  # fmt: skip
    with office.db.write() as conn:
        conn.execute(insert(requests_table), [row | columns] * count)


def _subscribed(office: Office, count: int, host: str) -> None:
    with office.db.write() as conn:
        conn.execute(
            insert(websub_subscriptions),
            [
                {"topic": TOPIC, "callback": f"https://{host}/{number}", "host": host, "expires": office.now + HOUR,
                 "wanted": "a", "sent": "a"}
                for number in range(count)
            ],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "columns"),
    [(MOST_OF_NETWORK, {"network": "127.0.0.1"}), (MOST_OF_HOST, {"host": "doc.example"})],
)
def test_one_address_and_one_callback_host_get_a_number_of_requests_an_hour(
    public: Office, count: int, columns: dict[str, str]
) -> None:
    _asked(public, count - 1, **columns)
    assert sent(public).status_code == 202
    refused = sent(public)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    public.now += PERIOD
    assert sent(public).status_code == 202


def test_a_number_of_requests_may_wait(public: Office) -> None:
    _asked(public, MOST_WAITING, done=None, asked=public.now - 2 * HOUR)
    assert sent(public).status_code == 429


@pytest.mark.parametrize(("count", "host"), [(MOST_AT_HOST, "doc.example"), (MOST_IN_ALL, "khac.example")])
def test_subscriptions_are_limited_but_may_be_renewed_and_ended(public: Office, count: int, host: str) -> None:
    _subscribed(public, count, host)
    assert sent(public).status_code == 429
    assert sent(public, callback=f"https://{host}/0").status_code == 202
    assert sent(public, mode="unsubscribe", callback=f"https://{host}/0").status_code == 202


@pytest.mark.parametrize(
    ("callback", "whole"),
    [
        ("https://a.example/x", "https://a.example/x?hub.mode=subscribe"),
        ("https://a.example/x?", "https://a.example/x?hub.mode=subscribe"),
        ("https://a.example/x?b=%20c#d", "https://a.example/x?b=%20c&hub.mode=subscribe"),
    ],
)
def test_parameters_follow_those_of_the_callback(callback: str, whole: str) -> None:
    assert with_parameters(callback, {"hub.mode": "subscribe"}) == whole
