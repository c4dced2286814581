"""Where a board is and which infos of an alert concern it, without geometry; called by core.alerts and the worker.

Apart from places.py, so that whoever only reads a placement does not load shapely.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.core.alerts.document import Point, Ring
from server.core.alerts.levels import AlertLevel
from server.core.alerts.rules import AlertRules
from server.core.alerts.standing import Reason


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where a board is: its point, else its area's; the outline of its area counts only without a point.

    ``codes`` are those of its area and of all areas above, as the configuration writes them ("VN-66", "12454").
    """

    slug: str
    point: Point | None = None
    outline: tuple[Ring, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An info that concerns a board, and the highest level that its place allows."""

    info: int
    at_most: AlertLevel = "urgent"


@dataclass(frozen=True, slots=True)
class Placement:
    """Slug of a board -> the infos that concern it, in their order. A board that none concerns is left out.

    ``readable``: some place could be read, so that "no board" means that none is concerned. ``outside``: all of it
    lies outside the territory of its source. ``judged`` is False if that territory is unknown. ``unplaced`` are the
    infos without a readable place beside others with one: they reach nobody, unless they say in another language what
    one of those says.
    """

    boards: dict[str, tuple[Match, ...]] = field(default_factory=dict)
    readable: bool = True
    outside: bool = False
    judged: bool = True
    unplaced: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def held(self, rules: AlertRules) -> tuple[Reason, ...]:
        """Why an editor has to decide on it; for `Decisions.held`."""
        if not self.readable:
            return () if rules.default_area else ("no-place",)
        if not self.judged:
            return ("no-territory",)
        return ("outside",) if self.outside else ()
