"""Outlines are closed, parted where they touch themselves, refused where they cross, and never moved."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.geography.crossings import TangledError, first_crossing
from server.core.geography.outlines import MOST_POINTS, checked, contains, count_points, square_kilometres
from server.core.model import Point, Ring

SQUARE = [(20.0, 106.0), (20.0, 106.1), (20.1, 106.1), (20.1, 106.0), (20.0, 106.0)]


def star(points: int, wave: float = 0.2) -> list[tuple[float, float]]:
    """A ring round (20.6, 106), whose distance from there rises and falls."""
    angles = [2 * math.pi * number / points for number in range(points)]
    far = [0.3 * (1 + wave * math.sin(9 * angle)) for angle in angles]
    return [(20.6 + one * math.sin(a), 106 + one * math.cos(a)) for one, a in zip(far, angles, strict=True)]


def test_a_good_ring_stays_as_it_is() -> None:
    reading = checked([SQUARE])
    assert reading.outline == (tuple(Point(*one) for one in SQUARE),)
    assert reading.notes == ()


def test_an_open_ring_is_closed_and_a_repeated_point_counts_once() -> None:
    reading = checked([[SQUARE[0], *SQUARE[:-1]]])
    assert reading.outline == checked([SQUARE]).outline
    assert reading.notes == ("Vòng 1 chưa khép kín, đã nối điểm cuối với điểm đầu.",)


def test_a_ring_that_touches_itself_is_parted() -> None:
    # Two triangles that share the point (20.5, 106.5).
    ring = [(20.0, 106.0), (20.5, 106.5), (20.0, 107.0), (21.0, 107.0), (20.5, 106.5), (21.0, 106.0), (20.0, 106.0)]
    reading = checked([ring])
    assert [len(one) for one in reading.outline] == [4, 4]
    assert reading.notes == ("Vòng 1 tự chạm, đã tách thành 2 vòng.",)
    assert all(contains(reading.outline, Point(*one)) for one in ((20.5, 106.1), (20.5, 106.9)))
    assert not contains(reading.outline, Point(20.2, 106.5))


def test_a_spike_encloses_nothing_and_is_left_out() -> None:
    spike = [*SQUARE[:2], (20.0, 106.3), *SQUARE[1:]]
    assert checked([spike]).outline == checked([SQUARE]).outline


@pytest.mark.parametrize(
    ("rings", "words"),
    [
        ([], "không có vòng nào"),
        ([[(20.0, 106.0), (20.1, 106.1), (20.0, 106.0)]], "Vòng 1 của đường bao không bao quanh gì"),
        ([SQUARE, [(20.0, 106.0)] * 6], "Vòng 2 của đường bao không bao quanh gì"),
        ([[(106.0, 20.0), *SQUARE]], "vĩ độ đứng trước"),
        ([[(20.0, 200.0), *SQUARE]], "Kinh độ 200"),
        ([[(math.nan, 106.0), *SQUARE]], "Vĩ độ nan"),
        ([[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]], "Vòng 1 của đường bao tự cắt ở gần 20,05 106,05"),
        ([[(20.0, 106.0), (20.0, 106.2), (20.1, 106.1), (20.0, 106.1), (20.2, 106.0)]], "tự cắt ở gần"),
        ([star(MOST_POINTS + 1)], "có quá 20000 điểm"),
        ([star(MOST_POINTS // 2 + 1)] * 2, "có quá 20000 điểm"),
    ],
)
def test_what_is_no_outline_is_refused_with_a_sentence(rings: list[list[tuple[float, float]]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked(rings)


def test_sides_that_lie_on_each_other_are_a_crossing() -> None:
    folded = [(20.0, 106.0), (20.0, 106.4), (20.1, 106.4), (20.0, 106.2), (20.0, 106.1), (20.1, 106.0)]
    with pytest.raises(ValueError, match="tự cắt"):
        checked([folded])


def test_the_largest_outline_is_read_whole() -> None:
    outline = checked([star(MOST_POINTS - 1)]).outline
    assert count_points(outline) == MOST_POINTS  # and the closing point


def test_a_tangle_is_refused_before_it_is_compared() -> None:
    # Each side goes the whole way from west to east and back.
    zigzag = tuple(Point(20 + number / 10_000, 106.0 + number % 2) for number in range(8_000))
    sideways = tuple(Point(lon - 86, 106 + (lat - 20) * 1.5) for lat, lon in zigzag)
    with pytest.raises(TangledError):
        first_crossing((*sideways, Point(19.0, 106.5), sideways[0]))


def _crosses_slowly(ring: Ring) -> bool:
    """Whether two sides of a ring meet, by comparing all; the corners are whole numbers, so this is exact."""

    def turn(a: Point, b: Point, c: Point) -> float:
        return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)

    def on(a: Point, b: Point, c: Point) -> bool:
        return (
            turn(a, b, c) == 0 and min(a.lat, b.lat) <= c.lat <= max(a.lat, b.lat)
            and min(a.lon, b.lon) <= c.lon <= max(a.lon, b.lon)
        )  # fmt: skip

    def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
        if turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0:
            return True
        return on(a, b, c) or on(a, b, d) or on(c, d, a) or on(c, d, b)

    sides = [(ring[at], ring[at + 1]) for at in range(len(ring) - 1)]
    for at, one in enumerate(sides):
        for other in sides[at + 1 :]:
            shared = set(one) & set(other)
            if not shared and meet(*one, *other):
                return True
            if shared:
                (corner,) = shared
                ends = [point for point in (*one, *other) if point != corner]
                if on(corner, ends[0], ends[1]) or on(corner, ends[1], ends[0]):
                    return True
    return False


CORNERS = st.lists(st.builds(Point, st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=9, unique=True)


@given(CORNERS)
def test_a_crossing_is_found_exactly_where_comparing_all_sides_finds_one(corners: list[Point]) -> None:
    ring = (*corners, corners[0])
    assert (first_crossing(ring) is not None) == _crosses_slowly(ring)


def test_the_size_is_that_on_the_sphere() -> None:
    side = 0.1 * 6371.0088 * math.pi / 180
    assert square_kilometres(checked([SQUARE]).outline) == pytest.approx(
        side**2 * math.cos(math.radians(20.05)), 1e-5
    )
    assert square_kilometres(checked([SQUARE[::-1]]).outline) > 0
