"""Numbers of a hall's counters reach a real browser in place, under urgent notices, and come back after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.glass import VISIBLE, Glass
from tests.browser.hall import Hall
from tests.station import Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "mot-cua"
FIRST = f'{VISIBLE} [data-counter="1"]'
FLIPS = "window.bangtin.flips.length"


def test_a_hall_calls_its_numbers_on_its_board(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    hall = Hall.of(station, BOARD, "always")
    station.announce(BOARD, "Lịch tiếp công dân", station.now(BOARD))
    glass = look(station, BOARD)
    glass.wait_for_slide("Lịch tiếp công dân")
    page = glass.page
    number = page.locator(f"{FIRST} .number")

    assert hall.call(q1="A105", q2="B031") == 200
    expect(number).to_have_text("A105")
    expect(page.locator("[data-changed]")).to_have_count(0)
    before = page.evaluate(FLIPS)

    # The second counter's row stays as it is, and no slide is changed for another.
    assert hall.call(q1="A106", q2="B031") == 200
    expect(number).to_have_text("A106")
    expect(page.locator(f"{FIRST}[data-changed]")).to_have_count(1)
    expect(page.locator(f'{VISIBLE} [data-counter="2"][data-changed]')).to_have_count(0)
    assert page.evaluate(FLIPS) == before

    notice = station.push(BOARD, "Nước sông lên nhanh", station.now(BOARD))
    expect(page.locator(f'[data-notice="{notice.id}"]')).to_be_visible()
    assert station.cli("clear", str(notice.id)).returncode == 0
    expect(page.locator("[data-notice]")).to_have_count(0)
    expect(number).to_have_text("A106")

    station.kill9_server()
    station.restart()
    assert hall.call(q1="A107", q2="B031") == 200
    expect(number).to_have_text("A107")

    assert hall.close() == 200
    glass.wait_for_slide("Lịch tiếp công dân")
    expect(number).to_have_count(0)
    assert glass.faults == []
