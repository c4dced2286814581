"""Fan-out without sockets: which clients receive which message, in which order; test_hub uses real sockets."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, cast

import gevent
import pytest
from gevent.queue import JoinableQueue
from hypothesis import given
from hypothesis import strategies as st
from socketio.packet import Packet
from socketio.server import Server
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, TextMessage

from server.live.broadcast.fanout import CLIENTS_A_TURN, DirectManager
from server.live.sockets.frames import text_frame


class Peer:
    """A fake Engine.IO socket that accepts frames while it is ``open``; while ``broken``, it raises an exception."""

    def __init__(self, written: list[tuple[str, str | bytes]], name: str) -> None:
        self._took, self._name = written, name
        self.open, self.broken = True, False
        self.queue: JoinableQueue[Any] = JoinableQueue()

    def push(self, frame: bytes, _urgent: bool) -> bool:
        if self.broken:
            raise RuntimeError("a socket that breaks")
        if self.open:
            self._took.extend((self._name, message) for message in _messages(frame))
        return self.open


class Engine:
    def __init__(self) -> None:
        self.sockets: dict[str, Peer] = {}
        self._made = 0

    def generate_id(self) -> str:
        self._made += 1
        return f"sid-{self._made}"


class FakeServer:
    """A fake server whose manager has peers in rooms; ``written`` is what was sent, in order, as (peer, text)."""

    packet_class = Packet

    def __init__(self) -> None:
        self.written: list[tuple[str, str | bytes]] = []
        self.eio = Engine()
        self.manager = DirectManager()
        self.manager.set_server(cast(Server, self))

    def _send_eio_packet(self, eio_sid: str, packet: Any) -> None:
        self.eio.sockets[eio_sid].queue.put(packet)

    def join(self, name: str, *rooms: str) -> str:
        """Connects a new peer and puts it into the rooms; returns its Socket.IO id."""
        self.eio.sockets[name] = Peer(self.written, name)
        sid: str = self.manager.connect(name, "/")
        for room in rooms:
            self.manager.enter_room(sid, "/", room)
        return sid

    def emit(self, event: str, room: str, *, urgent: bool = False, **options: Any) -> None:
        self.manager.emit(event, None, "/", room=room, urgent=urgent, **options)

    def waiting(self, name: str) -> list[str]:
        queue = self.eio.sockets[name].queue
        return [queue.get_nowait().encode() for _ in range(queue.qsize())]


def _messages(frames: bytes) -> list[str | bytes]:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(frames)
    events = [event for event in client.events() if isinstance(event, TextMessage | BytesMessage)]
    assert all(event.message_finished for event in events)
    return [event.data if isinstance(event, TextMessage) else bytes(event.data) for event in events]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 300_000])
def test_a_frame_is_read_by_another_implementation_of_the_standard(size: int) -> None:
    text = "ế" * (size // 3) + "a" * (size % 3)
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(text_frame(text.encode()))
    assert "".join(event.data for event in client.events() if isinstance(event, TextMessage)) == text


@given(st.text(max_size=400))
def test_any_text_is_framed_whole(text: str) -> None:
    assert _messages(text_frame(text.encode())) == [text]


def test_each_client_of_a_room_receives_once_and_no_other() -> None:
    server = FakeServer()
    for name, room in (("a", "hall"), ("b", "hall"), ("c", "street")):
        server.join(name, room)
    server.emit("state", "hall")
    assert server.written == [("a", '42["state"]'), ("b", '42["state"]')]


def test_a_client_that_accepts_nothing_now_receives_through_the_librarys_queue() -> None:
    server = FakeServer()
    server.join("a", "hall")
    server.eio.sockets["a"].open = False
    server.emit("state", "hall")
    server.emit("slide", "hall")
    assert server.written == []
    assert server.waiting("a") == ['42["state"]', '42["slide"]']


def test_an_urgent_message_precedes_queued_events_but_not_the_opening_packets() -> None:
    server = FakeServer()
    server.join("a", "hall")
    peer = server.eio.sockets["a"]
    peer.open = False
    server.manager.emit("slides", [], "/", room="hall")
    opening = [Packet(0, {"sid": "x"}).encode()]
    for text in opening:
        waiting = peer.queue.get_nowait()
        peer.queue.put(type(waiting)(4, text))
        peer.queue.put(waiting)
    server.emit("notice", "hall", urgent=True)
    assert server.waiting("a") == ['40{"sid":"x"}', '42["notice"]', '42["slides",[]]']


def test_urgent_messages_that_wait_keep_their_order() -> None:
    server = FakeServer()
    server.join("a", "hall")
    server.eio.sockets["a"].open = False
    server.emit("slides", "hall")
    for name in ("first", "second", "third"):
        server.emit(name, "hall", urgent=True)
    assert server.waiting("a") == ['42["first"]', '42["second"]', '42["third"]', '42["slides"]']


def test_an_urgent_message_with_binary_parts_is_written_to_the_socket() -> None:
    """An EventSocket has no queue: what is not written to it would be lost."""
    server = FakeServer()
    server.join("a", "hall")
    server.manager.emit("picture", b"\x00\xff", "/", room="hall", urgent=True)
    assert server.written == [("a", '451-["picture",{"_placeholder":true,"num":0}]'), ("a", b"\x00\xff")]
    assert server.waiting("a") == []


def test_many_are_served_in_turns_and_an_urgent_message_has_the_next_turn() -> None:
    server = FakeServer()
    for number in range(3 * CLIENTS_A_TURN):
        server.join(f"p{number}", "hall")
    server.emit("state", "hall")
    assert len(server.written) == CLIENTS_A_TURN
    server.emit("slide", "hall")
    server.emit("notice", "hall", urgent=True)
    _rest()
    assert Counter(text for _, text in server.written) == dict.fromkeys(
        ('42["state"]', '42["slide"]', '42["notice"]'), 3 * CLIENTS_A_TURN
    )
    assert {text for _, text in server.written[CLIENTS_A_TURN : 4 * CLIENTS_A_TURN]} == {'42["notice"]'}
    assert [text for name, text in server.written if name == f"p{3 * CLIENTS_A_TURN - 1}"] == [
        '42["notice"]', '42["state"]', '42["slide"]'
    ]  # fmt: skip


def test_an_acknowledged_message_has_a_number_of_its_own_for_each_client() -> None:
    server = FakeServer()
    one, two = server.join("a", "hall"), server.join("b", "hall")
    answers: list[str] = []
    server.emit("slides", "hall", callback=answers.append)
    server.emit("slides", "hall", callback=answers.append)
    numbers = [(name, int(str(text)[2:].partition("[")[0])) for name, text in server.written]
    assert numbers == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    server.manager.trigger_callback(two, 2, ["b2"])
    server.manager.trigger_callback(one, 1, ["a1"])
    assert answers == ["b2", "a1"]


def test_binary_parts_follow_their_head_through_the_queue() -> None:
    server = FakeServer()
    server.join("a", "hall")
    server.eio.sockets["a"].open = False
    server.manager.emit("picture", {"data": b"\x00\xff"}, "/", room="hall")
    parts: list[Any] = server.waiting("a")
    head, part = parts
    assert head.startswith("451-")
    assert json.loads(head[4:])[1] == {"data": {"_placeholder": True, "num": 0}}
    assert part == b"\x00\xff"


def test_an_error_while_one_message_is_sent_stops_no_other() -> None:
    server = FakeServer()
    server.join("a", "hall")
    server.join("b", "street")
    server.eio.sockets["a"].broken = True
    with pytest.raises(RuntimeError):
        server.emit("state", "hall")
    server.emit("state", "street")
    _rest()
    assert server.written == [("b", '42["state"]')]


class CountingRoom(dict[str, Any]):
    """A room that counts the membership tests on it."""

    looks = 0

    def __contains__(self, key: object) -> bool:
        self.looks += 1
        return super().__contains__(key)


def test_a_disconnect_looks_only_at_the_clients_own_rooms_and_leaves_nothing() -> None:
    server = FakeServer()
    before = server.join("a", "hall")
    other = CountingRoom()
    server.manager.rooms["/"]["street"] = other
    assert server.manager.get_rooms(before, "/") == [before, "hall"]
    server.manager.pre_disconnect(before, "/")
    server.manager.disconnect(before, "/")
    assert other.looks == 0
    del server.manager.rooms["/"]["street"]
    assert not server.manager.rooms.get("/")
    assert not server.manager.pending_disconnect
    assert server.manager.get_rooms(before, "/") == []


def _rest() -> None:
    """Lets the other greenlets of this thread run until none of them has anything left to do."""
    for _ in range(20):
        gevent.sleep(0)
