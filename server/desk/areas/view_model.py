"""Prepares what the pages of areas show: the tree, the facts of one area and its map; called by desk.areas.views."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, gettext
from markupsafe import Markup

from server.core.alerts.codes import VIETNAM, province_code
from server.core.area_search import found_former, matches
from server.core.areas import board_point
from server.core.geography.communes import named
from server.core.geography.outlines import contains, count_points, square_kilometres
from server.core.geography.points import point_text
from server.core.model import Area, Board, Outline, OutlinedArea
from server.desk.web.area_map import MapArea, MapBoard, area_map
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name
from server.setup.commune_list import communes
from server.store.areas import areas
from server.store.boards import boards
from server.store.notifications import push_browsers


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as a row of the tree. ``depth`` is 0 for the topmost of the user's areas.

    ``outlined``: the area has an outline. ``boards`` is how many boards it has; ``unplaced`` are the names of those
    that no alert can find (see `_is_placed`). ``browsers`` is how many citizens' devices get the area's
    urgent notices by Web Push. ``former`` are the former names by which a search has found it.
    """

    area: Area
    depth: int
    outlined: bool
    boards: int
    unplaced: tuple[str, ...]
    browsers: int
    former: tuple[str, ...] = ()


def area_rows(words: str = "") -> list[AreaRow]:
    """Returns the areas that the user manages, in the order of the tree: each area is followed by those below it.

    With ``words``, only those are returned whose name, or one of whose former names, contains all of them, with or
    without diacritics.
    """
    tree, mine = desk.tree(), desk.areas("area.manage")
    outlined, own = areas.outlined(desk.db), dict[str, list[Board]]()
    for board in boards.all(desk.db):
        own.setdefault(board.area, []).append(board)
    browsers = push_browsers.counts(desk.db)
    least = min((len(tree.chain(one)) for one in mine), default=0)
    at = {slug: number for number, slug in enumerate(tree.slugs())}
    in_order = sorted(mine, key=lambda slug: [at[one] for one in reversed(tree.chain(slug))])
    return [
        AreaRow(
            tree.get(slug),
            len(tree.chain(slug)) - least,
            slug in outlined,
            len(own.get(slug, ())),
            tuple(board_name(one.slug) for one in own.get(slug, ()) if not _is_placed(one, outlined)),
            browsers.get(slug, 0),
            found_former(tree.get(slug).former_names, words) if words else (),
        )
        for slug in in_order
        if matches(tree.get(slug), words)
    ]


def _is_placed(board: Board, outlined: frozenset[str]) -> bool:
    """True if alerts can find the board: by a point, by its area's outline, or by an administrative code."""
    tree = desk.tree()
    return board_point(board, tree) is not None or board.area in outlined or bool(tree.codes(board.area))


def outline_text(outline: Outline) -> str:
    """Describes the size of an outline in the user's language: "2 vùng khép kín, 812 điểm, khoảng 34 km²".

    Returns "" for an empty outline.
    """
    if not outline:
        return ""
    size = square_kilometres(outline)
    return str(
        gettext(
            "%(rings)s vùng khép kín, %(points)s điểm, khoảng %(size)s km²",
            rings=format_decimal(len(outline)),
            points=format_decimal(count_points(outline)),
            size=format_decimal(round(size, 1 if size < 10 else None)),
        )
    )


@dataclass(frozen=True, slots=True)
class ListedCommune:
    """A commune of the built-in list, which the form offers to fill in its point and code.

    ``name`` includes the province. ``old`` are the codes of the former units that were merged into the commune.
    """

    code: str
    name: str
    point: str
    old: tuple[str, ...]


def listed_communes(area: OutlinedArea) -> list[ListedCommune]:
    """Returns the communes of the built-in list that have the area's name.

    Only those of the area's province are returned if a code of the area, or of one above it, names the province.
    """
    province = province_code(desk.tree().codes(area.slug))
    provinces = {code.value: unit.name for unit in VIETNAM.units for code in unit.codes}
    return [
        ListedCommune(one.code, f"{one.name}, {provinces[one.province]}", point_text(one.point), one.old)
        for one in named(communes(), area.name, province)
    ]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """An area's place as a page shows it.

    ``point`` and ``outline`` (its size) are texts, ``drawing`` is the map as SVG. ``remarks`` are sentences about
    what looks like a mistake. ``unplaced`` are the names of its boards without a point.
    """

    area: OutlinedArea
    point: str
    outline: str
    drawing: Markup
    remarks: tuple[str, ...]
    unplaced: tuple[str, ...]


def place_view(area: OutlinedArea) -> PlaceView:
    """Returns the `PlaceView` of ``area``, which may contain changes that are not saved yet."""
    tree = desk.tree()
    below = [slug for slug in desk.areas("area.manage") if tree.covers(area.slug, slug)]
    mine = [one for one in boards.all(desk.db) if one.area in below]
    placed, unplaced = list[MapBoard](), list[str]()
    for board in mine:
        point = area.point if board.point is None and board.area == area.slug else board_point(board, tree)
        if point is None:
            unplaced.append(board_name(board.slug))
        else:
            placed.append(MapBoard(board_name(board.slug), point))
    children = [slug for slug in below if tree.get(slug).parent == area.slug]
    neighbours = areas.outlines(desk.db, children)
    drawn = [MapArea(area_name(slug), outline) for slug, outline in neighbours.items()]
    drawing = area_map([*drawn, MapArea(area_name(area.slug), area.outline, here=True)], placed, point=area.point)
    return PlaceView(
        area, point_text(area.point), outline_text(area.outline), drawing, _remarks(area, placed), tuple(unplaced)
    )


def _remarks(area: OutlinedArea, placed: list[MapBoard]) -> tuple[str, ...]:
    """Returns a sentence for each likely mistake: the area's point, or boards, outside its outline."""
    if not area.outline:
        return ()
    found = []
    if area.point is not None and not contains(area.outline, area.point):
        found.append(gettext("Vị trí nằm ngoài đường bao. Hãy xem bản đồ: một trong hai có thể sai."))
    outside = [one.name for one in placed if not contains(area.outline, one.point) and one.point != area.point]
    if outside:
        listed = ", ".join(outside[:5]) + ("…" if len(outside) > 5 else "")
        found.append(gettext("Bảng tin nằm ngoài đường bao: %(boards)s.", boards=listed))
    return tuple(map(str, found))
