"""The first request of a connection is parsed exactly as gevent's handler does, or left to it with every byte."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from io import BytesIO
from time import monotonic
from typing import Any, cast

import gevent
import pytest
from engineio.packet import MESSAGE, Packet
from engineio.server import Server
from gevent import pywsgi
from hypothesis import given
from hypothesis import strategies as st

from server.live.loop.refusals import Refusals
from server.live.sockets.connection_sniffer import LONGEST_HEAD, read_head
from server.live.sockets.event_socket import EventSocket
from server.live.sockets.frame_pacer import FramePacer
from server.live.sockets.frames import text_frame
from server.live.sockets.ping_timer import PingTimer
from tests.live.echo import Echo
from tests.live.raw import PATIENCE
from tests.station import until

PEER = ("127.0.0.1", 40_000)
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ASKED = (
    "GET /socket.io/?EIO=4&transport=websocket&board=hoi-truong HTTP/1.1\r\nHost: bang.example:8080\r\n"
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nOrigin: http://bang.example:8080\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\nAccept-Language: vi\r\n\r\n"
)
NAMES = ["Host", "ORIGIN", "user-agent", "X-Forwarded-For", "X-Forwarded-Proto", "Upgrade", "Connection", "Cookie"]
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)


class Base:
    """A fake of the part of a WSGI server that gevent's handler uses."""

    def get_environ(self) -> dict[str, Any]:
        return {"wsgi.url_scheme": "http"}


def as_gevent_reads(request: bytes) -> dict[str, Any]:
    """The WSGI environ that gevent's own handler makes from a request."""
    handler = pywsgi.WSGIHandler(None, PEER, Base(), rfile=BytesIO(request))  # type: ignore[arg-type,call-arg] # the parts it uses
    assert handler.read_request(handler.read_requestline())
    found: dict[str, Any] = handler.get_environ()
    return found


@given(headers=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), min_size=1, max_size=6), query=st.sampled_from(
    ["EIO=4&transport=websocket", "", "board=%C4%91", "a?b"]))  # fmt: skip
def test_the_environ_is_the_same_as_gevents(headers: list[tuple[str, str]], query: str) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    request = f"GET /socket.io/?{query} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
    environ, size = read_head(request + b"behind", PEER)
    named = [name.lower() for name, _ in headers if name != "Cookie"]
    if len(set(named)) < len(named):
        # A request with a repeated header is left to gevent.
        assert environ is None
        return
    assert environ is not None
    assert size == len(request)
    full = as_gevent_reads(request)
    assert environ == {key: full[key] for key in environ}
    assert {key for key in full if key.startswith("HTTP_") and key != "HTTP_COOKIE"} <= set(environ)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("GET ", "get "), ("GET ", "POST "), ("HTTP/1.1", "HTTP/1.0"), ("?EIO", " ?EIO"), ("\r\n\r\n", "\r\n"),
        ("Host: ", "Host : "), ("Host: ", " Host: "), ("Host: ", "Ho_st: "), ("Host: ", "Host"), ("\r\n", "\n"),
        ("Accept-Language: vi", "Host: other.example"), ("Accept-Language: vi", "Content-Length: 5"),
        ("Accept-Language: vi", "Transfer-Encoding: chunked"), ("vi", "vi\r\n more"),
        ("vi", "v\0i"), ("vi", "v\ri"), ("GET /", "GET http://bang.example/"), ("vi", "v" * LONGEST_HEAD),
    ],
)  # fmt: skip
def test_anything_but_one_whole_unambiguous_request_is_left_to_the_library(written: str, instead: str) -> None:
    assert read_head(ASKED.encode(), PEER)[0] is not None
    assert read_head(ASKED.replace(written, instead).encode()[:LONGEST_HEAD], PEER) == (None, 0)


# over real sockets


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    server = Echo("direct", tmp_path_factory.mktemp("sniffer") / "stderr")
    yield server
    server.close()


def _answer(connection: socket.socket, mark: bytes) -> bytes:
    got = b""
    while mark not in got:
        piece = connection.recv(65_536)
        assert piece, got
        got += piece
    return got


@pytest.mark.parametrize("at", [1, 40, 200])
def test_a_request_in_pieces_is_upgraded_too(echo: Echo, at: int) -> None:
    with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(ASKED[:at].encode())
        # The command makes the server run in between, so that it reads the first piece alone.
        echo.connected()
        connection.sendall(ASKED[at:].encode())
        assert _answer(connection, b'"maxPayload"').startswith(b"HTTP/1.1 101")
    until(lambda: echo.connected() == 0, "it is removed")


def test_a_silent_connection_and_a_closed_one_delay_no_other(echo: Echo) -> None:
    with (
        socket.create_connection(("127.0.0.1", echo.port)),
        socket.create_connection(("127.0.0.1", echo.port)) as gone,
    ):
        gone.close()
        with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as connection:
            connection.sendall(ASKED.encode())
            assert _answer(connection, b'"maxPayload"').startswith(b"HTTP/1.1 101")
            # Connections of earlier tests may still be closing.
            until(lambda: echo.connected() == 1, "it is the only one that is connected")


def test_other_requests_keep_every_byte_and_their_connection(echo: Echo) -> None:
    plain = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n"
    with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as connection:
        for _ in range(2):
            connection.sendall(plain.encode())
            assert json.loads(_answer(connection, b"}").partition(b"\r\n\r\n0")[2])["upgrades"] == ["websocket"]


# the answer to CONNECT


class Library:
    """A fake Engine.IO server that answers a message with the given Socket.IO packets."""

    ping_interval, ping_timeout, max_http_buffer_size = 60.0, 60.0, 1_000

    def __init__(self, *answers: str) -> None:
        self.sockets: dict[str, EventSocket] = {}
        self.handlers = {"message": self._answer}
        self._answers = answers

    def _answer(self, sid: str, _packet: object) -> None:
        for one in self._answers:
            self.sockets[sid].send(Packet(MESSAGE, one))


@pytest.mark.parametrize("answers", [['0{"sid":"a"}', '2["state",1]', '2["slide",2]'], ['0{"sid":"a"}'], ['2["x"]']])
def test_the_answer_to_connect_is_sent_with_what_follows_it(answers: list[str]) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    library = Library(*answers)
    client = EventSocket(
        cast(Server, library),
        "a",
        ours,
        PingTimer(60, 60),
        FramePacer(),
        send_timeout=5,
        refusals=Refusals(monotonic),
    )
    library.sockets["a"] = client
    client._receive("40")
    whole, got = b"".join(text_frame(f"4{one}".encode()) for one in answers), b""
    with gevent.Timeout(PATIENCE):
        while len(got) < len(whole):
            gevent.idle()
            try:
                got += theirs.recv(1_000)
            except BlockingIOError:
                continue
    assert got == whole
    client._release()
    theirs.close()
