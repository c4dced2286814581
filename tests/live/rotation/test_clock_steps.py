"""After the system's clock was set, every lap continues with the running slide, and nothing waits for hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.core.lap.airing import airing_at
from server.core.times import to_ms
from server.live.rotation.clock_steps import ClockSteps
from server.live.rotation.director import Director
from server.store.notices import notices
from tests.cast import EDITOR, MINUTE, TIN_TINH, entry, notice
from tests.live.studio import HALL, Clock, Studio, beat, glass, on_glass, published_by

HOUR = timedelta(hours=1)
STEPS = [-HOUR, HOUR, -24 * HOUR, 24 * HOUR, timedelta(minutes=-10)]


class Machine:
    """A studio with a director and a monotonic clock.

    The studio's clock stands for the system's clock, which the test may also set.
    """

    def __init__(self, house: Studio) -> None:
        self.house, self.seconds = house, 50.0
        self.director = house.direct(clock_steps=ClockSteps(house.clock, lambda: self.seconds).step)

    def run(self, **by: float) -> None:
        """Advances both clocks by ``timedelta(**by)``, then runs the director's tick and refresh once."""
        self.house.clock.move(**by)
        self.seconds += timedelta(**by).total_seconds()
        beat(self.director)

    def set_clock(self, step: timedelta) -> None:
        self.house.clock.now += step
        beat(self.director)


def airing(director: Director, house: Studio) -> str | None:
    return on_glass(director, HALL, house.clock())[0]


@pytest.mark.parametrize("step", STEPS)
def test_the_slide_stays_and_the_rotation_goes_on(house: Studio, step: timedelta) -> None:
    house.clock.move(days=-2)  # so that the stories are old: one first seen in the future is not shown
    house.read(TIN_TINH, entry("a"), entry("b"))
    house.clock.move(days=2)
    machine = Machine(house)
    machine.run(seconds=1)
    machine.run(seconds=1)
    before, revision = airing(machine.director, house), glass(machine.director, HALL).revision
    published_by(machine.director).take()
    machine.set_clock(step)
    assert airing(machine.director, house) == before
    assert glass(machine.director, HALL).revision > revision
    assert published_by(machine.director).of("state", board=HALL)
    published_by(machine.director).take()
    for _ in range(60):
        machine.run(seconds=1)
    lap = glass(machine.director, HALL).lap
    assert lap.start <= to_ms(house.clock())
    assert len({one["hash"] for one in published_by(machine.director).of("slide", board=HALL)}) == 2


@pytest.mark.parametrize("stored", [False, True], ids=["before its end was stored", "after that"])
def test_a_notice_that_ended_while_the_clock_was_ahead_comes_back(house: Studio, stored: bool) -> None:
    posted = notices.post(house.db, notice(), actor=EDITOR.slug, now=house.clock())
    machine = Machine(house)
    machine.run(seconds=1)
    machine.set_clock(24 * HOUR)
    assert glass(machine.director, HALL).notices == ()
    if stored:
        notices.expire_due(house.db, house.clock())
        machine.run(seconds=1)
    machine.set_clock(-24 * HOUR)
    notices.expire_due(house.db, house.clock())
    machine.run(milliseconds=100)
    assert [shown.id for shown, _ in glass(machine.director, HALL).notices] == [posted.id]


@pytest.mark.parametrize("step", STEPS)
def test_a_notice_comes_at_once_and_ends_by_the_new_clock(house: Studio, step: timedelta) -> None:
    machine = Machine(house)
    machine.run(seconds=1)
    machine.set_clock(step)
    now = house.clock()
    notices.post(house.db, notice(issued=now, until=now + MINUTE), actor=EDITOR.slug, now=now)
    machine.run(milliseconds=100)
    assert len(glass(machine.director, HALL).notices) == 1
    machine.run(seconds=59)
    assert len(glass(machine.director, HALL).notices) == 1
    machine.run(seconds=1)
    assert glass(machine.director, HALL).notices == ()


def test_a_notice_that_a_wrong_clock_took_off_returns_when_the_clock_is_right_again(house: Studio) -> None:
    machine = Machine(house)
    machine.run(seconds=1)
    now = house.clock()
    notices.post(house.db, notice(issued=now, until=now + MINUTE), actor=EDITOR.slug, now=now)
    machine.set_clock(HOUR)
    assert glass(machine.director, HALL).notices == ()
    machine.set_clock(-HOUR)
    assert len(glass(machine.director, HALL).notices) == 1


def test_a_lap_that_a_step_of_the_clock_has_missed_begins_now(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    director, _ = house.on_air()  # nothing tells this director of clock steps
    house.clock.move(hours=-1)
    beat(director)
    assert airing_at(glass(director, HALL).lap, to_ms(house.clock())) is not None


def test_a_server_that_starts_after_the_clock_was_set_back_shows_the_lap_at_once(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    house.on_air()
    house.clock.move(hours=-5)
    director, _ = house.on_air()
    assert airing_at(glass(director, HALL).lap, to_ms(house.clock())) is not None


def test_small_corrections_of_the_clock_are_no_steps() -> None:
    clock = Clock()
    steps = ClockSteps(clock, lambda: 7.0)
    assert steps.step() == 0
    clock.move(milliseconds=400)
    assert steps.step() == 0
    clock.move(milliseconds=-600)
    assert steps.step() == -600
    assert steps.step() == 0
