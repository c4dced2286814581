"""Finds where a ring crosses itself; called by outlines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from server.core.model import Point

_MOST_COMPARED = 5_000_000
# Below this share of its terms the sign of a cross product in floating point is not certain.
_UNCERTAIN = 1e-14


class TangledError(ValueError):
    """Raised for a ring whose sides lie so close together that it would take too long to compare them."""


def first_crossing(ring: Sequence[Point]) -> Point | None:
    """Returns a point at which two sides of a closed ring cross, touch or overlap; None for a ring without any.

    No point of ``ring`` may come twice, except the first as the last one. Sides are straight in degrees. Neighbouring
    sides share a point, which does not count, unless one lies on the other. Raises TangledError.
    """
    sides = list(pairwise(ring))
    for (a, corner), (_, b) in pairwise([*sides, sides[0]]):
        if _folds_back(corner, a, b):
            return corner
    last = len(sides) - 1
    for first, second in _near_sides(ring):
        if second - first in (1, last):
            continue
        crossed = *sides[first], *sides[second]
        if _meet(*crossed):
            return _middle(crossed)
    return None


def _near_sides(ring: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """Yields the pairs of sides (by number) whose bounding boxes meet; a pair may come several times.

    The ring's longer extent is cut into strips, and only sides in one strip are compared.
    """
    along, across = [point.lat for point in ring], [point.lon for point in ring]
    if max(along) - min(along) < max(across) - min(across):
        along, across = across, along
    start, count = min(along), max(len(ring) // 2, 1)
    size = (max(along) - start) / count or 1.0
    lows, highs = ([choose(pair) for pair in pairwise(across)] for choose in (min, max))
    strips = defaultdict[int, list[int]](list)
    compared = 0
    for side, (a, b) in enumerate(pairwise(along)):
        low, high = lows[side], highs[side]
        for strip in range(int((min(a, b) - start) / size), int((max(a, b) - start) / size) + 1):
            others = strips[strip]
            compared += len(others) + 1
            if compared > _MOST_COMPARED:
                raise TangledError("Đường bao quá rối: nhiều cạnh nằm sát hoặc chồng lên nhau.")
            for other in others:
                if lows[other] <= high and low <= highs[other]:
                    yield other, side
            others.append(side)


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """True if the sides ab and cd, which share no end, have a point in common."""
    if max(a.lat, b.lat) < min(c.lat, d.lat) or max(c.lat, d.lat) < min(a.lat, b.lat):
        return False
    if max(a.lon, b.lon) < min(c.lon, d.lon) or max(c.lon, d.lon) < min(a.lon, b.lon):
        return False
    # The boxes meet, so that ends on one straight line mean an overlap.
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _folds_back(corner: Point, p: Point, q: Point) -> bool:
    """True if the sides from ``corner`` to p and q leave it in the same direction, so that one lies on the other."""
    forward = (p.lat - corner.lat) * (q.lat - corner.lat) + (p.lon - corner.lon) * (q.lon - corner.lon)
    return forward > 0 and _side(corner, p, q) == 0


def _side(a: Point, b: Point, c: Point) -> int:
    """Returns 1, -1 or 0: on which side of the line from a to b the point c lies (0: on it), computed exactly."""
    left = (b.lon - a.lon) * (c.lat - a.lat)
    right = (b.lat - a.lat) * (c.lon - a.lon)
    found = left - right
    if abs(found) <= _UNCERTAIN * (abs(left) + abs(right)):
        ax, ay, bx, by, cx, cy = (Fraction(one) for point in (a, b, c) for one in (point.lon, point.lat))
        exact = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        return (exact > 0) - (exact < 0)
    return 1 if found > 0 else -1


def _middle(sides: tuple[Point, Point, Point, Point]) -> Point:
    """Returns the crossing of the lines of two sides or, if they are parallel, the middle of all four ends."""
    (y1, x1), (y2, x2), (y3, x3), (y4, x4) = sides
    across = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
    if across == 0:
        return Point(sum(point.lat for point in sides) / 4, sum(point.lon for point in sides) / 4)
    share = ((x1 - x3) * (y3 - y4) - (y1 - y3) * (x3 - x4)) / across
    return Point(y1 + share * (y2 - y1), x1 + share * (x2 - x1))
