"""Checks the outline of an area, whatever it was read from, and measures it; called by geojson, desk and store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.core.geography.crossings import first_crossing
from server.core.geography.points import checked as checked_point
from server.core.geography.points import point_text
from server.core.model import Outline, Point, Ring

MOST_POINTS = 20_000
LEAST_POINTS = 4
"""A ring has at least so many points, the closing one included."""
_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class OutlineReading:
    """An outline that was read and checked. ``notes`` are Vietnamese sentences on what was mended or left out."""

    outline: Outline
    notes: tuple[str, ...] = ()


def checked(rings: Iterable[Sequence[tuple[float, float]]], notes: Iterable[str] = ()) -> OutlineReading:
    """The outline whose rings are given as points (latitude, longitude).

    Rings are closed; a ring that passes a point twice is parted there. Points are never moved or left out, except
    one that repeats its predecessor. Raises ValueError with a Vietnamese sentence for an outline without a ring, over
    MOST_POINTS points, out of range, or with a ring that encloses nothing or crosses itself.
    """
    said, found, count = list(notes), list[Ring](), 0
    for number, given in enumerate(rings, 1):
        count += len(given)
        if count > MOST_POINTS:
            raise ValueError(
                f"Đường bao có quá {MOST_POINTS} điểm. Hãy giản lược nó bằng phần mềm bản đồ rồi gửi lại."
            )
        ring = _closed(given)
        if len(given) and tuple(given[0]) != tuple(given[-1]):
            said.append(f"Vòng {number} chưa khép kín, đã nối điểm cuối với điểm đầu.")
        loops = tuple(_loops(ring))
        if not loops:
            raise ValueError(
                f"Vòng {number} của đường bao không bao quanh gì: cần ít nhất {LEAST_POINTS} điểm khác nhau."
            )
        if len(loops) > 1:
            said.append(f"Vòng {number} tự chạm, đã tách thành {len(loops)} vòng.")
        for loop in loops:
            _refuse_crossing(loop, number)
        found += loops
    if not found:
        raise ValueError("Đường bao không có vòng nào.")
    return OutlineReading(tuple(found), tuple(said))


def _closed(given: Sequence[tuple[float, float]]) -> list[Point]:
    """Returns the points of a ring, closed; a point that repeats its predecessor is left out.

    Raises ValueError for a latitude or longitude out of range.
    """
    points = list[Point]()
    for lat, lon in given:
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            checked_point(lat, lon)  # raises the sentence about it
        point = Point(lat, lon)
        if not points or points[-1] != point:
            points.append(point)
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points


def _loops(ring: Sequence[Point]) -> Iterator[Ring]:
    """Yields the parts of a closed ring, which is divided where it passes a point twice.

    Parts that enclose nothing are left out.
    """
    way, at = list[Point](), dict[Point, int]()
    for point in ring:
        start = at.get(point)
        if start is None:
            at[point] = len(way)
            way.append(point)
            continue
        loop = (*way[start:], point)
        for passed in way[start + 1 :]:
            del at[passed]
        del way[start + 1 :]
        if len(loop) >= LEAST_POINTS:
            yield loop


def _refuse_crossing(ring: Ring, number: int) -> None:
    crossing = first_crossing(ring)
    if crossing is not None:
        raise ValueError(
            f"Vòng {number} của đường bao tự cắt ở gần {point_text(crossing)}. Hãy sửa chỗ ấy rồi gửi lại."
        )


def count_points(outline: Outline) -> int:
    """Returns how many points an outline has, each closing point included."""
    return sum(map(len, outline))


def contains(outline: Outline, point: Point) -> bool:
    """True if the point lies in one of the rings; for remarks to people only, because the edge is not exact."""
    return any(_in_ring(ring, point) for ring in outline)


def _in_ring(ring: Ring, point: Point) -> bool:
    inside = False
    for a, b in pairwise(ring):
        if (a.lat > point.lat) != (b.lat > point.lat):
            lon = a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)
            inside ^= point.lon < lon
    return inside


def square_kilometres(outline: Outline) -> float:
    """Returns the size of an outline in km², exact to about 0.1 km² for a commune; overlapping rings count twice."""
    return sum(map(_ring_size, outline))


def _ring_size(ring: Ring) -> float:
    """Returns the size of a ring on the sphere in km², as an integral along its sides.

    The result is exact for sides along parallels and meridians, and approximate for others.
    """
    around = sum(
        math.radians(b.lon - a.lon) * (2 + math.sin(math.radians(a.lat)) + math.sin(math.radians(b.lat)))
        for a, b in pairwise(ring)
    )
    return abs(around) * _EARTH_KM**2 / 2
