"""Holds the boards and areas at one moment, with which alerts are matched; made by alert_reconciler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.core.alerts.board_places import boards_below
from server.core.alerts.document import Alert
from server.core.alerts.placement import Match, Placement
from server.core.areas import AreaTree
from server.core.model import Board

if TYPE_CHECKING:
    from server.core.alerts.places import Places


@dataclass(frozen=True, slots=True)
class World:
    """The boards by slug, the tree of areas, and the places of the boards.

    ``number`` differs each time they are read again.
    """

    number: int
    tree: AreaTree
    boards: Mapping[str, Board]
    places: Places


def of_areas(alert: Alert, areas: Iterable[str], world: World) -> Placement:
    """Returns a placement with all infos of ``alert`` on all boards of ``areas`` (slugs) and of the areas below."""
    every = tuple(Match(number) for number in range(len(alert.infos)))
    slugs = {slug for area in areas for slug in boards_below(area, world.boards.values(), world.tree)}
    return Placement({slug: every for slug in world.boards if slug in slugs})
