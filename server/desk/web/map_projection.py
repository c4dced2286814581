"""Converts latitudes and longitudes to positions on a drawing of equal scale; called by area_map and map_labels."""

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
    """A rectangle between two latitudes and two longitudes, in degrees."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> Box | None:
        """Returns the smallest box that contains the points; None if there are none."""
        listed = tuple(points)
        if not listed:
            return None
        lats, lons = [one.lat for one in listed], [one.lon for one in listed]
        return cls(min(lats), min(lons), max(lats), max(lons))

    @property
    def middle(self) -> Point:
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    def united(self, other: Box) -> Box:
        """Returns the smallest box that contains both boxes."""
        return Box(
            min(self.south, other.south), min(self.west, other.west),
            max(self.north, other.north), max(self.east, other.east),
        )  # fmt: skip

    def cut(self, other: Box) -> Box:
        """Returns the part that both boxes have in common; they must overlap."""
        return Box(
            max(self.south, other.south), max(self.west, other.west),
            min(self.north, other.north), min(self.east, other.east),
        )  # fmt: skip

    def grown(self, share: float) -> Box:
        """Returns the box with ``share`` of its height added above and below, and ``share`` of its width per side.

        A height or width of less than `_LEAST_KM` counts as `_LEAST_KM`.
        """
        tall = max(self.north - self.south, _LEAST_KM / _KM_A_DEGREE) * share
        wide = max(self.east - self.west, _LEAST_KM / _KM_A_DEGREE) * share
        return Box(self.south - tall, self.west - wide, self.north + tall, self.east + wide)


@dataclass(frozen=True, slots=True)
class Projection:
    """Converts degrees to positions on a drawing of ``WIDTH`` x ``height`` units, with north at the top.

    ``scale`` is in units per kilometre. ``north`` is the latitude of the upper edge, ``west`` the longitude of the
    left edge. ``narrowing`` is the length of a degree of longitude divided by the length of a degree of latitude.
    """

    height: float
    scale: float
    north: float
    west: float
    narrowing: float

    @classmethod
    def fitting(cls, box: Box) -> Projection:
        """Returns the projection whose drawing shows the whole box with a margin."""
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
        """Returns the position of a point in units: x from the left edge, y from the upper edge."""
        return (
            (point.lon - self.west) * _KM_A_DEGREE * self.narrowing * self.scale,
            (self.north - point.lat) * _KM_A_DEGREE * self.scale,
        )


def drawn(projection: Projection, rings: Sequence[Ring], tolerance: float) -> Iterator[list[XY]]:
    """Yields each ring as a line of positions, from which points are left out that do not show in the drawing.

    These are points nearer than ``tolerance`` units to the last point that was kept. If fewer than three points
    remain, the ring is drawn as a triangle of three of its points, so that it does not disappear.
    """
    for ring in rings:
        places = [projection.place(point) for point in ring]
        kept = places[:1]
        for place in places[1:-1]:
            if math.dist(place, kept[-1]) >= tolerance:
                kept.append(place)
        yield kept if len(kept) >= 3 else [places[0], places[len(places) // 3], places[2 * len(places) // 3]]


def seen(projection: Projection, lines: Iterable[list[XY]], tolerance: float) -> list[list[XY]]:
    """Returns the ``lines`` that lie at least partly in the drawing.

    Of several lines that differ by less than ``tolerance`` units, only the first is returned.
    """
    found: dict[tuple[tuple[int, int], ...], list[XY]] = {}
    for line in lines:
        xs, ys = [x for x, _ in line], [y for _, y in line]
        if min(xs) <= WIDTH and max(xs) >= 0 and min(ys) <= projection.height and max(ys) >= 0:
            found.setdefault(tuple((round(x / tolerance), round(y / tolerance)) for x, y in line), line)
    return list(found.values())


def scale_length(projection: Projection) -> float:
    """Returns the length of the map's scale bar in kilometres: 1, 2 or 5 times a power of ten.

    The bar is at most a quarter of the drawing's width.
    """
    most = WIDTH / 4 / projection.scale
    power = 10.0 ** math.floor(math.log10(most))
    return max(power * step for step in (1, 2, 5) if power * step <= most)
