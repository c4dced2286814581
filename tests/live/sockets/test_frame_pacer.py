"""Floods of tiny frames over real sockets: how many are handled at once, in which order, and that none is lost."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import cast

import gevent
import pytest
from engineio.server import Server

from server.live.loop.refusals import Refusals
from server.live.sockets.event_socket import EventSocket
from server.live.sockets.frame_pacer import FRAMES_A_TURN, MOST_CREDIT, FramePacer
from server.live.sockets.frames import PING, PONG, TEXT, frame, text_frame
from server.live.sockets.ping_timer import PingTimer
from tests.live.raw import PATIENCE
from tests.live.sockets.test_frames import client_frame


class Engine:
    """A fake of what an EventSocket uses of the library; ``heard`` are the messages that it got."""

    max_http_buffer_size = 1_000_000
    reason = Server.reason

    def __init__(self) -> None:
        self.sockets: dict[str, EventSocket] = {}
        self.heard: list[str] = []
        self.handlers: dict[str, Callable[[str, str], object]] = {
            "message": lambda _sid, text: self.heard.append(text)
        }

    def _trigger_event(self, *_args: object, **_options: object) -> None:
        """Does nothing, because no handler of connect or disconnect is needed."""


class Flood:
    """A client that sends all its bytes at once; ``got`` are the bytes that the server has sent to it."""

    def __init__(self, pacer: FramePacer, sent: bytes) -> None:
        ours, self.sock = socket.socketpair()
        for one in (ours, self.sock):
            one.setblocking(False)
        self.engine, self.got = Engine(), b""
        self.client = EventSocket(
            cast(Server, self.engine),
            "a",
            ours,
            PingTimer(60, 60),
            pacer,
            send_timeout=5,
            refusals=Refusals(monotonic),
        )
        assert self.sock.send(sent) == len(sent)

    def read(self) -> int:
        """Reads what has arrived; returns the number of all bytes so far."""
        try:
            while piece := self.sock.recv(65_536):
                self.got += piece
        except BlockingIOError:
            pass
        return len(self.got)


@contextmanager
def flood(pacer: FramePacer, sent: bytes) -> Iterator[Flood]:
    made = Flood(pacer, sent)
    try:
        yield made
    finally:
        made.client._release()
        made.sock.close()


def wait(*floods: Flood, size: int) -> None:
    """Runs the event loop until each client has received ``size`` bytes."""
    with gevent.Timeout(PATIENCE):
        while any(one.read() < size for one in floods):
            gevent.sleep(0)


EMPTY = client_frame(PING, b"")
PONGS = len(frame(PONG, b""))
KINDS = {
    "pings": (EMPTY, frame(PONG, b"")),
    "upgrades": (client_frame(TEXT, b"5"), text_frame(b"6")),
    # The fragments together are one message, which is answered; a ping after it is answered by an empty pong.
    "fragments": (
        client_frame(TEXT, b"", fin=False) + client_frame(0, b"5") + EMPTY,
        text_frame(b"6") + frame(PONG, b""),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_of_a_flood_the_credit_is_handled_at_once_and_the_rest_in_turns_without_loss(name: str) -> None:
    one, answer = KINDS[name]
    count = 65_536 // len(one)
    with flood(FramePacer(), one * count) as made:
        made.client._on_readable()
        at_once = made.read()
        assert at_once <= MOST_CREDIT * len(answer)
        made.client.start()
        assert made.read() == at_once, "a client without credit is not read"
        wait(made, size=count * len(answer))
        assert made.got == answer * count


def test_clients_without_credit_are_read_one_after_the_other() -> None:
    pacer, count = FramePacer(), 3_000
    with flood(pacer, EMPTY * count) as first, flood(pacer, EMPTY * count) as second:
        for one in (first, second):
            one.client.start()
            one.client._on_readable()
        with gevent.Timeout(PATIENCE):
            while first.read() < count * PONGS:
                # The two clients take turns, so neither is ahead by more than one turn.
                assert abs(first.read() - second.read()) <= (FRAMES_A_TURN + 1) * PONGS
                gevent.sleep(0)
        wait(first, second, size=count * PONGS)


def test_another_client_is_answered_while_floods_wait() -> None:
    pacer, count = FramePacer(), 3_000
    with flood(pacer, EMPTY * count) as attack, flood(pacer, EMPTY * 3) as viewer:
        attack.client.start()
        viewer.client.start()
        wait(viewer, size=3 * PONGS)
        assert attack.read() < count * PONGS


def test_messages_of_a_flood_are_all_handled_in_their_order() -> None:
    texts = [f"4{number}" for number in range(3_000)]
    with flood(FramePacer(), b"".join(client_frame(TEXT, one.encode()) for one in texts)) as made:
        made.client.start()
        with gevent.Timeout(PATIENCE):
            while len(made.engine.heard) < len(texts):
                gevent.sleep(0)
        assert made.engine.heard == [one[1:] for one in texts]


def test_a_client_that_leaves_while_it_waits_stops_nobody() -> None:
    pacer, count = FramePacer(), 3_000
    with flood(pacer, EMPTY * count) as gone, flood(pacer, EMPTY * count) as other:
        for one in (gone, other):
            one.client.start()
            one.client._on_readable()
        gone.client.close(abort=True)
        wait(other, size=count * PONGS)
