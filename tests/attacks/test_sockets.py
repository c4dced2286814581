"""Socket.IO connections by polling, without a CONNECT or without an Origin header are refused or closed.

Only a screen with its key may connect without an Origin header. A server that is shut down ends its connections
properly.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.raw_connections import POLLING
from tests.attacks.test_strangers import BOARD, station_of
from tests.browser.storm import paired
from tests.live.raw import PATIENCE, RawScreen
from tests.station import Station, until


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    made = station_of(tmp_path_factory.mktemp("sockets"), "request_seconds = 1")
    yield made
    made.close()


def close_code(client: RawScreen) -> int:
    """The code of the Close frame with which the server ends the connection."""
    client.sock.settimeout(PATIENCE)
    said = b""
    with client.sock:
        while piece := client.sock.recv(65_536):
            said += piece
    assert said[-4:-2] == b"\x88\x02", said[-40:]
    return int.from_bytes(said[-2:], "big")


def test_a_websocket_that_never_sends_connect_is_closed_with_a_reason(station: Station) -> None:
    assert close_code(RawScreen(station.port)) == 1008
    refused = RawScreen(station.port)
    refused.connect({"board": "khong-co"})
    refused.wait("41")
    assert close_code(refused) == 1008, "a refused CONNECT is none"


def test_without_an_origin_only_a_screen_with_its_key_connects(station: Station) -> None:
    ((number, key),) = paired(station, BOARD, 1, "Màn hình")
    viewer = RawScreen(station.port, origin="")
    viewer.connect({"board": BOARD})
    assert "Origin" in viewer.wait("41")
    viewer.close()
    screen = RawScreen(station.port, origin="")
    screen.connect({"screen": number, "key": key})
    assert screen.wait('42["state"')
    screen.close()


def test_nobody_opens_a_session_by_polling(station: Station) -> None:
    assert station.get("/socket.io/?EIO=4&transport=polling")[0] == 400


@pytest.mark.slow
def test_a_session_by_polling_of_the_plain_library_that_never_connects_is_ended(tmp_path: Path) -> None:
    station = station_of(tmp_path, 'request_seconds = 1\nfanout = "stock"')
    try:
        _ends_a_silent_session(station)
    finally:
        station.close()


def _ends_a_silent_session(station: Station) -> None:
    with socket.create_connection(("127.0.0.1", station.port), timeout=PATIENCE) as sock:
        sock.sendall(POLLING)
        said = b""
        while b'"sid":"' not in said:
            said += sock.recv(65_536)
    sid = said.partition(b'"sid":"')[2].partition(b'"')[0].decode()
    assert sid
    # A polling request of this session would block until its next packet, so the test reads the log instead.
    until(lambda: "sessions ended" in station.log(), "the session is ended")
    assert station.get(f"/socket.io/?EIO=4&transport=polling&sid={sid}")[0] == 400


def test_a_server_that_stops_says_so(station: Station) -> None:
    viewer = RawScreen(station.port)
    viewer.connect({"board": BOARD})
    viewer.wait('42["state"')
    assert station.server is not None
    os.kill(station.server.pid, signal.SIGTERM)
    assert close_code(viewer) == 1001
    station.server.wait(PATIENCE)
    station.kill9_server()  # closes the pipe of the server's output
    station.restart()
