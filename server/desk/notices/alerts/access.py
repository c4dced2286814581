"""Which alerts the signed-in person may see, and what they may decide about them.

Called by the other modules of this package. An alert belongs to the areas of the boards that it concerns, and to
those where an editor ended it; one without either, to the area of its source.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, g

from server.core.alerts.document import Alert
from server.core.alerts.rules import AlertRules
from server.core.alerts.source_rules import rules_for
from server.core.model import Source
from server.core.policy import Right
from server.desk.web.context import desk
from server.store.alerts import alerts
from server.store.alerts.alerts import AlertRow
from server.store.boards import boards
from server.store.database.errors import NotFound
from server.store.sources import sources

SEES: Right = "notice.propose"


class AlertAccess:
    """The areas of alerts and the rights in them; boards and sources are read once, so it is for one request."""

    def __init__(self) -> None:
        self._area_of_board = {board.slug: board.area for board in boards.all(desk.db)}
        self._sources = {source.slug: source for source in sources.all(desk.db)}
        self._below: dict[frozenset[str], frozenset[str]] = {}

    def rules_of(self, slug: str) -> AlertRules:
        """The rules by which the alerts of a source are judged; the common ones for a source that is gone."""
        source, common = self._sources.get(slug), desk.config.alert_rules()
        return rules_for(source.cap, common) if source is not None else common

    def areas_of(self, row: AlertRow) -> tuple[str, ...]:
        """The slugs of the areas that an alert belongs to, each once; empty only where there is no area at all."""
        found = {*self.areas_of_boards(row.boards), *row.ended_in}
        return tuple(slug for slug in desk.tree().slugs() if slug in found) or self.area_of_source(row.source)

    def areas_of_boards(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """The slugs of the areas of these boards, in the order of the tree; boards that are gone are left out."""
        found = {self._area_of_board.get(slug) for slug in slugs}
        return tuple(slug for slug in desk.tree().slugs() if slug in found)

    def area_of_source(self, slug: str) -> tuple[str, ...]:
        """The slug of the area in charge of a source; empty if the source is gone, or if there is no area at all."""
        source = self._sources.get(slug)
        area = area_in_charge(source) if source is not None else None
        return () if area is None else (area,)

    def concerns(self, areas: Iterable[str], right: Right = SEES) -> bool:
        """True if the signed-in person holds ``right`` in one of ``areas``, or in an area below or above one."""
        listed = frozenset(areas)
        if listed not in self._below:
            tree = desk.tree()
            self._below[listed] = frozenset(slug for slug in tree.slugs() if listed.intersection(tree.chain(slug)))
        return any(desk.may(right, area) for area in self._below[listed] | listed)

    def may_see(self, row: AlertRow) -> bool:
        """True if the alert concerns an area in which the person may propose notices, or one above or below."""
        return self.concerns(self.areas_of(row))

    def may_decide(self, row: AlertRow, right: Right) -> bool:
        """True if the signed-in person holds ``right`` in each area of the alert."""
        areas = self.areas_of(row)
        return bool(areas) and all(desk.may(right, area) for area in areas)

    def may_decide_in(self, row: AlertRow, right: Right) -> tuple[str, ...]:
        """The slugs of those areas of the alert in which the signed-in person holds ``right``."""
        return tuple(area for area in self.areas_of(row) if desk.may(right, area))

    def may_choose_areas(self, row: AlertRow) -> bool:
        """True if the person may choose areas for a draft that no board could show as it is.

        It has no readable place, or lies outside the territory of its source. The choice holds for everybody, so it
        is up to the editors of the source's area.
        """
        nowhere = row.placeless or (row.state == "draft" and not row.boards)
        return nowhere and any(desk.may("notice.push", area) for area in self.area_of_source(row.source))


def access() -> AlertAccess:
    """The access of the current request, made when it is first asked for."""
    if "alert_access" not in g:
        g.alert_access = AlertAccess()
    found: AlertAccess = g.alert_access
    return found


def area_in_charge(source: Source) -> str | None:
    """The slug of the area whose people are responsible for a source: its own, or the topmost area if it has none.

    None only if there is no area at all.
    """
    return desk.tree().in_charge(source.area)


def is_ended_in(row: AlertRow, area: str) -> bool:
    """True if an editor ended the alert on the boards of this area, or of one above it."""
    return not set(row.ended_in).isdisjoint(desk.tree().chain(area))


def may_hold(source: Source) -> bool:
    """True if the signed-in person may hold the alerts of a source back, and let them go again."""
    return desk.may("notice.clear", area_in_charge(source))


def alert_or_404(document: int) -> AlertRow:
    """The alert with this number; answers 404 if it does not exist or the signed-in person may not see it."""
    try:
        row = alerts.get(desk.db, document)
    except NotFound:
        abort(404)
    if not access().may_see(row):
        abort(404)
    return row


def sender_of(alert: Alert) -> str:
    """The sender of an alert as its first info names it, else its technical name."""
    return next((info.sender_name for info in alert.infos if info.sender_name), alert.sender)
