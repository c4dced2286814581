"""Places of boards, and the infos of an alert for each board, as plain values; called by core.alerts and the worker.

This module is separate from places.py, so that code that only reads a placement does not load shapely.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.core.alerts.document import Point, Ring
from server.core.alerts.levels import AlertLevel
from server.core.alerts.rules import AlertRules
from server.core.alerts.standing import Reason


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """The place of a board.

    ``point`` is the board's own point, else that of its area. ``outline`` is that of its area and counts only without
    a point. ``codes`` are those of its area and of all areas above, as the configuration writes them ("VN-66",
    "12454").
    """

    slug: str
    point: Point | None = None
    outline: tuple[Ring, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The info number ``info`` concerns a board; its place allows it the level ``at_most`` there, or a weaker one."""

    info: int
    at_most: AlertLevel = "urgent"


@dataclass(frozen=True, slots=True)
class Placement:
    """The boards that one alert concerns.

    ``boards`` maps the slug of a board to the infos that concern it, in their order; boards that none concerns are
    left out. ``readable``: some place of the alert could be read, so that empty ``boards`` mean that it concerns
    none. ``outside``: all places of the alert lie outside the territory of its source. ``judged`` is False if that
    territory is unknown. ``unplaced`` are the numbers of the infos without a readable place, if other infos have one:
    they reach no board, unless they say in another language what one of the others says. ``notes`` are Vietnamese
    sentences on what was unreadable.
    """

    boards: dict[str, tuple[Match, ...]] = field(default_factory=dict)
    readable: bool = True
    outside: bool = False
    judged: bool = True
    unplaced: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def held(self, rules: AlertRules) -> tuple[Reason, ...]:
        """Returns why the alert's place requires an editor's decision, for `Decisions.held`; empty if it does not."""
        if not self.readable:
            return () if rules.default_area else ("no-place",)
        if not self.judged:
            return ("no-territory",)
        return ("outside",) if self.outside else ()
