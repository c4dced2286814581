"""The Socket.IO connections of this server: which board each one shows, sending to them, disconnecting them.

Made by hub; used by it and by the handlers in screen_events and wall_events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog
from engineio.socket import Socket
from socketio.manager import Manager
from socketio.server import Server

log = structlog.get_logger("hub")
LONGEST_QUEUE = 128


class Connections:
    """The clients of this server, each known by its Socket.IO id (sid), and the board that each one shows.

    ``server`` and ``manager`` are python-socketio's. Messages bypass the manager's message queue, which would
    forward them to other servers: each server's director sends to its own screens.
    """

    def __init__(self, server: Server, manager: Manager) -> None:
        self.server, self.manager = server, manager
        self.board_of: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        # How many were disconnected for not reading, since the start.
        self.slow_readers = 0

    def __len__(self) -> int:
        """The number of clients that show a board."""
        return len(self.board_of)

    def count(self, board: str) -> int:
        """The number of clients that show this board."""
        return self._counts[board]

    def add(self, sid: str, board: str) -> None:
        """Puts a new client into a board's room."""
        self.board_of[sid] = board
        self._counts[board] += 1
        self.server.enter_room(sid, board)

    def move(self, sid: str, board: str) -> None:
        """Puts a client into another board's room. Raises KeyError for a client that is in none."""
        before = self.board_of[sid]
        self.board_of[sid] = board
        self._counts[before] -= 1
        self._counts[board] += 1
        self.server.leave_room(sid, before)
        self.server.enter_room(sid, board)

    def remove(self, sid: str) -> bool:
        """Forgets a client that has disconnected; False if it never entered a board's room."""
        board = self.board_of.pop(sid, None)
        if board is None:
            return False
        self._counts[board] -= 1
        return True

    def of_board(self, board: str) -> list[str]:
        """The clients that show this board."""
        return [sid for sid, _ in self.manager.get_participants("/", board)]

    def send_to_board(self, board: str, event: str, message: object, *, urgent: bool = False) -> None:
        """Sends to all clients of a board; ``urgent`` goes before everything that is waiting."""
        self.manager.emit(event, message, "/", room=board, urgent=urgent, ignore_queue=True)

    def send(
        self,
        sid: str,
        event: str,
        message: object,
        *,
        namespace: str = "/",
        on_acknowledged: Callable[..., object] | None = None,
    ) -> None:
        """Sends to one client."""
        self.manager.emit(event, message, namespace, room=sid, callback=on_acknowledged, ignore_queue=True)

    def disconnect(self, sid: str, namespace: str = "/") -> None:
        """Disconnects a client at once; what is queued for it is dropped."""
        peer = self.server.eio.sockets.get(self.manager.eio_sid_from_sid(sid, namespace) or "")
        if peer is not None:
            drop(peer)

    def disconnect_slow_readers(self) -> int:
        """Disconnects every client with more than ``LONGEST_QUEUE`` packets queued, and returns how many.

        Called by hub once a second. Engine.IO's queues have no limit of their own.
        """
        slow = [(sid, peer) for sid, peer in list(self.server.eio.sockets.items()) if _is_slow(peer)]
        for sid, peer in slow:
            log.warning("screen cut", reason="does not read", queued=peer.queue.qsize(), sid=sid)
            drop(peer)
        self.slow_readers += len(slow)
        return len(slow)


def drop(peer: Socket) -> None:
    """Closes an Engine.IO socket at once; what is queued is dropped."""
    while not peer.queue.empty():
        peer.queue.get_nowait()
    peer.close(wait=False, abort=True)


def _is_slow(peer: Socket) -> bool:
    return peer.queue.qsize() > LONGEST_QUEUE
