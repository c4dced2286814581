"""Urgent alerts that no longer hold the glass take every second slide of the lap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.airing import Lap, airing_at, walk
from server.core.lap.composition import MOST_SLOTS, compose
from server.core.lap.items import Item
from server.core.lap.renewal import may_continue, renewal_time
from tests.core.lap.laps import BOARD, HOUR, NOON, item, items

MINUTE = 60_000


def alert(name: str, *, begins: int = NOON - HOUR, ends: int = NOON + 12 * HOUR, dwell: int = 12_000) -> Item:
    return replace(item(name, lane="notices", dwell=dwell, spans=((begins, ends),)), alternates=True)


def keys(lap: Lap, start: int, end: int) -> list[str]:
    """The keys of what airs from the first boundary at or after ``start`` until ``end``; "" is the filler."""
    airings = walk(lap, end, since=start)
    return ["" if a.index is None else lap.slots[a.index].key for a in airings if a.start >= start]


def running(lap: Lap, instant: int) -> tuple[str, int, int | None]:
    """The key of what airs at ``instant``, its start and its end."""
    airing = airing_at(lap, instant)
    assert airing is not None
    return ("" if airing.index is None else lap.slots[airing.index].key), airing.start, airing.until


@given(items(timed=False), st.integers(1, 3), st.integers(0, 3 * HOUR))
def test_every_second_slide_is_an_alert_at_all_times_also_after_a_new_composition(
    others: list[Item], count: int, later: int
) -> None:
    alerts = [alert(f"alert-{number}") for number in range(count)]
    lap = compose(BOARD, [*alerts, *others], None, NOON, filler="calm")
    for at in (NOON, NOON + later):
        lap = compose(BOARD, [*alerts, *others], lap, at, filler="calm")
        shown = [key.startswith("alert") for key in keys(lap, lap.start, lap.start + HOUR)]
        if others:
            assert all(one != two for one, two in pairwise(shown))
        else:
            assert all(shown)
        assert len(lap.slots) <= MOST_SLOTS


@given(st.integers(1, 4), st.integers(1, 9))
def test_every_alert_has_its_turn_in_each_lap(slides: int, count: int) -> None:
    alerts = [alert(f"alert-{number}") for number in range(count)]
    lap = compose(BOARD, [*alerts, *(item(f"i{n}") for n in range(slides))], None, NOON)
    assert {slot.key for slot in lap.slots} >= {one.key for one in alerts}


def test_no_slide_is_cut_and_every_slide_is_shown_although_turns_come_between() -> None:
    others = [item("a"), item("b", pages=2), item("c", dwell=20_000)]
    lap = compose(BOARD, [alert("alert"), *others], None, NOON)
    assert keys(lap, NOON, NOON + 2 * MINUTE)[:9] == ["a", "alert", "b", "alert", "b", "alert", "c", "alert", "a"]
    airings = list(walk(lap, NOON + HOUR, since=NOON))
    for one, two in pairwise(airings):
        assert one.index is not None
        assert one.until == two.start == one.start + lap.slots[one.index].dwell


def test_before_it_stops_holding_the_glass_an_alert_has_no_turns() -> None:
    alerts = [alert("alert", begins=NOON + 15 * MINUTE)]
    lap = compose(BOARD, [*alerts, item("a"), item("b")], None, NOON)
    assert set(keys(lap, NOON, NOON + 15 * MINUTE - 1)) == {"a", "b"}
    after = keys(lap, NOON + 15 * MINUTE + 20_000, NOON + HOUR)
    assert after[::2] == ["alert"] * len(after[::2]) or after[1::2] == ["alert"] * len(after[1::2])


@pytest.mark.parametrize("ends", [(1, 2), (1, 2, 3, 4), (2, 2, 1)])
def test_when_an_alert_ends_the_others_share_its_turns_without_a_new_lap(ends: tuple[int, ...]) -> None:
    alerts = [alert(f"alert-{place}", ends=NOON + end * HOUR) for place, end in enumerate(ends)]
    lap = compose(BOARD, [*alerts, *(item(f"i{n}") for n in range(6))], None, NOON)
    for hour in range(max(ends)):
        begin, end = NOON + hour * HOUR + 2 * MINUTE, NOON + (hour + 1) * HOUR - 2 * MINUTE
        shown = keys(lap, begin, end)
        alive = {one.key for one in alerts if (one.spans[0][1] or 0) > begin}
        assert {key for key in shown if key.startswith("alert")} == alive
        assert all(one.startswith("alert") != two.startswith("alert") for one, two in pairwise(shown))
    assert not any(key.startswith("alert") for key in keys(lap, NOON + max(ends) * HOUR, NOON + 9 * HOUR))


def test_the_turns_go_on_after_the_latest_and_a_running_one_is_not_cut() -> None:
    made = [alert("x"), alert("y"), alert("z"), *(item(f"i{n}") for n in range(5))]
    lap = compose(BOARD, made, None, NOON)
    for at in range(NOON, NOON + 10 * MINUTE, 7_000):
        new = compose(BOARD, [*made, item("new", lane="b")], lap, at)
        assert running(new, at) == running(lap, at)
    order = [key for key in keys(lap, NOON, NOON + 10 * MINUTE) if key in "xyz"]
    renewed = compose(BOARD, made, lap, NOON + 10 * MINUTE)
    follower = next(key for key in keys(renewed, NOON + 10 * MINUTE + 12_000, NOON + HOUR) if key in "xyz")
    assert follower != order[-1]


def test_a_lap_with_one_alert_may_go_on_as_long_as_nothing_changes() -> None:
    made = [alert("x"), *(item(f"i{n}") for n in range(5))]
    lap = compose(BOARD, made, None, NOON)
    due = renewal_time(lap, NOON)
    assert may_continue(lap, compose(BOARD, made, lap, due), due)


def test_a_posting_is_repeated_as_often_as_its_gap_requires_although_alerts_take_time() -> None:
    posting = item("posting", gap=3 * MINUTE)
    lap = compose(BOARD, [alert("alert"), posting, *(item(f"i{n}", dwell=10_000) for n in range(30))], None, NOON)
    starts = [a.start for a in walk(lap, NOON + HOUR, since=NOON) if lap.slots[a.index or 0].key == "posting"]
    assert all(two - one <= 3 * MINUTE for one, two in pairwise(starts))


def test_the_share_of_higher_areas_is_that_among_the_slides_not_the_alerts() -> None:
    made = [item(f"i{n}", upper=True) for n in range(5)]
    lap = compose(BOARD, [alert("x"), *made], None, NOON)
    again = compose(BOARD, [alert("x"), *made], lap, NOON + 9_000)
    assert {slot.key for slot in again.slots} == {"x", *(one.key for one in made)}
