"""Laps as time passes: each slide is announced ahead, and the next lap is agreed when the last slide begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core.lap.airing import Lap, airing_at, last_slide_start
from server.core.lap.forecast import forecast
from server.core.model import Window
from server.core.times import from_ms, to_ms
from server.live.rotation.slide_announcer import AHEAD_MS
from server.store.announcements import announcements
from tests.cast import (
    HOI_TRUONG,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    TIN_TINH,
    announcement,
    entry,
)
from tests.live.studio import HALL, Studio, beat, glass, on_glass, renderer


def test_the_next_lap_is_agreed_when_the_last_slide_of_the_round_begins(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    posted = announcement(windows=(Window(NOW, NOW + timedelta(seconds=20)),))
    announcements.post(house.db, posted, actor=OPERATOR.slug)
    director, published = house.on_air()
    first = glass(director, HALL).lap
    at = last_slide_start(first, first.start)
    assert at is not None
    house.clock.now = from_ms(at - 1)
    beat(director)
    assert glass(director, HALL).lap is first
    house.clock.move(milliseconds=1)
    before = on_glass(director, HALL, house.clock())
    published.take()
    beat(director)
    renewed = glass(director, HALL).lap
    assert renewed.number == first.number + 1
    assert on_glass(director, HALL, house.clock()) == before
    assert "announcement:1" not in {slot.key for slot in renewed.slots}
    assert published.boards("state") >= {HALL}


def test_a_round_that_only_repeats_is_no_new_state_until_it_is_an_hour_old(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    director, published = house.on_air()
    number = glass(director, HALL).lap.number
    for _ in range(110):
        house.clock.move(seconds=32)
        beat(director)
    assert house.clock() < NOW + HOUR
    assert published.of("state") == []
    for _ in range(10):
        house.clock.move(seconds=32)
        beat(director)
    assert glass(director, HALL).lap.number == number + 1


def test_for_an_hour_each_slide_is_announced_ahead_and_shown_as_forecast(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}", summary="Cầu mới nối hai xã. " * (1 + 3 * n)) for n in range(7)))
    for begins in (10, 25):
        timed = announcement(title=f"Sau {begins} phút", windows=(Window(NOW + begins * MINUTE, NOW + 40 * MINUTE),))
        announcements.post(house.db, timed, actor=OPERATOR.slug)
    director, published = house.on_air()
    foreseen = _foresee(house, glass(director, HALL).lap)
    announced: list[dict[str, Any]] = []
    shown: list[tuple[str | None, int]] = []
    while house.clock() < NOW + HOUR:
        published.take()
        beat(director)
        now = to_ms(house.clock())
        for message in published.of("slide", board=HALL):
            assert now < message["at"] <= now + AHEAD_MS
            announced.append(message)
        airing = on_glass(director, HALL, house.clock())
        if shown[-1:] != [airing]:
            shown.append(airing)
        if (expected := foreseen.pop(now, None)) is not None:
            assert airing == expected
        house.clock.move(milliseconds=500)
    assert foreseen == {}
    heads = [(message["hash"], message["at"]) for message in announced]
    assert [head for place, head in enumerate(heads) if head not in heads[:place]][: len(shown) - 1] == shown[1:]
    assert len(shown) > 150


def _foresee(house: Studio, lap: Lap) -> dict[int, tuple[str | None, int]]:
    """The forecast for each minute of the coming hour, as ``run.py show --at`` would print it now.

    Maps the instant to the hash and start of the slide; times are milliseconds.
    """
    held = read_snapshot(house.db, NOW)
    items = board_content(renderer(), held, HOI_TRUONG).items
    found = {}
    for minute in range(60):
        instant = to_ms(NOW + minute * MINUTE)
        coming = forecast(HOI_TRUONG, items, lap, instant)
        airing = airing_at(coming, instant)
        assert airing is not None
        found[instant] = (coming.filler if airing.index is None else coming.slots[airing.index].hash), airing.start
    return found
