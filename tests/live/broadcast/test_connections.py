"""A client that does not acknowledge messages: the callbacks that the library holds for it are removed."""

from __future__ import annotations

from functools import partial
from time import monotonic

from socketio.manager import Manager
from socketio.server import Server

from server.live.broadcast.connections import Connections
from server.live.broadcast.fanout import DirectManager
from server.live.loop.refusals import Refusals


def test_what_is_not_acknowledged_is_forgotten_and_nothing_else_of_the_client() -> None:
    manager: Manager = DirectManager()
    connections = Connections(Server(async_mode="gevent"), manager, Refusals(monotonic))
    heard: list[str] = []
    kept, lost = (partial(heard.append, name) for name in ("kept", "lost"))
    number = manager._generate_ack_id("a", kept)
    for _ in range(1_000):
        manager._generate_ack_id("a", lost)
        connections.forget("a", lost)
    assert len(manager.callbacks["a"]) == 2, "the library's counter, and the one that is kept"
    manager.trigger_callback("a", number, [])
    assert heard == ["kept"]
    connections.forget("b", lost)
