"""A screen of its own with its guard, from pairing on: what the desk asks of it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.store import pairing, screens
from server.store.tables import pairings
from tests.guard.test_guard import Watched
from tests.station import ACTOR, Station, config_text, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-giu"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path / "station", config_text([BOARD])).start(worker=False)
    yield made
    made.close()


@pytest.fixture
def watched(station: Station, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(f"{station.address}/screen", tmp_path)
    yield made
    made.end()


def codes(station: Station) -> list[str]:
    with station.store.read() as conn:
        return [row.code for row in conn.execute(select(pairings.c.code))]


def paired(station: Station, watched: Watched) -> int:
    """The screen's number, once its guard listens too."""
    code = until(lambda: next(iter(codes(station)), ""), "the page has asked for a code")
    made = pairing.claim(station.store, code, BOARD, actor=ACTOR, now=station.now(BOARD))
    until(lambda: watched.count("listens") == 1, "the guard has found the key")
    return made.id


def test_it_photographs_and_hands_over_and_takes_back(station: Station, watched: Watched) -> None:
    screen = paired(station, watched)
    now = station.now(BOARD)
    asked = screens.ask(station.store, [screen], "screenshot", until=now + timedelta(minutes=5), actor=ACTOR, now=now)
    until(lambda: watched.count("photographed") == 1, "the photograph")
    picture = station.data / "screenshots" / f"{asked[0].id}.webp"
    assert picture.read_bytes()[8:12] == b"WEBP"

    screens.hand_over(station.store, screen, now + timedelta(hours=1), actor=ACTOR, now=now)
    until(lambda: watched.count("handed over") == 1, "the screen is handed over")
    screens.hand_over(station.store, screen, None, actor=ACTOR, now=now)
    until(lambda: watched.count("start") == 2, "it is taken back")

    screens.hand_over(station.store, screen, now + timedelta(hours=2), actor=ACTOR, now=now)
    until(lambda: watched.count("handed over") == 2, "the screen is handed over again")
    station.push(BOARD, "Vỡ đê", station.now(BOARD))
    until(lambda: watched.count("start") == 3, "what is urgent takes it back")
