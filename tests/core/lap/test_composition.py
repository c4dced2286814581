"""The rules of the lap, as numbered in DESIGN ("The lap"), tested as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.core.lap.airing import Airing, Lap, Slot, airing_at, last_slide_start, walk
from server.core.lap.composition import compose
from server.core.lap.forecast import forecast, why
from server.core.lap.gaps import smallest_possible_gap
from server.core.lap.items import HORIZON, Item
from server.core.lap.order import interleave
from server.core.lap.renewal import may_continue, renewal_time
from server.core.model import Board, Hours
from tests.core.lap.laps import ALWAYS, BOARD, HOUR, NOON, item, items


def aired(lap: Lap, start: int, end: int) -> list[tuple[Slot, Airing]]:
    """The slots that begin in [start, end], each with its airing.

    The filler, the slide that airs while no slot can, is left out.
    """
    every = walk(lap, end, since=start)
    return [(lap.slots[a.index], a) for a in every if a.index is not None and a.start >= start]


def run(steps: list[tuple[int, list[Item]]], until: int, board: Board = BOARD) -> list[tuple[str, int, int]]:
    """What a screen shows until ``until``, as (key, page, start); laps are renewed when they are due.

    ``steps`` are pairs of an instant and the items that the board has from then on. Instants are milliseconds.
    """
    shown: dict[int, tuple[str, int]] = {}
    lap: Lap | None = None
    for place, (at, current) in enumerate(steps):
        lap = compose(board, current, lap, at)
        end = steps[place + 1][0] if place + 1 < len(steps) else until
        due = renewal_time(lap, lap.start)
        while True:
            for slot, airing in aired(lap, lap.start, min(end, due)):
                shown[airing.start] = slot.key, slot.page
            if due >= end:
                break
            renewed = compose(board, current, lap, due)
            lap = lap if may_continue(lap, renewed, due) else renewed
            due = renewal_time(lap, due)
    return [(key, page, at) for at, (key, page) in sorted(shown.items()) if at < until]


# 1. Nothing false


@given(items(), st.integers(NOON, NOON + 50 * HOUR))
def test_nothing_is_shown_outside_its_windows(all_items: list[Item], at: int) -> None:
    lap = compose(BOARD, all_items, None, NOON)
    spans = {i.key: i.spans for i in all_items}
    airing = airing_at(lap, at)
    assert airing is not None
    if airing.index is None:
        return
    assert airing.until is not None
    key = lap.slots[airing.index].key
    assert any(a <= airing.start and (b is None or airing.until <= b) for a, b in spans[key])


@given(items(), items(), st.integers(0, 20 * 60_000))
def test_withdrawn_items_are_gone_at_once(before: list[Item], after: list[Item], later: int) -> None:
    lap = compose(BOARD, before, None, NOON)
    now = NOON + later
    new = compose(BOARD, after, lap, now)
    assert {slot.key for slot in new.slots} <= {i.key for i in after}


def test_windows_are_cut_to_two_days_and_open_ends_stay_open() -> None:
    far = item("far", spans=((NOON, NOON + 90 * HOUR),))
    beyond = item("beyond", spans=((NOON + HORIZON, NOON + HORIZON + HOUR),))
    lap = compose(BOARD, [far, beyond, item("open")], None, NOON)
    assert {s.key: s.spans for s in lap.slots} == {"far": ((NOON, NOON + HORIZON),), "open": ALWAYS}


def test_the_filler_airs_until_a_window_opens() -> None:
    soon = item("soon", spans=((NOON + HOUR, NOON + 2 * HOUR),))
    lap = compose(BOARD, [soon], None, NOON, filler="calm")
    assert airing_at(lap, NOON + 5) == Airing(None, NOON, NOON + HOUR)
    assert airing_at(lap, NOON + HOUR) == Airing(0, NOON + HOUR, NOON + HOUR + 8_000)


@given(items(), st.integers(NOON, NOON + 400 * HOUR))
def test_skipping_equal_rounds_changes_nothing(all_items: list[Item], at: int) -> None:
    lap = compose(BOARD, all_items, None, NOON)
    at = NOON + (at - NOON) % (6 * HOUR)
    slow = list(walk(lap, at, since=lap.start))[-1]
    assert airing_at(lap, at) == slow


# 2. No cut


@given(items(), items(), st.integers(0, 20 * 60_000))
def test_a_running_slide_is_not_cut_by_new_content(before: list[Item], after: list[Item], later: int) -> None:
    lap = compose(BOARD, before, None, NOON)
    now = NOON + later
    running = airing_at(lap, now)
    assume(running is not None and running.index is not None)
    assert running is not None
    assert running.index is not None
    slot = lap.slots[running.index]
    kept = [i for i in before if i.key == slot.key]
    others = [i for i in after if i.key != slot.key]
    new = compose(BOARD, kept + others, lap, now)
    assert new.start == running.start
    assert new.slots[0].hash == slot.hash
    assert airing_at(new, now) == replace(running, index=0)


@given(items(timed=False), st.integers(0, 20 * 60_000))
def test_new_content_airs_at_the_first_boundary_two_seconds_away(before: list[Item], later: int) -> None:
    before = [replace(i, priority=False) for i in before if len(i.pages) == 1]
    assume(len(before) > 1)
    lap = compose(BOARD, before, None, NOON)
    now = NOON + later
    new = compose(BOARD, [*before, item("new", lane="a", priority=True)], lap, now)
    running = airing_at(lap, now)
    assert running is not None
    assert running.until is not None
    place = 1 if running.until - now >= 2_000 else 2
    assert new.slots[place].key == "new"


def test_an_edited_item_finishes_in_its_old_version_and_returns_in_the_new() -> None:
    lap = compose(BOARD, [item("x"), item("y")], None, NOON)
    new = compose(BOARD, [item("x", body="x2"), item("y")], lap, NOON + 1_000)
    assert new.slots[0].hash == "x.0"
    again = compose(BOARD, [item("x", body="x2"), item("y")], new, last_slide_start(new, NOON) or 0)
    assert "x2.0" in {s.hash for s in again.slots}


def test_the_pages_of_a_story_stay_together_across_a_change() -> None:
    long = item("long", pages=3)
    lap = compose(BOARD, [long, item("y")], None, NOON)
    new = compose(BOARD, [item("new"), long, item("y")], lap, NOON + 9_000)
    assert [(s.key, s.page) for s in new.slots] == [
        ("long", 1), ("long", 2), ("new", 0), ("y", 0), ("long", 0)]  # fmt: skip


# 3. Longest gaps

GAPS = st.integers(0, 60).map(lambda s: s * 1_000)


@settings(max_examples=150)
@given(items(8, timed=False), st.lists(st.integers(6, 20), min_size=1, max_size=2), GAPS, st.integers(1, 600_000))
def test_a_posting_is_repeated_before_its_longest_gap(
    others: list[Item], dwells: list[int], more: int, later: int
) -> None:
    others = [replace(i, priority=False) for i in others]
    postings = [item(f"p{n}", lane="p", dwell=d * 1_000, gap=1) for n, d in enumerate(dwells)]
    gap = more + max(smallest_possible_gap([*others, *postings], p) for p in postings)
    all_items = [*others, *(replace(p, longest_gap=gap) for p in postings)]
    shown = run([(NOON, all_items), (NOON + later, all_items)], NOON + later + HOUR)
    for posting in postings:
        starts = [at for key, page, at in shown if key == posting.key and page == 0]
        assert starts[0] - NOON <= gap
        assert all(b - a <= gap for a, b in pairwise(starts))


@settings(max_examples=100)
@given(items(6, timed=False), st.integers(0, 120_000))
def test_a_gap_is_kept_by_a_lap_that_repeats_without_a_server(others: list[Item], more: int) -> None:
    posting = item("p", lane="p", gap=1)
    gap = more + smallest_possible_gap(others, posting)
    lap = compose(BOARD, [*others, replace(posting, longest_gap=gap)], None, NOON)
    starts = [a.start for slot, a in aired(lap, NOON, NOON + HOUR) if slot.key == "p"]
    assert all(b - a <= gap for a, b in pairwise(starts))


def test_a_gap_counts_only_the_hours_in_which_the_panel_is_on() -> None:
    board = replace(BOARD, hours=(Hours(time(5, 30), time(22, 0)),))
    posting = item("p", lane="p", gap=2 * HOUR)
    long = [item(f"o{n}", dwell=600_000) for n in range(24)]
    shown = run([(NOON, [posting, *long])], NOON + 30 * HOUR, board)
    starts = [at for key, _, at in shown if key == "p"]
    off, on = NOON + 11 * HOUR, NOON + 18 * HOUR + HOUR // 2
    before = max(at for at in starts if at < off)
    after = min(at for at in starts if at >= on)
    assert (off - before) + (after - on) <= 2 * HOUR


# 4. Shares


@given(items(timed=False), st.sampled_from((0.0, 0.2, 0.5, 0.8, 1.0)))
def test_own_items_air_once_and_those_of_higher_areas_within_their_share(all_items: list[Item], share: float) -> None:
    board = replace(BOARD, upper_share=share)
    lap = compose(board, all_items, None, NOON)
    own = [i for i in all_items if not i.upper]
    for one in own:
        assert sum(s.key == one.key and s.page == 0 for s in lap.slots) == 1
    upper = {i.key for i in all_items if i.upper and not i.priority}
    time_of_upper = sum(s.dwell for s in lap.slots if s.key in upper)
    whole = sum(s.dwell for s in lap.slots)
    if own and len({s.key for s in lap.slots if s.key in upper}) > 1:
        assert time_of_upper <= share * whole + 1


def test_without_own_items_all_items_of_higher_areas_air() -> None:
    above = [item(f"u{n}", upper=True) for n in range(5)]
    assert len(compose(BOARD, above, None, NOON).slots) == 5


def test_items_that_did_not_fit_come_in_the_following_laps() -> None:
    own = [item(f"o{n}") for n in range(2)]
    above = [item(f"u{n}", upper=True, lane="u") for n in range(6)]
    shown = run([(NOON, [*own, *above])], NOON + 6 * 40_000)
    assert {key for key, _, _ in shown} == {i.key for i in [*own, *above]}


def test_an_item_of_a_higher_area_longer_than_the_share_still_airs() -> None:
    own, above = item("own", dwell=6_000), item("above", dwell=30_000, upper=True)
    assert {s.key for s in compose(BOARD, [own, above], None, NOON).slots} == {"own", "above"}


# 5. Longest waiting first


@settings(max_examples=60)
@given(st.integers(2, 8), st.integers(7, 25), st.integers(1, 3))
def test_a_stream_of_news_does_not_starve_other_items(old: int, every: int, lanes: int) -> None:
    standing = [item(f"old{n}", lane=f"l{n % lanes}") for n in range(old)]
    news = [item(f"new{n}", lane="l0") for n in range(120)]
    steps = [(NOON + n * every * 1_000, [*news[max(0, n - 5) : n][::-1], *standing]) for n in range(120)]
    end = NOON + 120 * every * 1_000
    shown = run(steps, end)
    nominal = (old + 6) * 8_000
    for one in standing:
        starts = [NOON, *(at for key, _, at in shown if key == one.key), end]
        assert max(b - a for a, b in pairwise(starts)) <= 2 * nominal + 16_000


def test_the_longest_waiting_comes_first_and_new_items_count_as_longest() -> None:
    three = [item(n) for n in "abc"]
    lap = compose(BOARD, three, None, NOON)
    new = compose(BOARD, [item("new"), *three], lap, NOON + 9_000)
    assert [s.key for s in new.slots] == ["b", "new", "c", "a"]


# 6. Even


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_in_every_prefix_each_lane_is_within_one_of_its_proportion(sizes: list[int]) -> None:
    all_items = [item(f"{lane}-{n}", lane=str(lane)) for lane, size in enumerate(sizes) for n in range(size)]
    order = interleave(all_items)
    assert sorted(i.key for i in order) == sorted(i.key for i in all_items)
    for length in range(1, len(order) + 1):
        for lane, size in enumerate(sizes):
            count = sum(i.lane == str(lane) for i in order[:length])
            assert abs(count - length * size / len(order)) <= 1
    for lane in range(len(sizes)):
        mine = [i.key for i in all_items if i.lane == str(lane)]
        assert [i.key for i in order if i.lane == str(lane)] == mine


# 7. Agreed


@given(items(), items(), st.integers(0, 20 * 60_000))
def test_the_same_arguments_give_the_same_lap(before: list[Item], after: list[Item], later: int) -> None:
    lap = compose(BOARD, before, None, NOON)
    reread = Lap.loads(lap.dumps())
    assert reread == lap
    one = compose(BOARD, after, lap, NOON + later)
    two = compose(BOARD, list(after), reread, NOON + later)
    assert one == two
    assert one.number == lap.number + 1


@given(items(timed=False), st.integers(0, 60 * 60_000))
def test_a_forecast_agrees_with_what_is_shown_then(all_items: list[Item], later: int) -> None:
    assume(all_items)
    lap = compose(BOARD, all_items, None, NOON)
    ahead = forecast(BOARD, all_items, lap, NOON + later)
    airing = airing_at(ahead, NOON + later)
    assert airing is not None
    assert airing.index is not None
    shown = run([(NOON, all_items)], NOON + later + 1)
    assert shown[-1] == (ahead.slots[airing.index].key, ahead.slots[airing.index].page, airing.start)


# The reasons that ``why`` gives


def test_why_gives_each_items_reason_and_when_it_changes() -> None:
    all_items = [
        item("on"),
        item("later", spans=((NOON + HOUR, None),)),
        item("past", spans=((NOON - HOUR, NOON - 1),)),
        item("brief", spans=((NOON - 1_000, NOON + 2_000),)),
        item("next"),
    ]
    lap = compose(BOARD, all_items, None, NOON)
    reasons = {r.key: (r.word, r.at) for r in why(all_items, lap, NOON + 1_000)}
    assert reasons == {
        "on": ("on", NOON + 8_000),
        "next": ("coming", NOON + 8_000),
        "later": ("not yet", NOON + HOUR),
        "past": ("over", NOON - 1),
        "brief": ("too short", None),
    }
