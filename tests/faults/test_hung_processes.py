"""Processes that hang instead of ending: the supervisor replaces them, and no acknowledged notice is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.processes import HUNG_SECONDS, SERVER_HUNG_SECONDS
from server.live.ops.health_checks import SILENT_SECONDS
from tests.faults.supervised import SupervisedStation
from tests.station import PATIENCE, config_text, until

BOARD = "hoi-truong"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[SupervisedStation]:
    made = SupervisedStation.of(tmp_path, config_text([BOARD]))
    made.start()
    yield made
    made.close()


@pytest.mark.timeout(200)
def test_a_server_that_hangs_is_replaced_and_shows_what_was_posted_meanwhile(station: SupervisedStation) -> None:
    now = station.now(BOARD)
    stopped = until(lambda: station.child("serve"), "the server runs")
    os.kill(stopped, signal.SIGSTOP)
    posted = station.push(BOARD, "Vỡ đê", now)
    until(lambda: station.child("serve") not in (0, stopped), "another server", SERVER_HUNG_SECONDS + PATIENCE)
    station.restart()
    assert [one["id"] for one in station.state(BOARD)["notices"]] == [str(posted.id)]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_worker_that_hangs_is_told_and_replaced(station: SupervisedStation) -> None:
    stopped = until(lambda: station.child("worker"), "the worker runs")
    os.kill(stopped, signal.SIGSTOP)
    until(lambda: b"degraded" in station.get("/readyz")[1], "/readyz tells", SILENT_SECONDS + PATIENCE)
    assert station.get("/readyz")[0] == 200, "the boards go on"
    until(lambda: station.child("worker") not in (0, stopped), "another worker", HUNG_SECONDS + PATIENCE)
    until(lambda: b"degraded" not in station.get("/readyz")[1], "the new worker is heard", SILENT_SECONDS + PATIENCE)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_worker_that_is_killed_again_and_again_comes_back(station: SupervisedStation) -> None:
    for _ in range(5):
        killed = until(lambda: station.child("worker"), "the worker runs")
        os.kill(killed, signal.SIGKILL)
        until(lambda: station.child("worker") not in (0, killed), "another worker")  # noqa: B023 - called at once
    until(lambda: b"degraded" not in station.get("/readyz")[1], "the worker is heard", SILENT_SECONDS + PATIENCE)
