"""Places degrees on a drawing, a kilometre as long in both directions; called by area_map and map_labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from server.core.model import Point, Ring

WIDTH = 360.0
"""The width of a drawing in its own units: one CSS pixel on a telephone of 390 pixels."""
_FLATTEST, _TALLEST = 0.6, 1.25
_MARGIN = 22.0
_LEAST_KM = 2.0
_KM_A_DEGREE = 111.195
XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds in degrees."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> Box | None:
        """The smallest box that contains the points; None without any."""
        listed = tuple(points)
        if not listed:
            return None
        lats, lons = [one.lat for one in listed], [one.lon for one in listed]
        return cls(min(lats), min(lons), max(lats), max(lons))

    @property
    def middle(self) -> Point:
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    def united(self, other: Box) -> Box:
        """The smallest box that contains both."""
        return Box(
            min(self.south, other.south), min(self.west, other.west),
            max(self.north, other.north), max(self.east, other.east),
        )  # fmt: skip

    def cut(self, other: Box) -> Box:
        """The part of this box that lies in ``other``, which it meets."""
        return Box(
            max(self.south, other.south), max(self.west, other.west),
            min(self.north, other.north), min(self.east, other.east),
        )  # fmt: skip

    def grown(self, share: float) -> Box:
        """The box with ``share`` of its size added on each side, but at least a few kilometres."""
        tall = max(self.north - self.south, _LEAST_KM / _KM_A_DEGREE) * share
        wide = max(self.east - self.west, _LEAST_KM / _KM_A_DEGREE) * share
        return Box(self.south - tall, self.west - wide, self.north + tall, self.east + wide)


@dataclass(frozen=True, slots=True)
class Projection:
    """Converts degrees to places on a drawing of ``WIDTH`` x ``height`` units, with north at the top.

    ``scale`` is in units per kilometre. ``north`` is the latitude of the upper edge, ``west`` the longitude of the
    left edge. ``narrowing`` is the length of a degree of longitude divided by that of a degree of latitude.
    """

    height: float
    scale: float
    north: float
    west: float
    narrowing: float

    @classmethod
    def fitting(cls, box: Box) -> Projection:
        """The drawing that shows the box with a margin."""
        narrowing = max(math.cos(math.radians((box.south + box.north) / 2)), 0.01)
        wide = max((box.east - box.west) * _KM_A_DEGREE * narrowing, _LEAST_KM)
        tall = max((box.north - box.south) * _KM_A_DEGREE, _LEAST_KM)
        height = round(WIDTH * min(max(tall / wide, _FLATTEST), _TALLEST))
        scale = min((WIDTH - 2 * _MARGIN) / wide, (height - 2 * _MARGIN) / tall)
        middle = box.middle
        return cls(
            height, scale,
            middle.lat + height / 2 / scale / _KM_A_DEGREE,
            middle.lon - WIDTH / 2 / scale / _KM_A_DEGREE / narrowing,
            narrowing,
        )  # fmt: skip

    def place(self, point: Point) -> XY:
        """The place of a point, x to the right and y downwards."""
        return (
            (point.lon - self.west) * _KM_A_DEGREE * self.narrowing * self.scale,
            (self.north - point.lat) * _KM_A_DEGREE * self.scale,
        )


def drawn(projection: Projection, rings: Sequence[Ring], tolerance: float) -> Iterator[list[XY]]:
    """The rings as lines for drawing only: points nearer than ``tolerance`` to the last one kept are left out.

    A ring that shrinks to less than a triangle is drawn as its first, middle and last kept points, so that it stays.
    """
    for ring in rings:
        places = [projection.place(point) for point in ring]
        kept = places[:1]
        for place in places[1:-1]:
            if math.dist(place, kept[-1]) >= tolerance:
                kept.append(place)
        yield kept if len(kept) >= 3 else [places[0], places[len(places) // 3], places[2 * len(places) // 3]]


def seen(projection: Projection, lines: Iterable[list[XY]], tolerance: float) -> list[list[XY]]:
    """Those of ``lines`` that meet the drawing; of several that differ by less than ``tolerance`` one."""
    found: dict[tuple[tuple[int, int], ...], list[XY]] = {}
    for line in lines:
        xs, ys = [x for x, _ in line], [y for _, y in line]
        if min(xs) <= WIDTH and max(xs) >= 0 and min(ys) <= projection.height and max(ys) >= 0:
            found.setdefault(tuple((round(x / tolerance), round(y / tolerance)) for x, y in line), line)
    return list(found.values())


def scale_length(projection: Projection) -> float:
    """The length in kilometres of a scale bar of at most a quarter of the width: 1, 2 or 5 times a power of ten."""
    most = WIDTH / 4 / projection.scale
    power = 10.0 ** math.floor(math.log10(most))
    return max(power * step for step in (1, 2, 5) if power * step <= most)
