"""Converts rings and circles of alerts to geometries and compares them; called by `places`, once for each document.

A ring is taken as it was drawn: it is closed, and divided where it comes back to its beginning, but never simplified,
and latitude and longitude are never swapped by a guess. The line between two points is straight in degrees, as in
CAP, and goes the shorter way round the earth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import shapely

from server.core.alerts.document import Circle, Point, Ring

Floats = npt.NDArray[np.float64]
EARTH_KM = 6371.0088
LEAST_POINTS = 4
"""A ring has at least so many points, the closing one included."""
_MOST_PARTS = 1000
_CIRCLE_POINTS = 180
_TURN = np.array([360.0, 0.0])
_TINY_DEGREES = 1e-9
_TINY_KM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A ring as a polygon, x = longitude, y = latitude, in degrees.

    ``copies`` are the polygon and, if it reaches beyond ±180°, a copy shifted by 360°, so that each place of the
    earth lies in one of them. ``crossed``: its line crosses itself, so that `inside` has to decide which points it
    contains.
    """

    copies: tuple[shapely.Polygon, ...]
    crossed: bool


def outlines_of(ring: Ring) -> tuple[tuple[Outline, ...], bool]:
    """Returns (the outlines of a ring, True if a part of the ring was unreadable).

    A ring is closed, and divided where it comes back to its beginning. A part is unreadable if it has fewer than four
    points or encloses nothing. The whole ring is unreadable, without outlines, if it has no points or over 1000
    parts, or if a latitude is beyond ±90 or a longitude beyond ±180 degrees.
    """
    points = np.fromiter(chain.from_iterable(ring), dtype=np.float64, count=2 * len(ring)).reshape(-1, 2)
    if not len(points) or not _all_in_range(points):
        return (), True
    found = [_outline(part) for part in islice(_parts(points), _MOST_PARTS + 1)]
    if len(found) > _MOST_PARTS:
        return (), True
    readable = tuple(outline for outline in found if outline is not None)
    return readable, len(readable) < len(found)


def _all_in_range(points: Floats) -> bool:
    # A comparison with what is no number is False.
    return bool((np.abs(points[:, 0]) <= 90).all() and (np.abs(points[:, 1]) <= 180).all())


def in_range(point: Point) -> bool:
    """True for a latitude within ±90 and a longitude within ±180 degrees."""
    return _all_in_range(np.array([point], dtype=np.float64))


def _parts(points: Floats) -> Iterator[Floats]:
    """Yields the closed parts of a ring of (lat, lon), each as (lon, lat).

    A point that repeats the one before it is left out.
    """
    # One complex number a point: two comparisons in one.
    ring = points[:, 1] + 1j * points[:, 0]
    ring = ring[np.concatenate(([True], ring[1:] != ring[:-1]))]
    start = 0
    while start < len(ring):
        back = np.flatnonzero(ring[start + 1 :] == ring[start])
        end = start + 1 + int(back[0]) if len(back) else len(ring)
        part = np.append(ring[start:end], ring[start])
        yield np.column_stack((part.real, part.imag))
        start = end + 1 if len(back) else end


def _outline(ring: Floats) -> Outline | None:
    """Returns the outline of a closed ring of (lon, lat); None if it encloses nothing."""
    if len(ring) < LEAST_POINTS:
        return None
    ring = _unwrapped(ring)
    polygon = shapely.Polygon(ring)
    crossed = not polygon.is_valid
    if crossed and polygon.convex_hull.area <= _TINY_DEGREES:
        return None
    west, _, east, _ = polygon.bounds
    copies = [polygon]
    if west < -180 + _TINY_DEGREES:
        copies.append(shapely.Polygon(ring + _TURN))
    if east > 180 - _TINY_DEGREES:
        copies.append(shapely.Polygon(ring - _TURN))
    shapely.prepare(copies)
    return Outline(tuple(copies), crossed)


def _unwrapped(ring: Floats) -> Floats:
    """Returns the ring of (lon, lat) without jumps of longitude at 180°.

    If the ring goes round a pole, its line is led to the pole, along it and back.
    """
    turns = np.round(np.diff(ring[:, 0]) / 360.0)
    if not turns.any():
        return ring
    lons = ring[:, 0] - 360.0 * np.concatenate(([0.0], np.cumsum(turns)))
    whole = np.column_stack((lons, ring[:, 1]))
    if abs(lons[-1] - lons[0]) < 180:
        return whole
    pole = math.copysign(90.0, float(ring[:, 1].mean()))
    return np.concatenate((whole, [(lons[-1], pole), (lons[0], pole)], whole[:1]))


def inside(outline: Outline, lons: Floats, lats: Floats) -> npt.NDArray[np.bool_]:
    """Returns, for each point, True if it lies in ``outline``, which crosses itself.

    A point lies in it if the line of the outline winds round the point or passes through it.
    """
    found = np.zeros(len(lons), dtype=np.bool_)
    for copy in outline.copies:
        x, y = shapely.get_coordinates(copy).T
        line = shapely.linearrings(np.column_stack((x, y)))
        shapely.prepare(line)
        found |= shapely.intersects_xy(line, lons, lats)
        for at in np.flatnonzero(~found):
            found[at] = _turns(x - lons[at], y - lats[at]) != 0
    return found


def _turns(x: Floats, y: Floats) -> int:
    """Returns how many times a line winds round the origin (the winding number)."""
    up = (y[:-1] <= 0) & (y[1:] > 0)
    down = (y[:-1] > 0) & (y[1:] <= 0)
    left = x[:-1] * y[1:] - x[1:] * y[:-1]
    return int(np.count_nonzero(up & (left > 0)) - np.count_nonzero(down & (left < 0)))


def meets(outline: Outline, area: shapely.Geometry) -> bool:
    """True if ``outline`` and ``area`` have a point in common."""
    if not outline.crossed:
        return any(copy.intersects(area) for copy in outline.copies)
    if any(copy.exterior.intersects(area) for copy in outline.copies):
        return True
    point = shapely.point_on_surface(area)
    return bool(inside(outline, np.array([point.x]), np.array([point.y])).any())


def distances_km(centre: Point, lats: Floats, lons: Floats) -> Floats:
    """Returns the distances on the sphere from ``centre`` to each of the points, in kilometres."""
    lat, lon = math.radians(centre[0]), math.radians(centre[1])
    other = np.radians(lats)
    half = np.sin((other - lat) / 2) ** 2 + math.cos(lat) * np.cos(other) * np.sin((np.radians(lons) - lon) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def within(circle: Circle, lats: Floats, lons: Floats) -> npt.NDArray[np.bool_]:
    """Returns, for each point, True if it lies in the circle on the sphere or on its edge."""
    return distances_km((circle.lat, circle.lon), lats, lons) <= circle.km + _TINY_KM


def is_circle(circle: Circle) -> bool:
    """True if the centre is within range and the radius is a finite number, 0 or more."""
    return in_range((circle.lat, circle.lon)) and math.isfinite(circle.km) and circle.km >= 0


def circle_meets(circle: Circle, area: shapely.Geometry) -> bool:
    """True if ``circle`` and ``area`` have a point in common."""
    point = shapely.point_on_surface(area)
    if within(circle, np.array([point.y]), np.array([point.x])).any():
        return True
    return any(meets(outline, area) for outline in _round(circle))


def _round(circle: Circle) -> tuple[Outline, ...]:
    """Returns a ring round the circle, as close to it as 180 points allow.

    Empty for radius 0, and for a circle of a quarter of the earth's circumference or more.
    """
    angle = circle.km / EARTH_KM / math.cos(math.pi / _CIRCLE_POINTS)
    if not 0 < angle < math.pi / 2:
        return ()
    lat, lon = math.radians(circle.lat), math.radians(circle.lon)
    bearings = np.linspace(0, 2 * math.pi, _CIRCLE_POINTS, endpoint=False)
    lats = np.arcsin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * np.cos(bearings))
    lons = lon + np.arctan2(
        np.sin(bearings) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * np.sin(lats)
    )
    degrees = (np.degrees(lons) + 180) % 360 - 180
    return outlines_of(tuple(zip(np.degrees(lats).tolist(), degrees.tolist(), strict=True)))[0]


def areas_of(rings: Iterable[Ring]) -> shapely.Geometry | None:
    """Returns the union of ``rings`` as one geometry; None without rings.

    The rings are the outline of a board's area or the territory of a source. Raises ValueError with a Vietnamese
    sentence for a ring that is unreadable or crosses itself.
    """
    polygons = []
    for ring in rings:
        found, unreadable = outlines_of(ring)
        if unreadable or any(outline.crossed for outline in found):
            raise ValueError("Đường bao không đọc được hoặc tự cắt.")
        polygons += [copy for outline in found for copy in outline.copies]
    return shapely.union_all(polygons) if polygons else None
