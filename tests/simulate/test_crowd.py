"""A crowd of simulated screens with a running server: no rule is broken, all reconnect, the command reports it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from server.store.notices import notices
from tests.station import ACTOR, Station, config_text

BOARDS = ["bang-a", "bang-b"]
SOON = 60


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path, config_text(BOARDS)).start(worker=False)
    for number in range(5):
        made.announce(BOARDS[0], f"Tin số {number}", made.now(BOARDS[0]))
    yield made
    made.close()


def test_two_hundred_screens_find_no_breach_through_notices_and_a_killed_server(station: Station) -> None:
    people = [Identity(BOARDS[number % 2]) for number in range(200)]
    with Crowd(station.address, people, monotonic=monotonic) as crowd:
        assert crowd.run_until(lambda: crowd.in_step() == 200, SOON)
        posted = station.push(BOARDS[0], "Nước lên", station.now(BOARDS[0]))
        here = [one for one in crowd.screens if one.who.board == BOARDS[0]]
        there = [one for one in crowd.screens if one.who.board == BOARDS[1]]
        assert crowd.run_until(lambda: all(str(posted.id) in one.notices for one in here), SOON)
        assert not any(one.notices for one in there)
        notices.clear(station.store, posted.id, actor=ACTOR, now=station.now(BOARDS[0]))
        assert crowd.run_until(lambda: not any(one.notices for one in here), SOON)
        second = station.push(BOARDS[1], "Gió mạnh", station.now(BOARDS[1]))
        station.kill9_server()
        assert crowd.run_until(lambda: crowd.in_step() == 0, SOON)
        station.restart()
        assert crowd.run_until(lambda: crowd.in_step() == 200, SOON)
        assert all(str(second.id) in one.notices for one in there)
    assert crowd.report.broken == {}, crowd.report.examples
    assert crowd.report.counts["connected"] >= 400


def test_the_command_reports_and_its_exit_code_is_the_result(station: Station) -> None:
    done = station.cli("simulate", "--screens", "20", "--boards", "2", "--seconds", "3", "--address", station.address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 / 20 màn hình theo kịp" in done.stdout
    assert "không quy tắc nào bị vi phạm" in done.stdout
    many = station.cli("simulate", "--boards", "9")
    assert many.returncode == 2
    assert "chỉ có 2 bảng tin công cộng" in many.stderr
    station.kill9_server()
    dead = station.cli("simulate", "--screens", "2", "--seconds", "1", "--address", station.address)
    assert dead.returncode == 1
    assert "0 / 2" in dead.stdout
