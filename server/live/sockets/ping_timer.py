"""One clock for all pings: everybody's turn comes once an interval, spread as they came; called by the event sockets.

The library has a greenlet a client that sleeps; at 9,900 clients that was half of their memory.
"""

from __future__ import annotations

from typing import Protocol

import gevent

SLOTS = 100


class Member(Protocol):
    """What a wheel turns for."""

    def ping(self) -> None: ...
    def expect_pong(self) -> None: ...


class PingTimer:
    """``interval`` and ``timeout`` in seconds, the timeout at most the interval."""

    def __init__(self, interval: float, timeout: float) -> None:
        self._step = interval / SLOTS
        self._later = min(SLOTS, max(1, round(timeout / self._step)))
        self._slots: list[dict[Member, None]] = [{} for _ in range(SLOTS)]
        self._at = 0
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def add(self, member: Member) -> int:
        """The member's slot, by which it is removed; its first ping comes after a whole interval."""
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._turn)
        slot = (self._at - 1) % SLOTS
        self._slots[slot][member] = None
        return slot

    def remove(self, member: Member, slot: int) -> None:
        self._slots[slot].pop(member, None)

    def _turn(self) -> None:
        loop = gevent.get_hub().loop
        due = loop.now() + self._step
        while True:
            # Never in a hurry after the process was frozen: what the others said meanwhile is still to be read.
            gevent.sleep(max(0.0, due - loop.now()))
            due = max(due, loop.now() - self._step) + self._step
            self.step()

    def step(self) -> None:
        """One slot's pings, and a look at the answers of the slot whose time is over."""
        for member in list(self._slots[(self._at - self._later) % SLOTS]):
            member.expect_pong()
        for member in list(self._slots[self._at]):
            member.ping()
        self._at = (self._at + 1) % SLOTS
