"""Finds the places of boards, to match alerts, and the boards of an area; called by worker, content and store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from server.core.alerts.codes import code_in
from server.core.alerts.placement import BoardPlace, Placement
from server.core.areas import AreaTree, board_point
from server.core.model import Board, Outline


def places_of(boards: Iterable[Board], tree: AreaTree, outlines: Mapping[str, Outline]) -> tuple[BoardPlace, ...]:
    """Returns the place of each board: its point, else its area's, and the codes of its area and of all areas above.

    ``outlines`` maps slugs of areas to their outlines; the outline of a board's area counts only if the board has no
    point. Codes that cannot be understood are left out, because one mistyped code must not stop the alerts of all
    boards.
    """
    codes = {slug: _codes(slug, tree) for slug in tree.slugs()}
    return tuple(
        BoardPlace(one.slug, board_point(one, tree), outlines.get(one.area, ()), codes.get(one.area, ()))
        for one in boards
    )


def _codes(slug: str, tree: AreaTree) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in tree.codes(slug) if _is_known(code)))


def _is_known(code: str) -> bool:
    try:
        code_in(code)
    except ValueError:
        return False
    return True


def boards_below(area: str, boards: Iterable[Board], tree: AreaTree) -> frozenset[str]:
    """Returns the slugs of the boards of ``area`` and of the areas below it; none for an unknown area."""
    return frozenset(one.slug for one in boards if tree.covers(area, one.area))


def without_areas(
    placement: Placement, areas: Collection[str], boards: Mapping[str, Board], tree: AreaTree
) -> Placement:
    """Returns ``placement`` without the boards of ``areas`` and of the areas below them."""
    if not areas:
        return placement
    gone = set(areas)
    left = {slug: found for slug, found in placement.boards.items() if gone.isdisjoint(tree.chain(boards[slug].area))}
    return replace(placement, boards=left)


def within_area(placement: Placement, area: str | None, boards: Mapping[str, Board], tree: AreaTree) -> Placement:
    """Returns ``placement`` without boards outside ``area``, the area of the alert's source; None keeps all boards.

    The editors of an area decide about its sources, so these sources must not reach the boards of other areas.
    """
    if area is None:
        return placement
    own = {slug: found for slug, found in placement.boards.items() if tree.covers(area, boards[slug].area)}
    return replace(placement, boards=own)
