"""Connects the desk's live wall (an overview of what all screens show) to its pages, in the namespace /desk.

Hub registers the event handlers; screens.wall calls the sending methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from socketio.exceptions import ConnectionRefusedError as Refused

from server.core import wire
from server.live.broadcast.client_packets import DESK
from server.live.broadcast.connections import Connections
from server.live.screens.registry import Refusal
from server.live.screens.wall import Wall
from server.store.database.errors import StoreError


class WallEvents:
    """Passes events of the desk's pages to ``wall``, and the messages of ``wall`` to the pages."""

    def __init__(self, connections: Connections, wall: Wall) -> None:
        self._connections, self._wall = connections, wall

    def handlers(self) -> Mapping[str, Callable[..., object]]:
        """The handlers by the names of the events that pages send."""
        return {"want": self.want}

    def send(self, sid: str, event: str, message: wire.Message) -> None:
        """Sends an event to one page."""
        self._connections.send(sid, event, message, namespace=DESK)

    def disconnect_viewer(self, sid: str) -> None:
        """Disconnects a page whose sign-in has ended or whose rights have changed."""
        self._connections.disconnect(sid, DESK)

    def connect(self, sid: str, _environ: object, auth: object = None) -> None:
        """Admits a page by the ticket in its CONNECT payload.

        Raises Refused if the ticket or the sign-in is not valid; its text is shown on the page.
        """
        try:
            viewer = self._wall.admit(auth.get("ticket") if isinstance(auth, Mapping) else None)
        except (Refusal, StoreError) as refusal:
            raise Refused(str(refusal)) from refusal
        # The page may have been closed while its sign-in was read from the store.
        if self._connections.is_open(sid, DESK):
            self._wall.enter(sid, viewer)
            self._connections.admit(sid, keyed=True, namespace=DESK)

    def disconnect(self, sid: str, *_reason: object) -> None:
        """Forgets a page that has left."""
        self._wall.leave(sid)

    def want(self, sid: str, asked: object = None, *_: object) -> list[wire.Message]:
        """Returns slide bodies as {hash, html}. ``asked`` is a list of [board's slug, slide's hash]."""
        return self._wall.want(sid, asked)
