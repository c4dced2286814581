"""python-socketio's client manager with an index from client to rooms; the base class of fanout.DirectManager.

Without the index the library searches every room when a client disconnects. When 9,900 clients left at once, the
search took 8 s of CPU time.
"""

from __future__ import annotations

from socketio.manager import Manager

Room = str | None  # None is the room of all clients of a namespace


class IndexedRooms(Manager):
    """A client manager that knows each client's rooms.

    Each method does what python-socketio's method of the same name does.
    """

    def __init__(self) -> None:
        super().__init__()
        # Rooms by namespace and Socket.IO id. A tuple of three rooms takes a third of the memory of a set.
        self._rooms_of: dict[str, dict[str, tuple[Room, ...]]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: Room, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        clients = self._rooms_of.setdefault(namespace, {})
        before = clients.get(sid, ())
        if room not in before:
            clients[sid] = (*before, room)

    def basic_leave_room(self, sid: str, namespace: str, room: Room) -> None:
        super().basic_leave_room(sid, namespace, room)
        clients = self._rooms_of.get(namespace, {})
        rest = tuple(one for one in clients.get(sid, ()) if one != room)
        if rest:
            clients[sid] = rest
        else:
            clients.pop(sid, None)

    def basic_disconnect(self, sid: str, namespace: str, **_: object) -> None:
        for room in self._rooms_of.get(namespace, {}).get(sid, ()):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        return [room for room in self._rooms_of.get(namespace, {}).get(sid, ()) if room is not None]
