"""The wheel of pings, turned by hand."""

from __future__ import annotations

import gevent
import pytest

from server.live.sockets.ping_timer import SLOTS, PingTimer


class Member:
    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []
        self.at = 0

    def ping(self) -> None:
        self.said.append((self.at, "ping"))

    def expect_pong(self) -> None:
        self.said.append((self.at, "expect"))


def turned(ping_timer: PingTimer, member: Member, steps: int) -> list[tuple[int, str]]:
    for member.at in range(1, steps + 1):
        ping_timer.step()
    return member.said


@pytest.mark.parametrize(("interval", "timeout", "later"), [(5.0, 5.0, SLOTS), (25.0, 20.0, 80)])
def test_a_turn_is_an_interval_and_the_answer_is_looked_for_a_timeout_later(
    interval: float, timeout: float, later: int
) -> None:
    ping_timer, member = PingTimer(interval, timeout), Member()
    slot = ping_timer.add(member)
    said = turned(ping_timer, member, 3 * SLOTS)
    pings = [at for at, what in said if what == "ping"]
    assert pings == [SLOTS, 2 * SLOTS, 3 * SLOTS]
    looked = [at for at, what in said if what == "expect"]
    assert set(looked) >= {at + later for at in pings if at + later <= 3 * SLOTS}
    # Where both fall together, the answer to the last ping is looked for before the next is sent.
    assert all(said.index((at, "expect")) < said.index((at, "ping")) for at in pings if (at, "expect") in said)
    ping_timer.remove(member, slot)
    assert turned(ping_timer, member, SLOTS) == said


def test_it_turns_by_itself() -> None:
    ping_timer, member = PingTimer(0.1, 0.1), Member()
    ping_timer.add(member)
    with gevent.Timeout(30):
        while not member.said:
            gevent.idle()
    assert member.said
