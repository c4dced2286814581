"""A timer that pings every client once per interval, spread evenly over the interval; made by websocket_upgrade.

The library has a sleeping greenlet for each client instead. With 9,900 clients these took half of the clients'
memory.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Protocol

import gevent
import structlog

log = structlog.get_logger("hub")
SLOTS = 100


class PingedClient(Protocol):
    """A client that the timer pings; implemented by EventSocket."""

    def ping(self) -> None:
        """Sends a ping."""

    def expect_pong(self) -> None:
        """Ends the connection if the last ping was not answered."""

    def abandon(self) -> None:
        """Ends the connection after ``ping`` or ``expect_pong`` has raised an exception."""


class PingTimer:
    """Spreads the clients over ``SLOTS`` slots, equal parts of the interval between two pings of a client.

    ``interval`` and ``timeout`` are in seconds. A timeout longer than the interval counts as the interval.
    """

    def __init__(self, interval: float, timeout: float) -> None:
        self._step = interval / SLOTS
        self._slots_to_pong = min(SLOTS, max(1, round(timeout / self._step)))
        self._slots: list[dict[PingedClient, None]] = [{} for _ in range(SLOTS)]
        self._at = 0
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def add(self, client: PingedClient) -> int:
        """Adds a client and returns its slot, which ``remove`` needs; its first ping comes after a whole interval."""
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)
        slot = (self._at - 1) % SLOTS
        self._slots[slot][client] = None
        return slot

    def remove(self, client: PingedClient, slot: int) -> None:
        self._slots[slot].pop(client, None)

    def _run(self) -> None:
        # Not the event loop's time, which follows the system's clock: if that were set back by an hour, no client
        # would be pinged for an hour.
        due = monotonic() + self._step
        while True:
            # After the process was suspended, missed steps are skipped: pongs that arrived meanwhile are still
            # unread, so checking for them at once would end good connections.
            gevent.sleep(max(0.0, due - monotonic()))
            due = max(due, monotonic() - self._step) + self._step
            self.step()

    def step(self) -> None:
        """Pings the clients of the next slot, and checks for pongs in the slot whose timeout is over now."""
        for client in list(self._slots[(self._at - self._slots_to_pong) % SLOTS]):
            self._call(client, client.expect_pong)
        for client in list(self._slots[self._at]):
            self._call(client, client.ping)
        self._at = (self._at + 1) % SLOTS

    def _call(self, client: PingedClient, method: Callable[[], None]) -> None:
        """Calls ``method`` of a client. If it raises, logs the exception and ends this client's connection.

        So the other clients are still pinged.
        """
        try:
            method()
        except Exception:
            log.exception("client given up", reason="its ping failed")
            for slot in self._slots:
                slot.pop(client, None)
            client.abandon()
