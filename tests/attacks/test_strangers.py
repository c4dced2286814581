"""A stranger with many open connections blocks neither the desk, the health check, nor an urgent notice."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.attacks.raw_connections import HALF_A_POST, POLLING, SILENT_WEBSOCKET, answer, held
from tests.browser.storm import paired
from tests.figures import Figure
from tests.station import PATIENCE, Station, config_text, until
from tests.swarm import Swarm

BOARD = "minh-tan"
HTTP = b" HTTP/1.1\r\nHost: localhost\r\n"


def station_of(folder: Path, server: str) -> Station:
    """Starts a station with the lines ``server`` in the ``[server]`` section of its config.toml.

    Unlike other test stations, it does not exempt loopback from the limits on connections.
    """
    text = config_text([BOARD]).replace('uncapped = ["127.0.0.0/8"]', server)
    station = Station.of(folder, text).start(worker=False)
    until(lambda: station.get("/desk/login")[0] == 200, "the desk answers")
    return station


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station that closes a connection whose request head takes longer than one second."""
    made = station_of(tmp_path_factory.mktemp("quick"), "request_seconds = 1")
    yield made
    made.close()


def reached(station: Station, figure: Figure, posts: int, silent: int, left: int) -> None:
    """Asserts that sign-in page, health check and an urgent notice work while an attacker holds connections.

    ``posts``: half-sent POSTs; ``silent``: connections that send nothing. Fewer than ``left`` may stay open.
    """
    keys = paired(station, BOARD, 2, "Màn hình")
    with Swarm(station.port, BOARD, 2, keys, proves=True).connect() as swarm:
        with held(station.port, (posts, HALF_A_POST), (silent, b""), (20, SILENT_WEBSOCKET), (20, POLLING)) as attack:
            began = monotonic()
            assert station.get("/desk/login")[0] == 200
            page = monotonic()
            assert station.get("/healthz")[0] == 200
            health = monotonic()
            station.push(BOARD, "Vỡ đê", station.now(BOARD))
            swarm.pump(lambda: swarm.all_heard("notice"), PATIENCE, "the notice on every screen")
            figure("sign-in page", page - began, "s")
            figure("health check", health - page, "s")
            figure("notice on every screen", monotonic() - health, "s")
            # While it waits, the swarm answers pings.
            swarm.pump(lambda: attack.still_open() < left, PATIENCE, "the attack's connections are closed")
            figure("attack's connections closed", monotonic() - began, "s")
        assert not any(client.closed for client in swarm.clients)


def test_half_sent_posts_and_silent_sockets_hinder_nobody(quick: Station, figure: Figure) -> None:
    reached(quick, figure, posts=130, silent=300, left=5)


@pytest.mark.slow
def test_half_sent_posts_and_silent_sockets_hinder_nobody_in_full_size(tmp_path: Path, figure: Figure) -> None:
    station = station_of(tmp_path, "")
    try:
        reached(station, figure, posts=130, silent=1_500, left=50)
    finally:
        station.close()


def test_a_screen_and_the_health_check_are_reached_with_few_open_files_and_many_silent_sockets(
    tmp_path: Path,
) -> None:
    station = station_of(tmp_path, "request_seconds = 120")
    try:
        assert station.server is not None
        station.kill9_server()
        resource_limit = f"import os, resource, sys; resource.setrlimit({resource.RLIMIT_NOFILE}, (256, 256))"
        station.program = ("-c", f"{resource_limit}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])",
                           *station.program)  # fmt: skip
        station.restart()
        keys = paired(station, BOARD, 1, "Màn hình")
        with held(station.port, (400, b"")) as attack:
            assert station.get("/healthz")[0] == 200
            with Swarm(station.port, BOARD, 1, keys).connect():
                assert station.get("/desk/login")[0] == 200
            assert attack.still_open() < 100
    finally:
        station.close()


UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.mark.parametrize("more", [b"", UPGRADE])
def test_a_body_that_drips_is_answered_with_408_and_occupies_no_place_at_the_desk(
    quick: Station, more: bytes
) -> None:
    post = HALF_A_POST.replace(b"Host: localhost\r\n", b"Host: localhost\r\n" + more)
    assert answer(quick.port, [post]).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("more", [b"", UPGRADE])
@pytest.mark.parametrize("path", [b"/desk/login", b"/glass/screenshots/1", b"/nothing", b"/socket.io/?EIO=4"])
def test_nobody_unknown_sends_more_than_64_kib(quick: Station, path: bytes, more: bytes) -> None:
    head = (
        b"POST "
        + path
        + HTTP
        + more
        + b"Cookie: bangtin=made-up\r\nAuthorization: Bearer made-up\r\nContent-Length: "
    )
    assert answer(quick.port, [head + b"70000\r\n\r\n" + b"a" * 1000]).startswith(b"HTTP/1.1 413 ")
    assert not answer(quick.port, [head + b"9\r\nConnection: close\r\n\r\na=1&b=123"]).startswith(b"HTTP/1.1 413 ")


def test_a_get_with_a_body_is_no_handshake_and_the_body_is_limited(quick: Station) -> None:
    path = b"/socket.io/?EIO=4&transport=websocket"
    handshake = SILENT_WEBSOCKET.replace(b"\r\n\r\n", b"\r\nContent-Length: 300000000\r\n\r\n")
    assert path in handshake
    assert answer(quick.port, [handshake]).startswith(b"HTTP/1.1 413 ")


@pytest.mark.slow
def test_a_reader_that_reads_nothing_of_a_large_answer_is_disconnected_in_time(tmp_path: Path) -> None:
    """A socket that accepts no bytes for 10 s is closed; otherwise it would occupy its place without end."""
    station = station_of(tmp_path, "request_seconds = 1")
    try:
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            sock.connect(("127.0.0.1", station.port))
            sock.sendall((b"GET /desk/login" + HTTP + b"\r\n") * 400)
            until(lambda: _established(station.port) == 0, "the server has closed it")
    finally:
        station.close()


def _established(port: int) -> int:
    """The number of established TCP connections whose local port is ``port``: those of the server."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(one[1].endswith(f":{port:04X}") and one[3] == "01" for one in fields)
