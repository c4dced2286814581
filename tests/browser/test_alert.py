"""An alert in a real browser: it holds the glass for a time, then takes every second slide, also without a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.evening import short_stories
from tests.browser.glass import VISIBLE, Glass
from tests.station import Feed, Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-canh-bao"
COVERED = "#notices:not([hidden]) [data-notice]"


def test_after_its_hold_an_alert_takes_every_second_slide_on_a_screen_without_a_server(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = stations(config_text([BOARD], [Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
    (station.folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    station.start()
    glass = look(station, BOARD)
    glass.wait_for_slide("Tin ngắn số")
    now = station.now(BOARD)
    alert = station.push(
        BOARD,
        "Cảnh báo bão",
        now,
        origin="khi-tuong/x/1",
        created_by="system",
        danger="Bão",
        holds_until=now + timedelta(seconds=8),
    )
    glass.wait_for(f'[data-notice="{alert.id}"]')
    glass.wait_for_message('"state"', f'"notice":"{alert.id}"')
    station.kill9_server()
    shown: list[str] = []
    for _ in range(2):
        glass.wait_for(COVERED, gone=True)
        glass.wait_for('#banner[data-look="urgent"] :text("Cảnh báo bão")')
        shown.append(glass.page.locator(VISIBLE).inner_text())
        glass.wait_for(f'[data-notice="{alert.id}"]')
    assert len(set(shown)) == 2, "another slide of the lap between each two turns"
    assert glass.faults == []
