"""The PingTimer, whose steps the test runs by hand: when pings are sent and pongs are checked."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import gevent
import pytest

from server.live.sockets.ping_timer import SLOTS, PingTimer


class Client:
    def __init__(self) -> None:
        self.calls: list[tuple[int, str]] = []
        self.at = 0

    def ping(self) -> None:
        self.calls.append((self.at, "ping"))

    def expect_pong(self) -> None:
        self.calls.append((self.at, "expect"))

    def abandon(self) -> None:
        self.calls.append((self.at, "abandon"))


def stepped(ping_timer: PingTimer, client: Client, steps: int) -> list[tuple[int, str]]:
    for client.at in range(1, steps + 1):
        ping_timer.step()
    return client.calls


@pytest.mark.parametrize(("interval", "timeout", "steps_to_pong"), [(5.0, 5.0, SLOTS), (25.0, 20.0, 80)])
def test_pings_come_once_per_interval_and_pongs_are_checked_a_timeout_later(
    interval: float, timeout: float, steps_to_pong: int
) -> None:
    ping_timer, client = PingTimer(interval, timeout), Client()
    slot = ping_timer.add(client)
    calls = stepped(ping_timer, client, 3 * SLOTS)
    pings = [at for at, what in calls if what == "ping"]
    assert pings == [SLOTS, 2 * SLOTS, 3 * SLOTS]
    looked = [at for at, what in calls if what == "expect"]
    assert set(looked) >= {at + steps_to_pong for at in pings if at + steps_to_pong <= 3 * SLOTS}
    # If both are due in one step, the pong to the last ping is checked before the next ping is sent.
    assert all(calls.index((at, "expect")) < calls.index((at, "ping")) for at in pings if (at, "expect") in calls)
    ping_timer.remove(client, slot)
    assert stepped(ping_timer, client, SLOTS) == calls


def test_it_steps_by_itself() -> None:
    ping_timer, client = PingTimer(0.1, 0.1), Client()
    ping_timer.add(client)
    with gevent.Timeout(30):
        while not client.calls:
            gevent.idle()
    assert client.calls


class Failing(Client):
    def ping(self) -> None:
        super().ping()
        raise ValueError("a fault of ours")


def test_a_client_whose_ping_fails_is_given_up_once_and_the_others_are_pinged_on(
    logged: list[MutableMapping[str, Any]],
) -> None:
    ping_timer, failing, healthy = PingTimer(5, 5), Failing(), Client()
    ping_timer.add(failing)
    ping_timer.add(healthy)
    for healthy.at in range(1, 3 * SLOTS + 1):
        ping_timer.step()
    assert [what for _, what in failing.calls].count("ping") == 1
    assert [what for _, what in failing.calls].count("abandon") == 1
    assert [what for _, what in healthy.calls].count("ping") == 3
    assert [line["event"] for line in logged] == ["client given up"]
