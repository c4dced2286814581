"""Ends long-polling sessions whose client does not send Socket.IO's CONNECT; used by processes.server.

python-engineio serves these sessions itself. Anybody can open one with a single request, and each costs a queue and
greenlets. WebSocket connections are limited by the connection table instead.
"""

from __future__ import annotations

from collections.abc import Callable

from engineio.server import Server
from engineio.socket import Socket

from server.live.loop.refusals import Refusals
from server.live.sockets.event_socket import EventSocket

MOST = 500


class LibrarySessions:
    """Limits the sessions that the library serves itself and whose client has not connected yet.

    They are ended after ``seconds``; if there are more than ``MOST``, the oldest are ended at once. ``has_connected``
    returns whether an Engine.IO id belongs to a client that Socket.IO has admitted. ``monotonic`` returns seconds.
    """

    def __init__(
        self, engine: Server, has_connected: Callable[[str], bool], monotonic: Callable[[], float], seconds: float
    ) -> None:
        self._engine, self._has_connected = engine, has_connected
        self._monotonic, self._seconds = monotonic, seconds
        self._since: dict[str, float] = {}
        self._refusals = Refusals(monotonic, event="sessions ended")

    def sweep(self) -> int:
        """Ends the sessions that are too old or too many, and returns their number; called once a second."""
        now, before = self._monotonic(), self._since
        waiting: list[tuple[str, Socket]] = [
            (sid, peer)
            for sid, peer in list(self._engine.sockets.items())
            if not isinstance(peer, EventSocket) and not self._has_connected(sid)
        ]
        self._since = {sid: before.get(sid, now) for sid, _ in waiting}
        surplus = max(0, len(waiting) - MOST)
        ended = [
            peer for at, (sid, peer) in enumerate(waiting) if at < surplus or self._since[sid] + self._seconds <= now
        ]
        for peer in ended:
            peer.close(wait=False, abort=True)
            self._refusals.count("no CONNECT in time")
        return len(ended)
