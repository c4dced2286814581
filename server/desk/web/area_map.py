"""Draws areas, their boards and an alert as SVG, without map tiles or scripts; called by desk.areas and alert_map.

The colours of the SVG are in web/static/area-map.css, which the page must link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape

from server.core.model import Outline, Point, Ring
from server.desk.web.map_labels import Named, placed
from server.desk.web.map_projection import WIDTH, XY, Box, Projection, drawn, scale_length, seen

_MOST_BYTES = 80_000
"""The most bytes of the paths of all outlines; circles, dots, names and titles add at most 120,000."""
_MOST_CIRCLES = 250
_MOST_TITLED = 150
_FINEST = 0.4
_VIEW = 1.0
"""How far beyond areas and boards an alert widens the map, as a share of their extent."""


@dataclass(frozen=True, slots=True)
class MapArea:
    """An area to draw. ``here``: the page is about this area; other areas are drawn with thinner lines."""

    name: str
    outline: Outline = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class MapBoard:
    """A board to draw as a dot, which is filled if an alert has ``reached`` it."""

    name: str
    point: Point
    reached: bool = False


@dataclass(frozen=True, slots=True)
class AlertOutline:
    """Where an alert applies: polygons (``rings``) and ``circles`` as (centre, radius in kilometres)."""

    rings: tuple[Ring, ...] = ()
    circles: tuple[tuple[Point, float], ...] = ()


def area_map(
    outlines: Sequence[MapArea],
    boards: Sequence[MapBoard],
    alert_outline: AlertOutline | None = None,
    *,
    point: Point | None = None,
    id: str = "map",
) -> Markup:
    """Returns the map as an SVG element of at most 200,000 bytes; "" if there is nothing to show.

    ``point`` is the area's own point, which is drawn as a cross. ``id`` must be unique on the page. Outlines are
    simplified in the drawing; the stored ones are not changed.
    """
    alert = alert_outline or AlertOutline()
    box = _view(outlines, boards, alert, point)
    if box is None:
        return Markup()
    projection = Projection.fitting(box)
    dots = _dots(projection, boards)
    parts = [
        _head(projection, id, _described(outlines, boards, alert_outline)),
        *_outlines(projection, outlines, alert, id),
        _cross(projection, point) if point is not None else "",
        *_circles(projection, alert, id),
        *_drawn_dots(dots),
        *_labels(projection, outlines, dots),
        _scale(projection),
        _arrow(),
        "</svg>",
    ]
    return Markup("").join(Markup(part) for part in parts)  # noqa: S704 - each part has escaped its texts


def _view(
    areas: Sequence[MapArea], boards: Sequence[MapBoard], alert: AlertOutline, point: Point | None
) -> Box | None:
    """Returns the part of the world that the map shows, None if there is nothing to show.

    It contains all areas and boards, and as much of the alert as lies near them.
    """
    own = chain((one.point for one in boards), _points(chain.from_iterable(one.outline for one in areas)))
    base = Box.around(chain(own, () if point is None else (point,)))
    whole = Box.around(chain(_points(alert.rings), _edges(alert.circles)))
    if base is None or whole is None:
        return base or whole
    return base.united(whole).cut(base.grown(_VIEW))


def _points(rings: Iterable[Ring]) -> Iterator[Point]:
    return chain.from_iterable(rings)


def _edges(circles: Iterable[tuple[Point, float]]) -> Iterator[Point]:
    for (lat, lon), kilometres in circles:
        degrees = kilometres / 111.195
        yield from (Point(lat - degrees, lon - degrees), Point(lat + degrees, lon + degrees))


def _head(projection: Projection, id: str, described: tuple[str, str]) -> Markup:
    title, description = described
    return Markup(
        '<svg class="area-map" viewBox="0 0 {w:.0f} {h:.0f}" role="img" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>'
        '<defs><pattern id="{id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern></defs>'
        '<rect class="ground" width="{w:.0f}" height="{h:.0f}"/>'
    ).format(w=WIDTH, h=projection.height, id=id, title=title, description=description)


def _described(areas: Sequence[MapArea], boards: Sequence[MapBoard], alert: AlertOutline | None) -> tuple[str, str]:
    """Returns the title and the description of the map for people who cannot see it."""
    here = ", ".join(one.name for one in areas if one.here) or ", ".join(one.name for one in areas[:3])
    title = gettext("Bản đồ: %(areas)s", areas=here) if here else gettext("Bản đồ")
    sentences = [ngettext("%(num)s bảng tin.", "%(num)s bảng tin.", len(boards))]
    if alert is not None:
        names = [one.name for one in boards if one.reached]
        listed = ", ".join(names[:20]) + ("…" if len(names) > 20 else "")
        sentences.append(
            gettext("Cảnh báo đến: %(boards)s.", boards=listed) if names else gettext("Cảnh báo không đến bảng nào.")
        )
    else:
        listed = ", ".join(one.name for one in boards[:20]) + ("…" if len(boards) > 20 else "")
        sentences.append(listed)
    return str(title), " ".join(map(str, sentences))


def _outlines(projection: Projection, areas: Sequence[MapArea], alert: AlertOutline, id: str) -> list[Markup]:
    """Returns the SVG paths of all outlines, simplified until they are at most `_MOST_BYTES` long."""
    groups = [
        ("area here", [ring for one in areas if one.here for ring in one.outline]),
        ("area", [ring for one in areas if not one.here for ring in one.outline]),
        ("alert", list(alert.rings)),
    ]
    tolerance = _FINEST
    while True:
        paths = [
            (kind, _path(seen(projection, drawn(projection, rings, tolerance), tolerance)))
            for kind, rings in groups
            if rings
        ]
        if sum(len(path) for _, path in paths) <= _MOST_BYTES or tolerance > WIDTH:
            break
        tolerance *= 2
    return [
        Markup('<path class="{}" d="{}"{}/>').format(
            kind, path, Markup(' fill="url(#{}-hatch)"').format(id) if kind == "alert" else ""
        )
        for kind, path in paths
    ]


def _path(lines: Iterable[list[XY]]) -> str:
    """Returns the lines as closed lines in the data of an SVG path, rounded to a tenth of a unit."""
    drawn_lines = []
    for line in lines:
        x, y = _tenths(line[0])
        steps = [f"M{x / 10:g} {y / 10:g}l"]
        for place in line[1:]:
            next_x, next_y = _tenths(place)
            steps.append(f"{(next_x - x) / 10:g} {(next_y - y) / 10:g}")
            x, y = next_x, next_y
        drawn_lines.append(f"{steps[0]}{' '.join(steps[1:])}z")
    return "".join(drawn_lines)


def _tenths(place: XY) -> tuple[int, int]:
    return round(place[0] * 10), round(place[1] * 10)


def _circles(projection: Projection, alert: AlertOutline, id: str) -> Iterator[Markup]:
    """Yields the SVG circles of the alert that lie at least partly in the drawing.

    If there are more than `_MOST_CIRCLES`, one is drawn for several that are nearly the same.
    """
    for x, y, radius in _fewer(_round_places(projection, alert)):
        yield Markup('<circle class="alert" cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="url(#{}-hatch)"/>').format(
            x, y, radius, id
        )


_Round = tuple[float, float, float]
"""The centre and the radius of a circle of the drawing."""


def _round_places(projection: Projection, alert: AlertOutline) -> Iterator[_Round]:
    for centre, kilometres in alert.circles:
        (x, y), radius = projection.place(centre), max(kilometres * projection.scale, 3)
        if -radius <= x <= WIDTH + radius and -radius <= y <= projection.height + radius:
            yield x, y, radius


def _fewer(circles: Iterable[_Round]) -> list[_Round]:
    listed, step = list(circles), _FINEST
    while len(listed) > _MOST_CIRCLES:
        cells: dict[tuple[int, ...], _Round] = {}
        for one in sorted(listed, key=lambda circle: -circle[2]):
            cells.setdefault(tuple(round(value / step) for value in one[: 2 if step > WIDTH else 3]), one)
        listed, step = list(cells.values()), step * 2
    return listed


@dataclass(frozen=True, slots=True)
class _Dot:
    """The boards that are drawn as one dot, because they are at the same place of the drawing."""

    place: XY
    boards: tuple[MapBoard, ...]

    @property
    def reached(self) -> bool:
        return any(one.reached for one in self.boards)

    @property
    def name(self) -> str:
        first, others = self.boards[0].name, len(self.boards) - 1
        return str(gettext("%(name)s và %(count)s bảng khác", name=first, count=others)) if others else first


def _dots(projection: Projection, boards: Sequence[MapBoard]) -> list[_Dot]:
    """Returns the dots, those that the alert reaches first; boards less than a unit apart share a dot."""
    found = dict[tuple[int, int], list[MapBoard]]()
    for board in sorted(boards, key=lambda one: not one.reached):
        x, y = projection.place(board.point)
        found.setdefault((round(x), round(y)), []).append(board)
    return [_Dot((float(x), float(y)), tuple(listed)) for (x, y), listed in found.items()]


def _drawn_dots(dots: Sequence[_Dot]) -> Iterator[Markup]:
    """Yields the SVG of each dot, with its name as a tooltip.

    The dots after the first `_MOST_TITLED` have no names; they are drawn as one path for each kind.
    """
    for dot in dots[:_MOST_TITLED]:
        yield Markup('<circle class="dot{}" cx="{:.0f}" cy="{:.0f}" r="5"><title>{}</title></circle>').format(
            " reached" if dot.reached else "", *dot.place, dot.name[:120]
        )
    for reached in (False, True):
        rest = [dot.place for dot in dots[_MOST_TITLED:] if dot.reached is reached]
        if rest:
            marks = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in rest)
            yield Markup('<path class="dots{}" d="{}"/>').format(" reached" if reached else "", marks)


def _labels(projection: Projection, areas: Sequence[MapArea], dots: Sequence[_Dot]) -> Iterator[Markup]:
    """Yields SVG ``text`` elements: the names of dots, and the names of other areas in the middle of each area.

    Only the first ``_MOST_TITLED`` dots are named, and only names for which `placed` finds room are shown.
    """
    named = [Named(dot.name, dot.place) for dot in dots[:_MOST_TITLED]]
    boxes = ((one.name, Box.around(_points(one.outline))) for one in areas if not one.here)
    named += [Named(name, projection.place(box.middle), centred=True) for name, box in boxes if box is not None]
    for label in placed(named, projection.height):
        yield Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
            "of-area" if label.centred else "of-board", label.x, label.y, label.anchor, label.text
        )


def _cross(projection: Projection, point: Point) -> Markup:
    x, y = projection.place(point)
    return Markup('<path class="point" d="M{:.1f} {:.1f}h16m-8 -8v16"><title>{}</title></path>').format(
        x - 8, y, gettext("Vị trí của đơn vị")
    )


def _scale(projection: Projection) -> Markup:
    kilometres = scale_length(projection)
    wide, low = kilometres * projection.scale, projection.height - 9
    label = f"{format_decimal(kilometres)} km" if kilometres >= 1 else f"{format_decimal(kilometres * 1000)} m"
    return Markup(
        '<path class="scale" d="M10 {:.0f}v4h{:.1f}v-4"/><text class="scale-text" x="{:.1f}" y="{:.0f}">{}</text>'
    ).format(low - 4, wide, wide + 16, low + 2, label)


def _arrow() -> Markup:
    return Markup(
        '<path class="north" d="M{:.0f} 38V18m-5 7l5 -9l5 9"/><text class="north-text" x="{:.0f}" y="12">{}</text>'
    ).format(WIDTH - 16, WIDTH - 16, escape(gettext("B")))
