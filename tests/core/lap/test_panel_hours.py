"""Panel hours: over midnight, on several days, overlapping, and in wall time of the board's zone."""

from __future__ import annotations

from datetime import UTC, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from server.core.lap.panel_hours import after_on_time, is_on, on_spans
from server.core.model import Hours
from server.core.times import to_ms

HOUR = 3_600_000
# Midnight in Hanoi, which has no summer time.
DAY = to_ms(datetime(2026, 3, 8, 17, tzinfo=UTC))
ZONE = "Asia/Ho_Chi_Minh"
MOMENT = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def test_without_hours_it_is_always_on() -> None:
    assert on_spans((), ZONE, DAY, DAY + 5) == [(DAY, DAY + 5)]


def test_hours_are_wall_time_and_cut_to_the_given_span() -> None:
    hours = (Hours(time(5), time(22, 30)),)
    assert on_spans(hours, ZONE, DAY + 6 * HOUR, DAY + 30 * HOUR) == [
        (DAY + 6 * HOUR, DAY + 22 * HOUR + HOUR // 2),
        (DAY + 29 * HOUR, DAY + 30 * HOUR),
    ]


def test_hours_may_run_over_midnight() -> None:
    hours = (Hours(time(18), time(2)),)
    assert on_spans(hours, ZONE, DAY, DAY + 24 * HOUR) == [
        (DAY, DAY + 2 * HOUR),
        (DAY + 18 * HOUR, DAY + 24 * HOUR),
    ]


def test_hours_that_touch_or_overlap_are_one() -> None:
    hours = (Hours(time(6), time(9)), Hours(time(9), time(11)), Hours(time(10), time(12)))
    assert on_spans(hours, ZONE, DAY, DAY + 24 * HOUR) == [(DAY + 6 * HOUR, DAY + 12 * HOUR)]


def test_summer_time_makes_a_day_an_hour_shorter() -> None:
    begin = to_ms(datetime(2026, 3, 29, tzinfo=UTC)) - HOUR  # midnight in Berlin on the day summer time begins
    spans = on_spans((Hours(time(0), time(6)),), "Europe/Berlin", begin, begin + 12 * HOUR)
    assert spans == [(begin, begin + 5 * HOUR)]


@given(st.lists(st.builds(Hours, MOMENT, MOMENT), max_size=4), st.integers(0, 72 * HOUR), st.integers(1, 72 * HOUR))
def test_spans_are_in_order_apart_and_inside(hours: list[Hours], after: int, length: int) -> None:
    start, end = DAY + after, DAY + after + length
    spans = on_spans(hours, ZONE, start, end)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)


@given(st.integers(0, 48 * HOUR), st.integers(0, 40 * HOUR))
def test_on_time_counts_only_while_it_is_on(after: int, amount: int) -> None:
    spans = on_spans((Hours(time(6), time(12)),), ZONE, DAY, DAY + 240 * HOUR)
    start = DAY + after
    end = after_on_time(spans, start, amount)
    counted = sum(max(0, min(until, end) - max(begin, start)) for begin, until in spans)
    assert counted == amount
    assert amount == 0 or is_on(spans, end - 1)
