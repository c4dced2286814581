"""Limits on the events that clients send: which client may send which event, how often, and the cost of a flood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.live.broadcast.event_rules import EVENTS, EventRule, Sender
from tests.attacks.clients import BOARD, Key, client, metric, page, pair, start_station, ticket
from tests.core.test_wire import JSON
from tests.live.broadcast.hub_process import HALL, Process
from tests.live.raw import RawScreen, screen
from tests.station import Station, until


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    found = start_station(tmp_path_factory.mktemp("station"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("hub") / "stderr", "direct", patience=600.0)
    yield process
    process.close()


@pytest.fixture
def key(station: Station) -> Key:
    """A newly paired screen, whose token buckets are full."""
    return pair(station, BOARD, station.now(BOARD))


def refused(station: Station, reason: str) -> float:
    return metric(station, "bangtin_refused").get(reason, 0.0)


# who may send what


def connection(station: Station, key: Key, who: Sender) -> Any:
    now = station.now(BOARD)
    if who == "page":
        return page(station.port, ticket(station, "nguoi-xem", now))
    auths = {"viewer": {"board": BOARD}, "screen": key.auth, "guard": key.auth | {"role": "guard"}}
    return client(station.port, auths[who])


SENDERS: tuple[Sender, ...] = ("viewer", "screen", "guard", "page")


@pytest.mark.parametrize("who", SENDERS)
def test_each_event_is_taken_from_whom_the_table_names_and_from_nobody_else(
    station: Station, key: Key, who: Sender
) -> None:
    before = metric(station, "bangtin_refused")
    with connection(station, key, who) as raw:
        for rule in EVENTS:
            namespace = "" if rule.namespace == "/" else f"{rule.namespace},"
            raw.send(f"42{namespace}" + json.dumps([rule.name, []]))
        raw.send("42" + json.dumps(["khong-co", 1]))
        until(lambda: refused(station, "event: unknown") > before.get("event: unknown", 0), "all was handled")
    after = metric(station, "bangtin_refused")
    more = {reason for reason, count in after.items() if count > before.get(reason, 0)}
    # A client counts as a stranger in a namespace to which it has not connected.
    mine = "/desk" if who == "page" else "/"
    assert more - {"event: unknown"} == {
        f"{rule.name}: not allowed to {who if rule.namespace == mine else 'strangers'}"
        for rule in EVENTS
        if who not in rule.senders
    }


def test_before_it_is_admitted_a_client_may_send_nothing(station: Station) -> None:
    before = refused(station, "sync: not allowed to strangers")
    raw = RawScreen(station.port)
    raw.wait("0")
    raw.send('42["sync",{}]')
    until(lambda: refused(station, "sync: not allowed to strangers") > before, "it was refused")
    raw.close()


def test_an_unknown_namespace_costs_its_sender_the_connection(hub: Process) -> None:
    with screen(hub.port) as raw:
        raw.send("40/quan-tri,{}")
        assert raw.gone()


# how often


def rule_of(name: str) -> EventRule:
    return next(rule for rule in EVENTS if rule.name == name)


def test_a_flood_of_any_event_writes_one_line_and_leaves_the_server_to_others(hub: Process) -> None:
    lines, before = hub.errors().count("\n"), sum(hub.look()["refused"].values())
    payload = {"errors": 9, "overflows": ["x" * 200], "t0": 1}
    with screen(hub.port) as flood, screen(hub.port) as other:
        for _ in range(10):
            for name in ("health", "sync", "unknown"):
                for _ in range(4):
                    flood.send_bytes(b"".join(_frame(f'42["{name}",{json.dumps(payload)}]') for _ in range(50)))
            assert other.call("sync", {"t0": 5})[0]["t0"] == 5
        seen = hub.look_until(lambda seen: sum(seen["refused"].values()) - before >= 5_900)
    assert sum(seen["refused"].values()) - before >= 5_900
    assert {"health: too often", "sync: too often", "event: unknown", "bytes: too many"} <= set(seen["refused"])
    assert hub.errors().count("\n") - lines <= 1


def _frame(text: str) -> bytes:
    data = text.encode()
    head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else bytes((0x81, 0xFE)) + len(data).to_bytes(2, "big")
    return head + bytes(4) + data


def test_receipts_above_the_limit_are_answered_false_so_that_a_screen_sends_them_again(
    station: Station, key: Key
) -> None:
    limit = rule_of("receipts").limit
    batch = [{"id": "f" * 16, "kind": "shown", "at": 1}] * 100
    with client(station.port, key.auth) as raw:
        answers = [raw.call("receipts", batch)[0] for _ in range(int(limit.most / 100) + 2)]
    assert answers[0] is True
    assert answers[-1] is False
    # The token bucket belongs to the screen, not to the connection: on a new connection it is still empty.
    with client(station.port, key.auth) as raw:
        assert raw.call("receipts", batch) == [False]


def test_one_want_at_a_time_is_served(hub: Process) -> None:
    wanted = [f"{'0' * 15}{digit:x}" for digit in range(16)]
    with screen(hub.port) as raw:
        before = hub.look()["greenlets"]
        for _ in range(60):
            raw.send("42" + json.dumps(["want", wanted]))
        raw.call("sync", {"t0": 5})
        assert hub.look()["greenlets"] - before <= 3
        # Each body arrives nevertheless, and only once.
        got: list[str] = []
        while len(got) < 16:
            number, _, words = raw.wait("42", 4_096)[2:].partition("[")
            if number.isdigit():
                got += [body["hash"] for body in json.loads("[" + words)[1]]
                raw.send(f"43{number}[]")
    assert sorted(got) == wanted


def test_connects_are_limited_on_one_connection(hub: Process) -> None:
    with screen(hub.port) as raw:
        for _ in range(10):
            raw.send_bytes(_frame("41") + _frame("40" + json.dumps({"board": HALL})))
        assert raw.gone()


def test_acknowledgements_that_nobody_waits_for_are_not_logged(hub: Process) -> None:
    before = hub.errors()
    with screen(hub.port) as raw:
        for number in range(200):
            raw.send(f"43{number}[]")
        raw.call("sync", {"t0": 5})
    assert hub.errors().removeprefix(before) == ""


# leaving at any moment


@pytest.mark.parametrize("auth", [{"board": HALL}, {"screen": 1, "key": "x" * 43}])
def test_a_client_that_leaves_while_it_is_admitted_leaves_nothing_behind(hub: Process, auth: Any) -> None:
    hub.tell(do="hold")
    raws = [RawScreen(hub.port) for _ in range(3)]
    for raw in raws:
        raw.wait("0")
        raw.send("40" + json.dumps(auth))
    hub.look_until(lambda seen: seen["waiting"] == 3)
    for raw in raws:
        raw.close()
    hub.look_until(lambda seen: seen["peers"] == 0)
    hub.tell(do="release")
    seen = hub.look_until(lambda seen: seen["waiting"] == 0)
    assert (seen["peers"], seen["visitors"], seen["watching"][HALL]) == (0, 0, 0)
    assert "Traceback" not in hub.errors()


# arbitrary events and payloads


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(
        st.tuples(
            st.sampled_from(["", "1", "77"]),
            st.sampled_from(["want", "sync", "receipts", "health", "connect", "khong-co"]),
            st.lists(JSON, max_size=3),
        ),
        min_size=1,
        max_size=6,
    ),
    paired=st.booleans(),
)
def test_whatever_clients_send_the_next_one_is_served_and_nothing_is_logged_as_an_exception(
    station: Station, key: Key, sent: list[tuple[str, str, list[Any]]], paired: bool
) -> None:
    raw = RawScreen(station.port)
    raw.connect(key.auth if paired else {"board": BOARD})
    raw.send_bytes(b"".join(_frame(f"42{number}" + json.dumps([event, *words])) for number, event, words in sent))
    raw.close()
    with client(station.port, {"board": BOARD}) as honest:
        assert honest.call("sync", {"t0": 3})[0]["t0"] == 3
    assert "Traceback" not in station.log()
