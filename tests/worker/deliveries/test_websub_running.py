"""The hub in the running program: from an editor's act to the subscriber, and over a killed worker."""

from __future__ import annotations

import http.client
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from server.store.notifications import websub
from server.store.notifications.websub import CLAIM
from tests.figures import Figure
from tests.station import PATIENCE, Station, config_text, until
from tests.worker.deliveries.subscriber import Subscriber

BOARD = "xa-minh-tan"


def ask(station: Station, topic: str, callback: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=PATIENCE)
    form = urlencode({"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback})
    try:
        connection.request("POST", "/websub", form, {
            "Host": f"localhost:{station.port}", "Content-Type": "application/x-www-form-urlencoded",
        })  # fmt: skip
        return connection.getresponse().status
    finally:
        connection.close()


def feed(station: Station, path: str, etag: str = "") -> tuple[int, str, str, bytes]:
    """Status, ETag, Link and body of a feed, by the name that subscribers use."""
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{station.port}", "If-None-Match": etag})
        answer = connection.getresponse()
        return answer.status, answer.headers["ETag"], answer.headers["Link"], answer.read()
    finally:
        connection.close()


def test_from_the_act_to_the_subscriber_and_over_a_killed_worker(
    tmp_path: Path, receiver: Subscriber, figure: Figure
) -> None:
    station = Station.of(tmp_path, config_text([BOARD]))
    path = f"/board/{BOARD}/feed.atom"
    try:
        station.start()
        topic = f"{station.address}{path}"
        assert ask(station, topic, receiver.callback(host="127.0.0.1")) == 202
        until(lambda: receiver.asked, "the callback is asked")
        until(lambda: _is_subscribed(station, topic), "the subscription is stored")

        begun = monotonic()
        station.push(BOARD, "Lũ quét", station.now(BOARD))
        until(lambda: receiver.received, "the notice is delivered", every=0.01)
        figure("act to subscriber", receiver.received[0].at - begun, "s")
        # Kept as bytes by the server after the first request; both answers, and 304, name hub and topic.
        answers = [feed(station, path), feed(station, path)]
        assert {(status, link) for status, _, link, _ in answers} == {(200, receiver.received[0].headers["link"])}
        assert answers[0][3] == receiver.received[0].body
        assert feed(station, path, answers[0][1])[::2] == (304, answers[0][2])

        until(lambda: not websub.due(station.store, station.now(BOARD) + CLAIM), "the worker has noted the delivery")
        station.kill9_worker()
        station.announce(BOARD, "Trong lúc worker chết", station.now(BOARD))
        station.work()
        until(lambda: len(receiver.received) == 2, "the change is delivered by the next worker")
        assert "Trong lúc worker chết" in receiver.received[1].body.decode()
    finally:
        station.close()


def _is_subscribed(station: Station, topic: str) -> bool:
    return topic in websub.topics(station.store, station.now(BOARD))
