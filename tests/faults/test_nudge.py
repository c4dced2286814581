"""Commands of the shell notify the running servers of their data folder at once, and never wait for a dead one."""

from __future__ import annotations

import socket
from pathlib import Path

from server.setup.nudge import tell_servers
from tests.station import Station, config_text
from tests.swarm import Swarm

BOARD = "hoi-truong"


def _no_revision() -> int:
    raise AssertionError("Redis was asked")


def test_each_server_of_the_folder_is_told_and_a_dead_one_is_passed_over(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(tmp_path / "nudge-1.sock"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "nudge-2.sock"))
        server.settimeout(10)
        tell_servers(tmp_path, "redis://127.0.0.1:1", _no_revision)
        assert server.recv(16)


def test_without_any_server_nothing_fails(tmp_path: Path) -> None:
    tell_servers(tmp_path, "", _no_revision)
    tell_servers(tmp_path, "redis://127.0.0.1:1", lambda: 7)
    tell_servers(tmp_path / "nowhere", "", _no_revision)


def test_a_server_that_does_not_read_does_not_hold_the_command(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "nudge-1.sock"))
        for _ in range(2_000):  # more than the socket's queue holds
            tell_servers(tmp_path, "", _no_revision)


def test_a_notice_of_the_shell_arrives_and_the_socket_goes_with_the_server(tmp_path: Path) -> None:
    station = Station.of(tmp_path, config_text([BOARD])).start(worker=False)
    try:
        with Swarm(station.port, BOARD, 2).connect() as swarm:
            (left,) = station.data.glob("nudge-*.sock")
            shell = station.begin("urgent", "Lũ về", "--area", BOARD)
            swarm.pump(lambda: swarm.all_heard("notice"), 60, "the notice of the shell")
            assert shell.wait(60) == 0
        station.kill9_server()
        station.restart()
        (now,) = station.data.glob("nudge-*.sock")
        assert now != left
    finally:
        station.close()
