"""Finds the boards that an alert concerns, by outlines, circles and codes; called by the worker.

    alert -> read_places (once for each document) -> Places.match -> the infos of each board, or why an editor decides

Only the worker imports this module, because it loads shapely.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from server.core.alerts.codes import ISO, VIETNAM, Code, UnitCodes, code_in, code_of
from server.core.alerts.document import Alert, AlertArea, Circle, Ring
from server.core.alerts.outlines import (
    Outline,
    areas_of,
    circle_meets,
    in_range,
    inside,
    is_circle,
    meets,
    outlines_of,
    within,
)
from server.core.alerts.placement import BoardPlace, Match, Placement
from server.core.alerts.rules import AlertRules

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class AreaPlaces:
    """The readable places of one area of an alert.

    ``points`` are its circles of radius 0; here they have the radius ``point_km``.
    """

    outlines: tuple[Outline, ...] = ()
    circles: tuple[Circle, ...] = ()
    points: tuple[Circle, ...] = ()
    codes: frozenset[Code] = frozenset()

    @property
    def has_geometry(self) -> bool:
        """True if the area has a readable outline, circle or point."""
        return bool(self.outlines or self.circles or self.points)


@dataclass(frozen=True, slots=True)
class AlertPlaces:
    """The places of an alert: ``infos[n][m]`` are those of area m of info n.

    ``notes`` are Vietnamese sentences on what was unreadable.
    """

    infos: tuple[tuple[AreaPlaces, ...], ...]
    notes: tuple[str, ...] = ()


def read_places(alert: Alert, rules: AlertRules) -> AlertPlaces:
    """Reads the places of an alert. A ring that occurs in several infos is read once."""
    rings: dict[Ring, tuple[tuple[Outline, ...], bool]] = {}
    notes: dict[str, None] = {}
    infos = tuple(tuple(_read_area(area, rules, rings, notes) for area in info.areas) for info in alert.infos)
    return AlertPlaces(infos, tuple(notes))


def _read_area(
    area: AlertArea,
    rules: AlertRules,
    rings: dict[Ring, tuple[tuple[Outline, ...], bool]],
    notes: dict[str, None],
) -> AreaPlaces:
    name = " ".join(area.description.split()) or "không tên"
    outlines: list[Outline] = []
    for ring in area.polygons:
        if ring not in rings:
            rings[ring] = outlines_of(ring)
        found, unreadable = rings[ring]
        outlines += found
        if unreadable:
            notes[f"Một đường bao của khu vực «{name}» không đọc được."] = None
    circles = [circle for circle in area.circles if is_circle(circle)]
    if len(circles) < len(area.circles):
        notes[f"Một hình tròn của khu vực «{name}» không đọc được."] = None
    places = AreaPlaces(
        tuple(outlines),
        tuple(circle for circle in circles if circle.km > 0),
        tuple(circle._replace(km=rules.point_km) for circle in circles if circle.km == 0),
    )
    if rules.geometry_first and places.has_geometry:
        return places
    codes = frozenset(code for code in map(code_of, area.codes) if code is not None)
    return AreaPlaces(places.outlines, places.circles, places.points, codes)


class Territory:
    """The places in which the alerts of a source may lie: outlines, codes ("VN"), or both.

    ``readable`` is False if a territory is configured but cannot be understood, so that an editor has to judge each
    alert. The constructor raises ValueError for an outline (`areas_of`) or a code (`code_in`) that cannot be read.
    """

    def __init__(self, outline: Iterable[Ring] = (), codes: Iterable[str] = (), readable: bool = True) -> None:
        self.readable = readable
        self._area = areas_of(outline)
        self._codes = frozenset(map(code_in, codes))

    def holds(self, places: AreaPlaces) -> bool:
        """True if any part of ``places`` touches the territory, or if the two cannot be compared."""
        by_shape, by_code = self._area is not None and places.has_geometry, bool(self._codes and places.codes)
        if not by_shape and not by_code:
            return True
        return (by_shape and self._touches(places)) or (by_code and any(map(self._has, places.codes)))

    def _touches(self, places: AreaPlaces) -> bool:
        area = self._area
        if area is None:
            return False
        circles = (*places.circles, *places.points)
        return any(meets(one, area) for one in places.outlines) or any(circle_meets(one, area) for one in circles)

    def _has(self, code: Code) -> bool:
        if any(code.scheme == own.scheme and f"{code.value}-".startswith(f"{own.value}-") for own in self._codes):
            return True
        # Codes of other schemes cannot be judged by those of ISO 3166.
        return code.scheme != ISO and not any(own.scheme == code.scheme for own in self._codes)


class Places:
    """The places of all boards, indexed for matching; made once and used until a board changes.

    If a part of a board's place is unreadable, this part is left out and the others still count.
    """

    def __init__(self, boards: Iterable[BoardPlace], units: UnitCodes = VIETNAM) -> None:
        self._boards = tuple(boards)
        with_point = [n for n, one in enumerate(self._boards) if one.point is not None and in_range(one.point)]
        self._numbers: Numbers = np.array(with_point, dtype=np.intp)
        points = [point for n in with_point if (point := self._boards[n].point) is not None]
        self._lats = np.array([lat for lat, _ in points], dtype=np.float64)
        self._lons = np.array([lon for _, lon in points], dtype=np.float64)
        self._tree = shapely.STRtree(np.atleast_1d(np.asarray(shapely.points(self._lons, self._lats))))
        self._areas = self._read_outlines(set(with_point))
        self._area_tree = shapely.STRtree([area for area, _ in self._areas])
        self._by_code = self._read_codes(units)
        self._schemes = frozenset(code.scheme for code in self._by_code) | {ISO}

    def _read_outlines(self, pointed: Collection[int]) -> list[tuple[shapely.Geometry, list[int]]]:
        """Returns (outline, numbers of its boards) for boards without a point; boards of one area share it."""
        by_outline: dict[tuple[Ring, ...], list[int]] = {}
        for n, one in enumerate(self._boards):
            if n not in pointed and one.outline:
                by_outline.setdefault(one.outline, []).append(n)
        found = []
        for rings, boards in by_outline.items():
            with suppress(ValueError):
                area = areas_of(rings)
                found += [(area, boards)] if area is not None else []
        return found

    def _read_codes(self, units: UnitCodes) -> dict[Code, list[int]]:
        found: dict[Code, list[int]] = {}
        known: dict[tuple[str, ...], frozenset[Code]] = {}
        for n, one in enumerate(self._boards):
            if one.codes not in known:
                readable: list[Code] = []
                for text in one.codes:
                    with suppress(ValueError):
                        readable.append(code_in(text))
                known[one.codes] = units.all_codes(readable)
            for code in known[one.codes]:
                found.setdefault(code, []).append(n)
        return found

    def match(self, places: AlertPlaces, territory: Territory | None = None) -> Placement:
        """Returns the boards that an alert with these places concerns.

        Boards that are only near a point of the alert get its info with the level "priority" at most.
        """
        listed = [area for info in places.infos for area in info if self._readable(area)]
        if not listed:
            return Placement(readable=False, notes=places.notes)
        if territory is not None and not any(territory.holds(area) for area in listed):
            return Placement(outside=True, notes=places.notes)
        known: dict[tuple[object, ...], tuple[set[int], set[int]]] = {}
        found: dict[int, list[Match]] = {}
        for number, areas in enumerate(places.infos):
            sure: set[int] = set()
            near: set[int] = set()
            for area in areas:
                # The same place stands in the infos of each language.
                same = (tuple(map(id, area.outlines)), area.circles, area.points, area.codes)
                if same not in known:
                    known[same] = self._of_area(area)
                sure |= known[same][0]
                near |= known[same][1]
            for boards, match in ((sure, Match(number)), (near - sure, Match(number, "priority"))):
                for board in boards:
                    found.setdefault(board, []).append(match)
        ordered = {self._boards[board].slug: tuple(found[board]) for board in sorted(found)}
        unplaced = tuple(n for n, areas in enumerate(places.infos) if not any(map(self._readable, areas)))
        judged = territory is None or territory.readable
        return Placement(ordered, judged=judged, unplaced=unplaced, notes=places.notes)

    def _readable(self, area: AreaPlaces) -> bool:
        """True if boards can be matched to the area.

        It has a geometry, or a code of ISO 3166-2 or of another scheme in which a board has a code.
        """
        return area.has_geometry or any(code.scheme in self._schemes for code in area.codes)

    def _of_area(self, area: AreaPlaces) -> tuple[set[int], set[int]]:
        """Returns (boards within the area's extent or with one of its codes, boards near its points), as numbers.

        A board may be in both sets.
        """
        sure: set[int] = set()
        for outline in area.outlines:
            sure.update(self._numbers[self._in_outline(outline)].tolist())
            sure |= self._of_areas(outline)
        for circle in area.circles:
            sure |= self._in_circle(circle)
        for code in area.codes:
            sure.update(self._by_code.get(code, ()))
        near = {n for circle in area.points for n in self._in_circle(circle)}
        return sure, near

    def _in_outline(self, outline: Outline) -> Numbers:
        near = [self._tree.query(copy) for copy in outline.copies]
        if outline.crossed:
            hits = np.unique(np.concatenate(near))
            return hits[inside(outline, self._lons[hits], self._lats[hits])] if len(hits) else hits
        found = [
            hits[shapely.intersects_xy(copy, self._lons[hits], self._lats[hits])]
            for copy, hits in zip(outline.copies, near, strict=True)
        ]
        return np.concatenate(found)

    def _of_areas(self, outline: Outline) -> set[int]:
        """The numbers of the boards without a location of their own whose area overlaps or touches ``outline``."""
        near = {int(at) for copy in outline.copies for at in self._area_tree.query(copy)}
        return {n for at in near if meets(outline, self._areas[at][0]) for n in self._areas[at][1]}

    def _in_circle(self, circle: Circle) -> set[int]:
        found = set(self._numbers[within(circle, self._lats, self._lons)].tolist())
        return found | {n for area, boards in self._areas if circle_meets(circle, area) for n in boards}


def boards_of(
    alert: Alert,
    boards: Collection[BoardPlace] | Places,
    rules: AlertRules,
    territory: Territory | None = None,
) -> Placement:
    """Returns the boards that one alert concerns.

    For many alerts, make one `Places` and keep the results of `read_places`.
    """
    places = boards if isinstance(boards, Places) else Places(boards)
    return places.match(read_places(alert, rules), territory)
