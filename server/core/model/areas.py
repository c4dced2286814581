"""Areas with their places: points and outlines in degrees (WGS 84); read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """A place: latitude (-90 to 90) and longitude (-180 to 180) in degrees."""

    lat: float
    lon: float


Ring = tuple[Point, ...]
"""A closed line: the last point is the first one again."""
Outline = tuple[Ring, ...]
"""An area on the map: the union of what its rings enclose, never simplified. Empty: the outline is not known."""


@dataclass(frozen=True, slots=True)
class Area:
    """A node of the tree nation > province > commune. ``parent`` is a slug, None at the root.

    ``codes`` are administrative codes (server.core.geography.codes), by which alerts name areas. ``phone`` is called
    about silent screens that have no number of their own; ``telephone`` is the number of the area's duty office,
    which everybody may see. ``point`` is the place of those of its boards that have no point of their own.

    An area does not contain its outline (see `OutlinedArea`), because an outline may have thousands of points and
    areas are read at every request.
    """

    slug: str
    name: str
    parent: str | None = None
    codes: tuple[str, ...] = ()
    phone: str = ""
    point: Point | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class OutlinedArea(Area):
    """An area with its outline."""

    outline: Outline = ()
