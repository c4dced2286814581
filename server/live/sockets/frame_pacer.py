"""Limits how many frames of clients that send too many are handled per second; used by frame_receiver.

Created by websocket_upgrade. 64 KiB of data may hold ten thousand empty frames. Each client has a credit: the number
of frames that are handled at once; it grows again with time. Clients that have used it up wait in a queue and take
turns: ``FRAMES_A_TURN`` frames of one client every ``TURN_SECONDS``, whatever the number of such clients. So other
clients need not wait for them.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

import gevent
import structlog

log = structlog.get_logger("hub")
# Each client has a credit: the number of frames and reads that are handled at once, and what it gains per second.
MOST_CREDIT, CREDIT_A_SECOND = 256.0, 20.0
FRAMES_A_TURN = 64
TURN_SECONDS = 0.003


class PacedClient(Protocol):
    """A client that has used up its credit, and whose frames wait for its turn."""

    def take_turn(self, frames: int) -> None:
        """Handles about ``frames`` frames, and joins the queue again if more wait.

        Does nothing if the connection is closed.
        """

    def abandon(self) -> None:
        """Ends the connection after ``take_turn`` has raised an exception."""


class FramePacer:
    """The queue of clients that have used up their credit; a greenlet serves it until it is empty."""

    def __init__(self) -> None:
        self._waiting: deque[PacedClient] = deque()
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def add(self, client: PacedClient) -> None:
        """Puts ``client`` at the end of the queue; it must not be in the queue yet."""
        self._waiting.append(client)
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)

    def _run(self) -> None:
        while self._waiting:
            gevent.sleep(TURN_SECONDS)
            client = self._waiting.popleft()
            try:
                client.take_turn(FRAMES_A_TURN)
            except Exception:
                # A fault of one client's handler would end the greenlet, and with it the turns of all others.
                log.exception("client given up", reason="its turn failed")
                client.abandon()
        self._greenlet = None
