"""npm's socket.io-client and python-socketio's client work with direct and stock fan-out, on every transport."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import socketio

from tests.live.echo import Echo
from tests.live.raw import RawScreen
from tests.paths import ROOT
from tests.station import until

WAYS = ["polling", "websocket", "upgrade"]
SOON = 60
# Engine.IO looks for closed connections once per ping timeout, which is short here. The interval is so long that no
# ping is sent within a test, so no client is disconnected for a missing pong.
INTERVAL, TIMEOUT = 2 * SOON, 0.2


@pytest.fixture(scope="module", params=["direct", "stock"])
def echo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    server = Echo(request.param, tmp_path_factory.mktemp("echo") / "stderr", INTERVAL, TIMEOUT)
    yield server
    server.close()


@pytest.mark.parametrize("way", WAYS)
def test_the_javascript_client_is_served(echo: Echo, way: str) -> None:
    done = subprocess.run(
        ["node", "tests/live/peer.mjs", str(echo.port), way],
        cwd=ROOT, capture_output=True, text=True, timeout=SOON, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen == {
        "auth": {"board": "hall"},
        "transport": "websocket" if way == "upgrade" else way,
        "back": [1, "hai", {"ba": [True, None]}],
        "binaryBack": [1, 2, 255],
        "picture": [0, 254, 255],
        "acknowledged": ["a", 2],
        "ackBinary": [7, 8],
        "inOrder": 1000,
        "large": True,
        "customAuth": {"token": "x"},
        "customBack": ["riêng"],
        "unknown": seen["unknown"],
        "serverHangsUp": "io server disconnect",
        "otherGoesOn": True,
        "clientCloses": "forced close",
    }
    assert "Traceback" not in echo.log.read_text()
    until(lambda: echo.connected() == 0, "no socket is left")


@pytest.mark.parametrize("way", WAYS)
def test_the_python_client_is_served(echo: Echo, way: str) -> None:
    client, heard = socketio.Client(reconnection=False), Queue[tuple[str, Any]]()
    for event in ("auth", "message-back", "one", "picture"):
        client.on(event, lambda *words, name=event: heard.put((name, words)))
    transports = ["polling", "websocket"] if way == "upgrade" else [way]
    client.connect(f"http://127.0.0.1:{echo.port}", auth={"board": "hall"}, transports=transports, wait_timeout=SOON)
    try:
        assert heard.get(timeout=SOON) == ("auth", ({"board": "hall"},))
        client.emit("message", ("một", 2, {"ba": None}))
        assert heard.get(timeout=SOON) == ("message-back", ("một", 2, {"ba": None}))
        client.emit("message", b"\x00\xff")
        assert heard.get(timeout=SOON) == ("message-back", (b"\x00\xff",))
        client.emit("picture")
        assert heard.get(timeout=SOON) == ("picture", ({"data": b"\x00\xfe\xff"},))
        assert client.call("message-with-ack", ("a", 2), timeout=SOON) == ("a", 2)
        # The Python client accepts at most 16 packets in one answer to a polling request.
        many = 12 if way == "polling" else 300
        client.emit("many", many)
        # This client handles each message in a thread of its own; the order is tested with the JavaScript client.
        got = sorted(heard.get(timeout=SOON) for _ in range(many))
        assert got == [("one", (number,)) for number in range(many)]
        assert client.transport() == ("websocket" if way == "upgrade" else way)
    finally:
        client.disconnect()
    until(lambda: echo.connected() == 0, "no socket is left")


# clients that behave as no library does


@pytest.fixture
def fresh(echo: Echo) -> Iterator[RawScreen]:
    raw = RawScreen(echo.port)
    yield raw
    raw.close()


def test_pings_come_at_their_interval_and_silence_ends_a_connection(tmp_path: Path) -> None:
    server = Echo("direct", tmp_path / "stderr", interval=0.3, timeout=0.2)
    try:
        raw = RawScreen(server.port)
        packet = json.loads(raw.wait("0")[1:])
        assert (packet["pingInterval"], packet["pingTimeout"]) == (300, 200)
        for _ in range(3):
            raw.wait("2")  # the client answers these pings
        # From now on pings are read, but not answered.
        while raw.sock.recv(100):
            pass
        raw.close()
        until(lambda: server.connected() == 0, "the silent one is removed")
    finally:
        server.close()


@pytest.mark.parametrize("data", [b"", b"\x88\x80abcd", b"\x88\x82\x00\x00\x00\x00\x03\xe8"])
def test_a_connection_that_ends_in_any_way_is_removed(echo: Echo, fresh: RawScreen, data: bytes) -> None:
    fresh.wait("0")
    assert echo.connected() == 1
    fresh.send_bytes(data)
    if not data:
        fresh.close()
    until(lambda: echo.connected() == 0, "it is removed")


@pytest.mark.parametrize("echo", ["direct"], indirect=True, scope="module")
def test_a_packet_sent_with_the_handshake_is_handled(echo: Echo) -> None:
    raw = RawScreen(echo.port, early='40{"early":1}')
    try:
        raw.wait("0")
        raw.wait("40")
        assert json.loads(raw.wait("42")[2:]) == ["auth", {"early": 1}]
    finally:
        raw.close()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /socket.io/?EIO=3&transport=websocket HTTP/1.1", "400"),
        ("GET /socket.io/?EIO=4&transport=websocket&sid=none HTTP/1.1", "400"),
        ("GET /socket.io/?EIO=4&transport=smoke HTTP/1.1", "400"),
        ("GET /elsewhere/?EIO=4&transport=websocket HTTP/1.1", "404"),
    ],
)
def test_a_request_that_opens_no_websocket_is_answered_by_the_library(
    echo: Echo, request_line: str, status: str
) -> None:
    with pytest.raises(AssertionError, match=f"HTTP/1.1 {status}"):
        RawScreen(echo.port, request_line=request_line)
    assert echo.connected() == 0
