"""Removes from alerts the boards of areas in which an editor ended them; kept for each source by alert_reconciler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from server.core.alerts.board_places import boards_below, without_areas
from server.core.alerts.document import Key
from server.core.alerts.gravity import Gravity, gravities_of
from server.core.alerts.local_ends import LocalDecision, LocalEnds
from server.core.alerts.placement import Placement
from server.core.alerts.rules import AlertRules
from server.core.alerts.state import AlertState
from server.store.alerts.decisions import Decision
from server.store.alerts.documents import StoredAlert
from server.worker.harvest.alert_world import World

_Ended = tuple[dict[Key, Placement], dict[Key, tuple[str, ...]]]


@dataclass(slots=True)
class AlertEnds:
    """Knows in which areas editors ended the documents of one source.

    ``rules`` are the rules of that source. The gravity of a document for the boards of an area is kept after the
    document is over, because later Updates of it are compared with it.
    """

    rules: AlertRules
    _known: dict[tuple[int, str], Mapping[str, Gravity]] = field(default_factory=dict)

    def applied(
        self,
        placed: Mapping[Key, Placement],
        stored: Mapping[Key, Sequence[StoredAlert]],
        state: AlertState,
        decided: Mapping[Key, Decision],
        world: World,
        place: Callable[[Key], Placement],
    ) -> _Ended:
        """Returns (``placed`` without boards where editors ended a document, document -> slugs of the areas).

        The areas are those in which an editor ended the document. ``placed`` maps a document to its boards. If
        ``stored`` has several contents under one key, the last one counts. ``place`` returns the boards of a document
        that is missing in ``placed`` because it is over.
        """
        local = {key: LocalDecision(one.ended_in, one.shown_in) for key, one in decided.items() if key in stored}
        if not any(one.ended_in for one in local.values()):
            return dict(placed), {}
        below: dict[str, frozenset[str]] = {}

        def gravities(key: Key, area: str) -> Mapping[str, Gravity]:
            newest = stored[key][-1]
            known = (newest.id, area)
            if key in placed or known not in self._known:
                if area not in below:
                    below[area] = boards_below(area, world.boards.values(), world.tree)
                every = gravities_of(newest.alert, placed.get(key) or place(key), self.rules)
                made = {slug: gravity for slug, gravity in every.items() if slug in below[area]}
                # The Updates of a warning mostly concern the same boards: equal results share their memory.
                self._known[known] = next((one for one in self._known.values() if one == made), made)
            return self._known[known]

        ends = LocalEnds(state.named, local, gravities)
        ended_in = {key: tuple(sorted(ends.areas_of(key))) for key in placed}
        left = {key: without_areas(one, ended_in[key], world.boards, world.tree) for key, one in placed.items()}
        return left, ended_in
