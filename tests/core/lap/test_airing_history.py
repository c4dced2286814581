"""The airing history: every moment belongs to exactly one entry, which agrees with the lap of that time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.airing import Lap, Slot, airing_at
from server.core.lap.airing_history import Shown, shown

SECOND = 1_000


def slot(key: str, page: int = 0, *, dwell: int = 10 * SECOND, until: int | None = None) -> Slot:
    return Slot(f"{key}-{page}", dwell, f"Tin {key}", "Cổng tỉnh", ((0, until),), key, page)


def lap(*slots: Slot, number: int = 1, start: int = 0) -> Lap:
    return Lap(number, start, slots, "calm")


def summary(found: list[Shown]) -> list[tuple[str | None, int, int, int]]:
    return [(each.key, each.start // SECOND, each.until // SECOND, each.pages) for each in found]


def test_consecutive_pages_of_an_item_are_one_entry() -> None:
    laps = [lap(slot("a"), slot("a", 1), slot("b"))]
    assert summary(list(shown(laps, 0, 40 * SECOND))) == [("a", 0, 20, 2), ("b", 20, 30, 1), ("a", 30, 40, 1)]


def test_entries_are_cut_at_both_ends_of_the_span() -> None:
    laps = [lap(slot("a"), slot("b"))]
    assert summary(list(shown(laps, 5 * SECOND, 12 * SECOND))) == [("a", 5, 10, 1), ("b", 10, 12, 1)]


def test_each_lap_runs_until_the_next_begins() -> None:
    laps = [lap(slot("a"), slot("b")), lap(slot("b"), slot("c"), number=2, start=10 * SECOND)]
    assert summary(list(shown(laps, 0, 30 * SECOND))) == [("a", 0, 10, 1), ("b", 10, 20, 1), ("c", 20, 30, 1)]


def test_the_calm_slide_is_an_entry_without_a_key() -> None:
    laps = [lap(slot("a", until=10 * SECOND))]
    found = list(shown(laps, 0, 25 * SECOND))
    assert summary(found) == [("a", 0, 10, 1), (None, 10, 25, 1)]
    assert found[-1].hash == "calm"


def test_before_the_first_lap_nothing_is_known() -> None:
    assert summary(list(shown([lap(slot("a"), start=20 * SECOND)], 0, 25 * SECOND))) == [("a", 20, 25, 1)]
    assert list(shown([], 0, 25 * SECOND)) == []


STARTS = st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True).map(sorted)


@given(STARTS, st.integers(0, 100), st.integers(1, 200), st.data())
def test_every_moment_has_one_entry_that_agrees_with_the_lap(
    starts: list[int], since: int, length: int, data: st.DataObject
) -> None:
    laps = [
        lap(
            *(
                slot(key, dwell=data.draw(st.integers(1, 20)) * SECOND)
                for key in data.draw(st.sampled_from(["a", "ab", "abc"]))
            ),
            number=number,
            start=start * SECOND,
        )
        for number, start in enumerate(starts)
    ]
    begin, end = since * SECOND, (since + length) * SECOND
    found = list(shown(laps, begin, end))
    for earlier, later in pairwise(found):
        assert earlier.until == later.start
    moment = data.draw(st.integers(begin, end - 1))
    running = [each for each in laps if each.start <= moment]
    entries = [each for each in found if each.start <= moment < each.until]
    if not running:
        assert entries == []
        return
    airing = airing_at(running[-1], moment)
    assert airing is not None
    assert airing.index is not None
    assert [each.key for each in entries] == [running[-1].slots[airing.index].key]
