"""Fetch intervals: adaptive sources wait half the usual time between items, fixed ones their own time.

What a source asks for counts up to four hours; after failures the wait grows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import SourceState
from server.core.sources import fetch_schedule
from tests import cast
from tests.cast import DAY, HOUR, MINUTE, NOW

OWN_PACE = cast.source(adaptive=True)
FIXED = cast.source()


@pytest.mark.parametrize(
    ("gap", "asked", "wait"),
    [
        (None, None, OWN_PACE.every),
        (HOUR, None, HOUR / 2),
        (MINUTE, None, fetch_schedule.SOONEST),
        (30 * DAY, None, fetch_schedule.LATEST),
        (HOUR, 2 * HOUR, 2 * HOUR),
        (HOUR, MINUTE, HOUR / 2),
        (HOUR, 7 * DAY, fetch_schedule.LATEST),
    ],
)
def test_half_the_usual_gap_within_bounds(gap: timedelta | None, asked: timedelta | None, wait: timedelta) -> None:
    assert fetch_schedule.interval(OWN_PACE, gap, asked, 0.0) == wait
    assert fetch_schedule.interval(OWN_PACE, gap, asked, 0.1) == wait * 1.1
    if asked is not None:
        sooner = fetch_schedule.interval(OWN_PACE, gap, asked, -0.1)
        assert sooner >= min(asked, fetch_schedule.LATEST), "never before the source allows"


def test_a_fixed_interval_is_kept() -> None:
    assert fetch_schedule.interval(FIXED, MINUTE, 9 * HOUR, 0.1) == FIXED.every
    assert fetch_schedule.interval(replace(OWN_PACE, url="tin.xml"), 30 * DAY, None, 0.1) == OWN_PACE.every


@pytest.mark.parametrize(("every", "wait"), [(MINUTE, 2 * MINUTE), (3 * MINUTE, 3 * MINUTE), (HOUR, 5 * MINUTE)])
def test_cap_sources_are_read_often(every: timedelta, wait: timedelta) -> None:
    assert fetch_schedule.interval(cast.source(kind="cap", every=every), None, HOUR, 0.0) == wait
    assert (
        fetch_schedule.backoff(cast.source(kind="cap", every=every), 9, None, 0.0) <= fetch_schedule.WARNING_BACKOFF
    )


def test_another_server_is_asked_soon_after_a_long_cut() -> None:
    server = cast.source(kind="server", every=timedelta(minutes=1))
    waits = [fetch_schedule.backoff(server, failures, None, 0.0) for failures in (1, 2, 20)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), fetch_schedule.WARNING_BACKOFF]
    assert fetch_schedule.backoff(replace(server, every=HOUR), 3, None, 0.0) == HOUR


def test_an_unreadable_file_is_retried_soon() -> None:
    file = cast.source(every=HOUR)
    file = replace(file, url="tin.xml")
    waits = [fetch_schedule.backoff(file, failures, None, 0.0) for failures in (1, 2, 20)]
    assert waits == [timedelta(seconds=5), timedelta(seconds=10), HOUR]


def test_the_usual_gap_needs_three_items_and_ignores_future_ones() -> None:
    assert fetch_schedule.usual_gap([NOW, NOW - HOUR], NOW) is None
    assert fetch_schedule.usual_gap([NOW - HOUR * n for n in range(9)], NOW) == HOUR
    assert fetch_schedule.usual_gap([NOW + DAY, NOW, NOW - HOUR, NOW - 2 * HOUR], NOW) == HOUR


@pytest.mark.parametrize(
    ("gap", "newest", "silent"),
    [(HOUR, 2 * DAY, False), (HOUR, 4 * DAY, True), (2 * DAY, 9 * DAY, False), (2 * DAY, 11 * DAY, True),
     (None, 4 * DAY, True)],
)  # fmt: skip
def test_silent_after_five_usual_gaps(gap: timedelta | None, newest: timedelta, silent: bool) -> None:
    state = SourceState("a", NOW, last_good=NOW, last_new=NOW - newest, gap=gap)
    assert fetch_schedule.silent_since(state, NOW) == (NOW - newest if silent else None)
