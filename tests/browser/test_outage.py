"""A screen without its server keeps all time limits; when the server is back, the screen shows its current state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.core.times import to_ms
from server.store.notices import notices
from tests.browser.glass import VISIBLE, Glass
from tests.station import ACTOR, Station, config_text, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-mat-mang"


def test_limits_hold_without_a_server_and_a_clearing_meanwhile_is_seen_on_its_return(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    for title in ("Tin luôn có", "Tin khác nữa"):
        station.announce(BOARD, title, station.now(BOARD))
    glass = look(station, BOARD)
    glass.wait_for_slide("Tin luôn có")
    now = station.now(BOARD)
    opens, closes = now + timedelta(seconds=9), now + timedelta(seconds=27)
    station.announce(BOARD, "Tin có hạn", now, start=opens, end=closes)
    digest = until(lambda: station.hash_of(BOARD, "Tin có hạn"), "what opens soon is in the lap")
    glass.wait_for_message('"slides"', f'"{digest}"')
    short = station.push(BOARD, "Lũ quét", now, seconds=7)
    glass.wait_for(f'[data-notice="{short.id}"]')

    station.kill9_server()
    glass.wait_for("[data-notice]", gone=True)
    glass.wait_for_slide("Tin có hạn")
    glass.flips(2, since=to_ms(closes))
    turns = [flip.at for flip in glass.flips() if flip.hash == digest]
    assert turns
    assert all(to_ms(opens) <= at and at + 6_000 <= to_ms(closes) for at in turns)

    station.restart()
    glass.wait_for('html[data-link="live"]')
    long = station.push(BOARD, "Sạt lở", station.now(BOARD))
    glass.wait_for(f'[data-notice="{long.id}"]')
    station.kill9_server()
    notices.clear(station.store, long.id, actor=ACTOR, now=now)
    assert glass.page.locator("[data-notice]").count() == 1
    station.restart()
    glass.wait_for("[data-notice]", gone=True)
    glass.wait_for(VISIBLE)
