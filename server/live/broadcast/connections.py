"""Keeps the Socket.IO connections of this server: which board each one shows, sending to it, disconnecting it.

Created by hub; used by hub, packet_filter and the event handlers in screen_events and wall_events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, cast

from engineio.socket import Socket
from socketio.manager import Manager
from socketio.server import Server

from server.live.loop.refusals import Refusals
from server.live.sockets.event_socket import SLOW_READER, EventSocket
from server.live.sockets.frames import POLICY

LONGEST_QUEUE = 128


class _Lookup(Protocol):
    """Members of python-socketio's manager that its type stubs leave out."""

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None: ...
    def get_namespaces(self) -> Iterable[str]: ...

    # Acknowledgement callbacks by Socket.IO id and acknowledgement id; the library removes a client's when it leaves.
    callbacks: Mapping[str, dict[int, object]]


class Connections:
    """The clients of this server, each known by its Socket.IO id (sid), and the board that each one shows.

    ``server`` and ``manager`` are python-socketio's. Messages bypass the manager's message queue, which would
    forward them to other servers: each server's director sends to its own screens.
    """

    def __init__(self, server: Server, manager: Manager, refusals: Refusals) -> None:
        self.server, self.manager, self.refusals = server, manager, refusals
        self.board_of: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        """The number of clients that show a board."""
        return len(self.board_of)

    def count(self, board: str) -> int:
        """The number of clients that show this board."""
        return self._counts[board]

    def is_open(self, sid: str, namespace: str = "/") -> bool:
        """Whether a client is still connected. A handler that has waited checks this before it admits the client."""
        return self.manager.is_connected(sid, namespace)

    def add(self, sid: str, board: str) -> None:
        """Puts a new client, which must still be connected, into the Socket.IO room of a board."""
        self.server.enter_room(sid, board)
        self.board_of[sid] = board
        self._counts[board] += 1

    def move(self, sid: str, board: str) -> None:
        """Moves a client into the room of ``board``. Raises KeyError if the client is in no board's room."""
        before = self.board_of[sid]
        self.server.leave_room(sid, before)
        self.server.enter_room(sid, board)
        self.board_of[sid] = board
        self._counts[before] -= 1
        self._counts[board] += 1

    def remove(self, sid: str) -> bool:
        """Forgets a client that has disconnected; False if it never entered a board's room."""
        board = self.board_of.pop(sid, None)
        if board is None:
            return False
        self._counts[board] -= 1
        if not self._counts[board]:
            del self._counts[board]
        return True

    def of_board(self, board: str) -> list[str]:
        """The Socket.IO ids of the clients that show this board."""
        return [sid for sid, _ in self.manager.get_participants("/", board)]

    def send_to_board(self, board: str, event: str, message: object, *, urgent: bool = False) -> None:
        """Sends an event to all clients of a board; an ``urgent`` one goes before the normal messages that wait."""
        self.manager.emit(event, message, "/", room=board, urgent=urgent, ignore_queue=True)

    def send_to(self, sids: list[str], event: str, message: object, *, urgent: bool) -> None:
        """Sends an event to these clients; an ``urgent`` one goes before the normal messages that wait."""
        if sids:  # the library would take no clients for all
            self.manager.emit(event, message, "/", room=sids, urgent=urgent, ignore_queue=True)

    def send(
        self,
        sid: str,
        event: str,
        message: object,
        *,
        namespace: str = "/",
        on_acknowledged: Callable[..., object] | None = None,
    ) -> None:
        """Sends an event to one client. ``on_acknowledged`` is called when the client acknowledges it."""
        self.manager.emit(event, message, namespace, room=sid, callback=on_acknowledged, ignore_queue=True)

    def forget(self, sid: str, on_acknowledged: Callable[..., object]) -> None:
        """Removes a callback for which no acknowledgement came. The library would keep it until the client leaves."""
        waiting = cast(_Lookup, self.manager).callbacks.get(sid, {})
        for number in [number for number, one in waiting.items() if one is on_acknowledged]:
            del waiting[number]

    def has_connected(self, eio_sid: str) -> bool:
        """Whether an Engine.IO client has sent Socket.IO's CONNECT packet and was admitted to a namespace."""
        manager = cast(_Lookup, self.manager)
        return any(manager.sid_from_eio_sid(eio_sid, namespace) for namespace in list(manager.get_namespaces()))

    def admit(self, sid: str, *, keyed: bool, namespace: str = "/") -> bool:
        """Records that a client may connect: with a valid key or ticket (``keyed``), or as a board's public viewer.

        Returns False for a viewer if its IP address, or this server, has too many viewers already.
        """
        peer = self.server.eio.sockets.get(self.manager.eio_sid_from_sid(sid, namespace) or "")
        return not isinstance(peer, EventSocket) or peer.admit(keyed=keyed)

    def disconnect(self, sid: str, namespace: str = "/") -> None:
        """Disconnects a client at once; messages that are queued for it are dropped."""
        peer = self.server.eio.sockets.get(self.manager.eio_sid_from_sid(sid, namespace) or "")
        if peer is not None:
            drop(peer)

    def disconnect_slow_readers(self) -> int:
        """Disconnects every client with more than ``LONGEST_QUEUE`` packets queued, and returns how many.

        Called by hub once a second, because the queues of the library's sockets have no limit of their own. An
        EventSocket has no queue: it limits its backlog itself.
        """
        slow = [(sid, peer) for sid, peer in list(self.server.eio.sockets.items()) if _is_slow(peer)]
        for sid, peer in slow:
            self.refusals.count(SLOW_READER, f"{peer.queue.qsize()} packets wait for {sid}")
            drop(peer)
        return len(slow)


def drop(peer: Socket) -> None:
    """Closes an Engine.IO socket at once and drops the messages that wait for the client.

    An EventSocket sends a Close frame (policy violation) unless frames wait in its backlog. A WebSocket of the
    library sends one (normal closure) when its writer ends; a client that polls gets none.
    """
    if isinstance(peer, EventSocket):
        peer.cut(POLICY)
        return
    while not peer.queue.empty():
        peer.queue.get_nowait()
    peer.close(wait=False, abort=True)


def _is_slow(peer: Socket) -> bool:
    return peer.queue.qsize() > LONGEST_QUEUE
