"""A queue that is always empty, for event_socket: python-engineio expects each socket to have a queue."""

from __future__ import annotations

from engineio.packet import Packet
from gevent.queue import Empty


class NoQueue:
    """Stands in for the queue of outgoing packets that the library's sockets have; EventSocket sends directly."""

    def qsize(self) -> int:
        return 0

    def empty(self) -> bool:
        return True

    def put(self, _packet: Packet | None, /) -> None:
        """Does nothing. The library only puts None here, to stop a writer, and there is no writer."""

    def get_nowait(self) -> Packet | None:
        raise Empty

    def task_done(self) -> None:
        """Does nothing, because nothing is ever taken out of this queue."""

    def join(self) -> None:
        """Returns at once: nothing is queued."""
