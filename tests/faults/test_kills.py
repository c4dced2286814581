"""The server is killed at random moments under load: every acknowledged notice is on its board soon afterwards.

`make faults` kills 200 times on each kind of store, as ten tests of twenty kills, so that it may be interrupted
between them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kills import moments, one_kill, station_on
from tests.figures import Figure

ROUNDS = 2


@pytest.mark.timeout(300)
@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_what_was_acknowledged_comes_back_after_a_kill(store: str, tmp_path: Path) -> None:
    with station_on(store, tmp_path) as station:
        kills = [one_kill(station, after) for after in moments(ROUNDS)]
    assert sum(kill.acknowledged for kill in kills)
    assert [kill.missing for kill in kills] == [()] * ROUNDS
    assert not any(kill.late for kill in kills), kills


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(10))
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_hundred_kills(store: str, part: int, tmp_path: Path, figure: Figure) -> None:
    with station_on(store, tmp_path) as station:
        for after in moments(20):
            kill = one_kill(station, after)
            figure("server answers again", kill.started, "s")
            figure("every acknowledged notice is on its board", kill.caught_up, "s")
            assert not kill.missing
            assert not kill.late, f"{store}, part {part}: {kill}"
