"""An always empty queue: python-engineio expects one in its sockets, event_socket needs none."""

from __future__ import annotations

from engineio.packet import Packet
from gevent.queue import Empty


class NoQueue:
    """Stands where the library's sockets have a queue; always empty."""

    def qsize(self) -> int:
        return 0

    def empty(self) -> bool:
        return True

    def put(self, _packet: Packet | None, /) -> None:
        """Drops the packet: the library puts None to stop a writer, and there is no writer here."""

    def get_nowait(self) -> Packet | None:
        raise Empty

    def task_done(self) -> None:
        """Nothing is ever taken, so nothing is done."""

    def join(self) -> None:
        """Returns at once: nothing is queued."""
