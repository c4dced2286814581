"""The desk's wall on Socket.IO, in its own namespace: event handlers that hub registers, sending that wall calls."""

from __future__ import annotations

from collections.abc import Mapping

from socketio.exceptions import ConnectionRefusedError as Refused

from server.core import wire
from server.live.broadcast.connections import Connections
from server.live.screens.registry import Refusal
from server.live.screens.wall import Wall
from server.store.database.errors import StoreError

DESK = "/desk"


class WallEvents:
    """Passes events of the desk's pages to ``wall``, and its messages to them."""

    def __init__(self, connections: Connections, wall: Wall) -> None:
        self._connections, self._wall = connections, wall

    def send(self, sid: str, event: str, message: wire.Message) -> None:
        """Sends to one page."""
        self._connections.send(sid, event, message, namespace=DESK)

    def disconnect_viewer(self, sid: str) -> None:
        """Disconnects a page whose sign-in has ended or whose rights have changed."""
        self._connections.disconnect(sid, DESK)

    def connect(self, sid: str, _environ: object, auth: object = None) -> None:
        """Admits a page by the ticket in its CONNECT payload. Raises Refused, whose text the page is shown."""
        try:
            self._wall.enter(sid, auth.get("ticket") if isinstance(auth, Mapping) else None)
        except (Refusal, StoreError) as refusal:
            raise Refused(str(refusal)) from refusal

    def disconnect(self, sid: str, *_reason: object) -> None:
        self._wall.leave(sid)

    def want(self, sid: str, asked: object = None, *_: object) -> list[wire.Message]:
        """The bodies of slides, asked as [[board, hash]…]."""
        return self._wall.want(sid, asked)
