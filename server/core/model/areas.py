"""Areas with their places: points and outlines in degrees (WGS 84); read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Point(NamedTuple):
    """A place: latitude (-90 to 90) and longitude (-180 to 180) in degrees."""

    lat: float
    lon: float


Ring = tuple[Point, ...]
"""A closed line: the last point is the first one again."""
Outline = tuple[Ring, ...]
"""An area on the map: the union of what its rings enclose, never simplified. Empty: the outline is not known."""


AreaKind = Literal["", "central", "province", "commune", "hamlet"]
"""The level of an area: the State's central level, a province, a commune, a thôn or tổ dân phố; "" if not stated.

Districts are no areas any more: their names are among the former names of communes, which a search finds.
"""


PlanKind = Literal["move", "merge"]
"""A change of the tree: an area gets another parent, or becomes a part of another area."""


@dataclass(frozen=True, slots=True)
class Area:
    """A node of the tree nation > province > commune > thôn. ``parent`` is a slug, None at the root.

    ``codes`` are administrative codes (server.core.geography.codes), by which alerts name areas. ``phone`` is called
    about silent screens that have no number of their own; ``telephone`` is the number of the area's duty office,
    which everybody may see. ``point`` is the place of those of its boards that have no point of their own.

    ``owner`` is the body that owns the area's boards (cơ quan chủ quản), ``answerable`` the person who answers for
    their content; both are texts, "" if not stated. ``former_names`` are names that people still search by, such as
    "Xã An Ninh, huyện Quỳnh Phụ": those of former units that are now part of the area.

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
    kind: AreaKind = ""
    owner: str = ""
    answerable: str = ""
    former_names: tuple[str, ...] = ()

    @property
    def issuer(self) -> str:
        """Who issues what the area's people write, as public pages name it: the owning body, else the area."""
        return self.owner or self.name


@dataclass(frozen=True, slots=True)
class OutlinedArea(Area):
    """An area with its outline."""

    outline: Outline = ()
