"""The system's clock is set while everything runs: notices still come and end in time, no client is disconnected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from tests.faults.fake_clock import SteppedStation
from tests.figures import Figure
from tests.station import config_text, until
from tests.swarm import Client, Swarm

BOARD = "hoi-truong"
HOUR, DAY = 3_600, 86_400
PATIENT, PROMPT = 20.0, 2.0  # seconds: for a busy machine, and what is promised


@pytest.fixture
def station(tmp_path: Path) -> Iterator[SteppedStation]:
    made = SteppedStation.of(tmp_path, config_text([BOARD])).fake()
    made.start()
    yield made
    made.close()


def test_after_an_hour_back_and_a_day_ahead(station: SteppedStation, figure: Figure) -> None:
    with Swarm(station.port, BOARD, 1).connect() as swarm:
        for seconds in (-HOUR, DAY):
            _set_and_check(station, swarm, seconds, PATIENT, figure)


@pytest.mark.slow
def test_after_every_step(station: SteppedStation, figure: Figure) -> None:
    with Swarm(station.port, BOARD, 1).connect() as swarm:
        for seconds in (-600, 0, -HOUR, 0, HOUR, 0, -DAY, 0, DAY, 0):
            _set_and_check(station, swarm, seconds, PROMPT, figure)


def _set_and_check(station: SteppedStation, swarm: Swarm, seconds: int, limit: float, figure: Figure) -> None:
    (screen,) = swarm.clients
    station.step(seconds)
    # The notice is posted by another process than the server, as the desk does.
    posted = station.push(BOARD, f"Bão, đồng hồ lệch {seconds} s", _now(seconds), seconds=5)
    swarm.pump(lambda: str(posted.id) in _told(screen, "notice"), limit, f"the notice after {seconds} s")
    swarm.pump(lambda: str(posted.id) in _told(screen, "clear"), limit + 5, f"its end after {seconds} s")
    assert _now(seconds) >= posted.until, "cleared before its end"
    figure("notice cleared after its end", (_now(seconds) - posted.until).total_seconds(), "s")
    shell = station.begin("urgent", f"Lũ, đồng hồ lệch {seconds} s", "--area", BOARD, "--minutes", "5")
    before = len(screen.events("notice"))
    swarm.pump(lambda: shell.poll() is not None, 60, "the command ends")
    acted = monotonic()
    swarm.pump(lambda: len(screen.events("notice")) > before, limit, "the notice of the shell")
    figure("notice of the shell after its command", screen.events("notice")[-1].at - acted, "s")
    assert not screen.closed
    lap = station.state(BOARD)["lap"]
    assert lap["start"] <= station.state(BOARD)["now"]
    until(lambda: station.get("/readyz")[0] == 200, "ready after the step")


def _told(client: Client, event: str) -> set[str]:
    """The numbers of the notices in the messages ``event`` that the client has received."""
    found = (one.payload for one in client.events(event))
    return {str(one["notice"]["id"] if event == "notice" else one["id"]) for one in found}


def _now(seconds: int) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251 - the true time, to compare with
