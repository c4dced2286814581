"""How the director shows the numbers of a hall: at the next tick, in place, and no longer than they are fresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from server.core import wire, wire_serving
from server.core.lap.regular_turns import SERVING
from server.core.model import Board, Counter, Format
from server.core.times import to_ms
from server.live.rotation.director import Director
from server.store.boards import boards, now_serving
from tests.cast import BOARD_MINH_TAN, HOI_TRUONG, MINUTE, NOW
from tests.live.studio import COMMUNE, HALL, RecordingPublisher, Studio, beat, glass, keys, revisions

FRESH = timedelta(minutes=10)


def switch(house: Studio, board: Board = BOARD_MINH_TAN, **settings: Any) -> None:
    boards.save(house.db, replace(board, **settings), actor="lan", now=house.clock())


def call(house: Studio, number: str, board: str = COMMUNE) -> None:
    counters = (Counter("3", "Đất đai", number),)
    now_serving.put(house.db, board, counters, actor="token:1", now=house.clock(), fresh=FRESH)


def running(house: Studio) -> tuple[Director, RecordingPublisher]:
    """A director after the tick at which it has read the numbers, and its publisher with no messages recorded."""
    director, published = house.on_air()
    director.tick()
    published.take()
    return director, published


def test_a_new_number_is_sent_at_the_tick_without_a_new_revision_or_lap(house: Studio) -> None:
    switch(house, serving="lap", serving_every=3)
    director, published = running(house)
    call(house, "A105")
    director.tick()
    (first,) = published.of("serving")
    assert published.boards("serving") == {COMMUNE}
    assert first["serving"]["counters"] == [{"name": "3", "number": "A105"}]
    beat(director)
    assert SERVING in keys(director, COMMUNE)

    before, laps = revisions(director), glass(director, COMMUNE).lap
    published.take()
    house.clock.move(seconds=1)
    call(house, "A106")
    beat(director)
    (second,) = published.of("serving")
    assert "A106" in second["serving"]["html"]
    assert second["serving"]["hash"] == first["serving"]["hash"]
    assert (revisions(director), glass(director, COMMUNE).lap) == (before, laps)
    assert published.of("state") == []
    # A screen that connects now gets the same with its state.
    state = wire.state(glass(director, COMMUNE), epoch="", build="", now=NOW)
    assert state["serving"] == second["serving"]
    assert [one["hash"] for one in state["lap"]["slides"] if one["serving"]] == [second["serving"]["hash"]]


def test_numbers_that_are_not_reported_again_leave_by_themselves(house: Studio) -> None:
    switch(house, serving="lap")
    call(house, "A105")
    director, published = running(house)
    assert glass(director, COMMUNE).serving is not None
    house.clock.move(minutes=10)
    director.tick()
    assert published.of("serving") == [{"epoch": director.epoch, "serving": None}]
    now_serving.end_due(house.db, house.clock())
    beat(director)
    assert SERVING not in keys(director, COMMUNE)


def test_numbers_leave_when_they_are_taken_off(house: Studio) -> None:
    switch(house, serving="lap")
    call(house, "A105")
    director, published = running(house)
    now_serving.end(house.db, COMMUNE, actor="token:1", now=house.clock())
    beat(director)
    assert published.of("serving")[-1]["serving"] is None
    assert SERVING not in keys(director, COMMUNE)


def test_the_setting_of_the_board_decides_how_they_are_shown(house: Studio) -> None:
    call(house, "A105")
    director, published = running(house)
    assert glass(director, COMMUNE).serving is None
    assert SERVING not in keys(director, COMMUNE)
    for turn, chime in (("always", True), ("lap", False)):
        switch(house, serving=turn, chime=chime)
        beat(director)
        beat(director)
        shown = published.of("serving")[-1]["serving"]
        assert (shown["always"], shown["chime"]) == (turn == "always", chime)
        assert (SERVING in keys(director, COMMUNE)) == (turn == "lap")
    switch(house, serving="off")
    beat(director)
    beat(director)
    assert published.of("serving")[-1]["serving"] is None


def test_a_module_of_diodes_never_sounds(house: Studio) -> None:
    switch(house, HOI_TRUONG, serving="always", chime=True, format=Format("landscape", "LED"))
    call(house, "105", HALL)
    director, _ = running(house)
    serving = glass(director, HALL).serving
    assert serving is not None
    assert not serving.chime


def test_each_server_finds_the_numbers_and_a_restart_keeps_them(house: Studio) -> None:
    switch(house, serving="always")
    one, _ = running(house)
    other, _ = running(house)
    call(house, "A105")
    for director in (one, other):
        director.tick()
        shown = glass(director, COMMUNE).serving
        assert shown is not None
        assert shown.state.version == to_ms(house.clock())
    again, _ = running(house)
    assert glass(again, COMMUNE).serving == glass(one, COMMUNE).serving


def test_a_screen_that_missed_a_number_is_found_out(house: Studio) -> None:
    switch(house, serving="always")
    call(house, "A105")
    director, _ = running(house)
    shown = glass(director, COMMUNE)
    assert shown.serving is not None
    assert wire_serving.lacks_serving({"serving": None}, shown.serving)
    assert wire_serving.lacks_serving({"serving": 1}, shown.serving)
    assert not wire_serving.lacks_serving({"serving": shown.serving.state.version}, shown.serving)
    assert not wire_serving.lacks_serving({}, shown.serving)


def test_a_clock_that_is_set_back_does_not_keep_them(house: Studio) -> None:
    switch(house, serving="always")
    call(house, "A105")
    director, _ = running(house)
    house.clock.move(hours=-1)
    call(house, "A106")
    director.tick()
    shown = glass(director, COMMUNE).serving
    assert shown is not None
    assert (shown.state.counters[0].number, shown.state.until) == ("A106", house.clock() + 10 * MINUTE)
