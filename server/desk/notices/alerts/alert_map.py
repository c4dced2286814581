"""Draws the map of one alert: its outline, its areas and the boards in reach; called by view_model and alert_page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from server.core.alerts.document import Alert, AlertArea
from server.core.areas import board_point
from server.core.model import Outline, Point, Ring
from server.desk.notices.alerts.access import access
from server.desk.web.area_map import AlertOutline, MapArea, MapBoard, area_map
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name
from server.store.alerts.alerts import AlertRow
from server.store.areas import areas
from server.store.boards import boards


@dataclass(frozen=True, slots=True)
class AlertMap:
    """The map of an alert: ``drawing`` is SVG, "" if there is nothing to draw.

    ``outlined``: the alert contains a polygon or a circle. ``unplaced`` are the names of boards that the alert
    reaches but that have no point, so that they are not on the map.
    """

    drawing: Markup
    outlined: bool
    unplaced: tuple[str, ...]


class MapMaker:
    """Draws the maps of several alerts of one page; reads boards and outlines from the store only once."""

    def __init__(self) -> None:
        mine = set(desk.areas("board.view"))
        self._boards = tuple(one for one in boards.all(desk.db) if one.area in mine)
        self._outlines: Mapping[str, Outline] | None = None

    def of(self, row: AlertRow) -> AlertMap:
        """Returns the map of an alert, with the boards that the signed-in person may see."""
        tree, reached = desk.tree(), frozenset(row.boards)
        placed = [(board, point) for board in self._boards if (point := board_point(board, tree)) is not None]
        shown = [MapBoard(board_name(one.slug), point, one.slug in reached) for one, point in placed]
        with_point = {one.slug for one, _ in placed}
        unplaced = tuple(
            board_name(one.slug) for one in self._boards if one.slug in reached and one.slug not in with_point
        )
        outline = outline_of(row.alert)
        drawn = [MapArea(area_name(slug), found) for slug, found in self._around(row).items()]
        drawing = area_map(drawn, shown, outline, id=f"map-{row.document}")
        return AlertMap(drawing, bool(outline.rings or outline.circles), unplaced)

    def _around(self, row: AlertRow) -> dict[str, Outline]:
        """Returns slug -> outline of the alert's areas and those directly below them, if the outline is known."""
        if self._outlines is None:
            self._outlines = areas.outlines(desk.db)
        own, tree = set(access().areas_of(row)), desk.tree()
        wanted = [slug for slug in tree.slugs() if slug in own or tree.get(slug).parent in own]
        return {slug: self._outlines[slug] for slug in wanted if slug in self._outlines}


def outline_of(alert: Alert) -> AlertOutline:
    """Returns the polygons and circles of all ``info`` elements of an alert, each once.

    Shapes with a latitude or longitude out of range are left out.
    """
    listed = [area for info in alert.infos for area in info.areas]
    circles = dict.fromkeys(circle for area in listed for circle in area.circles if _in_range([circle[:2]]))
    return AlertOutline(
        tuple(dict.fromkeys(_rings(listed))),
        tuple((Point(one.lat, one.lon), one.km) for one in circles),
    )


def _rings(listed: Iterable[AlertArea]) -> Iterable[Ring]:
    for area in listed:
        for polygon in area.polygons:
            if len(polygon) >= 3 and _in_range(polygon):
                yield tuple(Point(lat, lon) for lat, lon in polygon)


def _in_range(points: Iterable[tuple[float, float]]) -> bool:
    return all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points)
