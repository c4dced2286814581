"""The numbers of a hall take a turn after so many slides, whatever else the lap does."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.airing import Lap, airing_at, walk
from server.core.lap.composition import MOST_SLOTS, compose
from server.core.lap.forecast import why
from server.core.lap.items import Item
from server.core.lap.regular_turns import SERVING
from server.core.lap.renewal import may_continue, renewal_time
from tests.core.lap.laps import BOARD, HOUR, NOON, item, items


def numbers(every: int) -> Item:
    return replace(item(SERVING, lane=SERVING, dwell=12_000), every=every)


def airings(lap: Lap, since: int, until: int) -> list[tuple[str, int]]:
    """Key and page of each airing between ``since`` and ``until``."""
    found = (lap.slots[a.index] for a in walk(lap, until, since=since) if a.index is not None and a.start >= since)
    return [(slot.key, slot.page) for slot in found]


@given(items(timed=False), st.integers(1, 7), st.integers(0, HOUR))
def test_they_come_after_so_many_slides_at_all_times_also_after_a_new_composition(
    others: list[Item], every: int, later: int
) -> None:
    lap = compose(BOARD, [numbers(every), *others], None, NOON, filler="calm")
    for at in (NOON, NOON + later):
        lap = compose(BOARD, [numbers(every), *others], lap, at, filler="calm")
        assert len(lap.slots) <= MOST_SLOTS
        shown = airings(lap, lap.start, lap.start + 2 * HOUR)
        assert SERVING in {key for key, _ in shown}
        for is_turn, group in groupby(shown, key=lambda one: one[0] == SERVING):
            slides = list(group)
            # Pages of one item stay together, so a turn may wait for the last of them.
            longest = max((len(one.pages) for one in others), default=0)
            assert is_turn or len(slides) < every + longest


@given(items(most=30, timed=False), st.integers(1, 7))
def test_nothing_else_leaves_the_lap_for_them(others: list[Item], every: int) -> None:
    lap = compose(BOARD, [numbers(every), *others], None, NOON)
    without = compose(BOARD, others, None, NOON)
    assert [slot for slot in lap.slots if slot.key != SERVING] == list(without.slots)


def test_in_the_order_of_the_lap() -> None:
    lap = compose(BOARD, [numbers(2), item("a"), item("b"), item("c", pages=2), item("d")], None, NOON)
    assert [slot.key for slot in lap.slots] == ["a", "b", SERVING, "c", "c", SERVING, "d", SERVING]


def test_alone_they_are_shown_all_the_time() -> None:
    lap = compose(BOARD, [numbers(5)], None, NOON, filler="calm")
    assert {key for key, _ in airings(lap, NOON, NOON + HOUR)} == {SERVING}


def test_turns_of_urgent_alerts_are_no_slides_and_go_on() -> None:
    alert = replace(item("alert", dwell=12_000, spans=((NOON - HOUR, NOON + 12 * HOUR),)), alternates=True)
    lap = compose(BOARD, [numbers(2), alert, item("a"), item("b"), item("c")], None, NOON)
    assert [slot.key for slot in lap.slots] == ["a", "alert", "b", "alert", SERVING, "c", "alert", SERVING]


def test_a_statutory_posting_keeps_its_longest_gap_with_them() -> None:
    gap = 120_000
    posting = item("law", dwell=15_000, gap=gap)
    lap = compose(BOARD, [numbers(1), posting, *(item(f"i{n}", dwell=20_000) for n in range(12))], None, NOON)
    starts = [a.start for a in walk(lap, NOON + HOUR) if a.index is not None and lap.slots[a.index].key == "law"]
    assert max(b - a for a, b in pairwise(starts)) <= gap


def test_a_running_turn_is_not_cut_and_the_next_lap_goes_on_as_before() -> None:
    every = [numbers(2), item("a"), item("b")]
    lap = compose(BOARD, every, None, NOON)
    at = NOON + 20_000
    again = compose(BOARD, every, lap, at)
    assert again.slots[0].key == SERVING
    airing = airing_at(again, at)
    assert airing is not None
    assert airing.start == NOON + 16_000
    renewed = compose(BOARD, every, lap, renewal_time(lap, NOON))
    assert may_continue(lap, renewed, NOON + 60_000)


def test_why_they_are_shown() -> None:
    every = [numbers(2), item("a"), item("b")]
    lap = compose(BOARD, every, None, NOON)
    assert {one.key: one.word for one in why(every, lap, NOON)}[SERVING] == "coming"
    assert {one.key: one.word for one in why(every, lap, NOON + 17_000)}[SERVING] == "on"
