"""Reads outlines and circles of CAP areas; called by feeds.formats.cap.info.

Latitude comes first; the two numbers are never swapped by guess. Points stay as they are written, also if an outline
crosses the antimeridian: code that compares it with places takes the short way round. An outline or circle that
cannot be read is left out, and the reason is reported.
"""

from __future__ import annotations

import math
import re

from feeds.formats.cap.document import Ring

Point = tuple[float, float]

MAX_POINTS = 100_000
"""Points of one outline: real ones have at most a few thousand."""
_LEAST = 4
HALF_EQUATOR = 20_040.0
"""Kilometres; a larger radius covers the globe, so the number is not a radius in kilometres."""
_COMMA = re.compile(r"\s*,\s*")
_NUMBER = r"([+-]?(?:\d{1,4}(?:\.\d{0,20})?|\.\d{1,20}))"
_POINT = re.compile(rf"{_NUMBER},{_NUMBER}")
_CIRCLE = re.compile(rf"{_NUMBER},{_NUMBER}\s*[\s,]\s*([+-]?(?:\d{{1,9}}(?:\.\d{{0,20}})?|\.\d{{1,20}}))")


class Unreadable(Exception):  # noqa: N818 - never leaves feeds.formats.cap
    """An outline or a circle cannot be read and is left out; the message is a Vietnamese sentence."""


def rings(text: str) -> tuple[tuple[Ring, ...], str]:
    """Returns (the closed outlines in ``text``, a Vietnamese sentence about what was odd or "").

    An outline that returns to its first point is complete; points after it belong to another outline. Raises
    Unreadable.
    """
    if text.count(",") > MAX_POINTS:
        raise Unreadable("Đường bao có quá nhiều điểm nên đã bỏ qua.")
    points = [_point(word) for word in _COMMA.sub(",", text.strip()).split()]
    if len(points) < _LEAST:
        raise Unreadable("Đường bao có chưa đủ 4 điểm nên đã bỏ qua.")
    complete, rest = _parted(points)
    remark = ""
    if rest:
        if len(set(rest)) >= _LEAST or (not complete and len(set(rest)) >= _LEAST - 1):
            complete.append([*rest, rest[0]])
            remark = "Đường bao không khép kín; đã nối điểm cuối với điểm đầu."
        else:
            remark = "Một phần đường bao có chưa đủ 4 điểm nên đã bỏ qua."
    found = tuple(tuple(ring) for ring in complete if len(set(ring)) >= _LEAST - 1)
    if not found:
        raise Unreadable("Đường bao không quây thành vùng nào nên đã bỏ qua.")
    return found, remark


def circle(text: str) -> tuple[float, float, float]:
    """Returns (latitude, longitude, radius in kilometres) of ``text``; a radius of 0 means a single place.

    Raises Unreadable.
    """
    found = _CIRCLE.fullmatch(_COMMA.sub(",", text.strip()))
    if found is None:
        raise Unreadable("Không đọc được vòng tròn nên đã bỏ qua.")
    latitude, longitude = _checked(float(found[1]), float(found[2]))
    radius = float(found[3])
    if not 0 <= radius <= HALF_EQUATOR:
        raise Unreadable("Bán kính vòng tròn không hợp lý nên đã bỏ qua.")
    return latitude, longitude, radius


def _point(word: str) -> Point:
    found = _POINT.fullmatch(word)
    if found is None:
        raise Unreadable("Không đọc được tọa độ của đường bao nên đã bỏ qua.")
    return _checked(float(found[1]), float(found[2]))


def _checked(latitude: float, longitude: float) -> Point:
    if not (math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180):
        raise Unreadable("Tọa độ nằm ngoài phạm vi vĩ độ, kinh độ nên đã bỏ qua.")
    return latitude, longitude


def _parted(points: list[Point]) -> tuple[list[list[Point]], list[Point]]:
    """Splits ``points`` into (complete outlines, the points after the last one).

    A point that is written twice in a row counts once. Outlines may share their first point: "A B C A D E A" are two.
    """
    complete: list[list[Point]] = []
    ring: list[Point] = []
    for point in points:
        if point == (ring[-1] if ring else complete[-1][0] if complete else None):
            continue
        ring.append(point)
        if len(ring) >= _LEAST and point == ring[0]:
            complete.append(ring)
            ring = []
        elif complete and len(ring) >= _LEAST - 1 and point == complete[-1][0]:
            complete.append([point, *ring])
            ring = []
    return complete, ring
