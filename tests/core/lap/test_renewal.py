"""Renewing a lap: the same slides in the same cyclic order make no new revision; any change of items makes one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.airing import airing_at
from server.core.lap.composition import compose
from server.core.lap.forecast import forecast
from server.core.lap.items import Item
from server.core.lap.renewal import FRESH_MS, may_continue, renewal_time, same_round
from tests.core.lap.laps import BOARD, HOUR, NOON, item, items


@given(items(timed=False, upper=False), st.integers(0, 30))
def test_a_round_of_the_same_items_is_equal_wherever_it_begins(all_items: list[Item], rounds: int) -> None:
    lap = compose(BOARD, all_items, None, NOON, filler="calm")
    at = NOON
    for _ in range(rounds % 4):
        at = renewal_time(lap, at)
    renewed = compose(BOARD, all_items, lap, at, filler="calm")
    if at < NOON + FRESH_MS and not any(one.priority for one in all_items):
        assert same_round(lap, renewed) == ([s.key for s in renewed.slots] in _rotations([s.key for s in lap.slots]))


def _rotations(keys: list[str]) -> list[list[str]]:
    return [keys[place:] + keys[:place] for place in range(max(1, len(keys)))]


def test_a_changed_body_dwell_or_order_is_a_new_round() -> None:
    three = [item("a"), item("b"), item("c")]
    lap = compose(BOARD, three, None, NOON, filler="calm")
    rotated = replace(lap, slots=(*lap.slots[1:], lap.slots[0]))
    assert same_round(lap, rotated)
    assert not same_round(lap, replace(lap, slots=tuple(reversed(lap.slots))))
    assert not same_round(lap, replace(lap, slots=lap.slots[:2]))
    assert not same_round(lap, replace(lap, filler="other"))
    assert not same_round(lap, replace(lap, slots=(replace(lap.slots[0], hash="new"), *lap.slots[1:])))
    assert not same_round(lap, replace(lap, slots=(replace(lap.slots[0], dwell=1), *lap.slots[1:])))
    assert not same_round(lap, replace(lap, slots=(replace(lap.slots[0], spans=((0, NOON),)), *lap.slots[1:])))
    assert not same_round(lap, replace(lap, seen={**lap.seen, "waiting": NOON}))


def test_a_lap_is_replaced_after_an_hour() -> None:
    lap = compose(BOARD, [item("a"), item("b")], None, NOON)
    assert may_continue(lap, lap, NOON + FRESH_MS - 1)
    assert not may_continue(lap, lap, NOON + FRESH_MS)


def test_two_empty_laps_are_one_round() -> None:
    empty = compose(BOARD, [], None, NOON, filler="calm")
    assert same_round(empty, compose(BOARD, [], empty, NOON + HOUR, filler="calm"))


def test_an_edit_of_the_only_slide_follows_it() -> None:
    lap = compose(BOARD, [item("a")], None, NOON)
    edited = [item("a", body="moi")]
    lap = compose(BOARD, edited, lap, NOON + 1_000)
    assert [slot.hash for slot in lap.slots] == ["a.0", "moi.0"]
    at = renewal_time(lap, NOON)
    assert at == NOON + 8_000
    assert [slot.hash for slot in compose(BOARD, edited, lap, at).slots] == ["moi.0"]


def test_an_item_that_opens_next_week_on_an_empty_board_is_not_missed() -> None:
    opens = NOON + 7 * 24 * HOUR
    all_items = [item("hop", spans=((opens, opens + HOUR),))]
    lap = compose(BOARD, all_items, None, NOON, filler="calm")
    assert lap.slots == ()
    ahead = forecast(BOARD, all_items, lap, opens)
    airing = airing_at(ahead, opens)
    assert airing is not None
    assert airing.index is not None
    assert ahead.slots[airing.index].key == "hop"
    assert airing.start == opens
