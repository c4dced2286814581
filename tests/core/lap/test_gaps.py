"""The longest gap between showings of a statutory posting is kept within a lap and across its end, if feasible."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.airing import walk
from server.core.lap.composition import compose
from server.core.lap.gaps import smallest_gap, smallest_possible_gap
from server.core.lap.items import Item
from tests.core.lap.laps import BOARD, NOON, item

DWELLS = st.lists(st.integers(6, 30).map(lambda seconds: seconds * 1_000), min_size=1, max_size=12)


def _starts(all_items: list[Item], key: str, length: int) -> list[int]:
    lap = compose(BOARD, all_items, None, NOON)
    return [
        airing.start
        for airing in walk(lap, NOON + length, since=NOON)
        if airing.index is not None and lap.slots[airing.index].key == key and lap.slots[airing.index].page == 0
    ]


def test_the_smallest_gap_is_all_postings_and_one_page_of_another_item() -> None:
    assert smallest_gap(10_000, [], []) == 10_000
    assert smallest_gap(10_000, [7_000], [6_000, 9_000]) == 26_000


@given(DWELLS, st.integers(1, 3), st.integers(0, 60_000))
def test_a_feasible_gap_is_kept_within_the_lap_and_across_its_end(dwells: list[int], pages: int, spare: int) -> None:
    others = [item(f"i{place}", dwell=dwell) for place, dwell in enumerate(dwells)]
    posting = item("niem-yet", pages=pages, dwell=9_000)
    gap = smallest_possible_gap([*others, posting], posting) + spare
    all_items = [*others, item("niem-yet", pages=pages, dwell=9_000, gap=gap)]
    starts = _starts(all_items, "niem-yet", 3 * sum(dwells) + 200_000)
    assert len(starts) >= 2
    assert starts[0] - NOON <= gap
    assert max(later - earlier for earlier, later in itertools.pairwise(starts)) <= gap


@given(DWELLS)
def test_a_long_gap_needs_no_repeats(dwells: list[int]) -> None:
    others = [item(f"i{place}", dwell=dwell) for place, dwell in enumerate(dwells)]
    lap = compose(BOARD, [*others, item("niem-yet", gap=24 * 3_600_000)], None, NOON)
    assert len(lap.slots) == len(others) + 1
