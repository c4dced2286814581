"""Decides which received alerts the signed-in person may see and act on; called by the modules of this package.

An alert belongs to the areas of the boards that it concerns, and to the areas on whose boards an editor ended it. If
there are neither, it belongs to the area of its source.
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
    """Answers questions about the areas of alerts and the signed-in person's rights in them.

    The constructor reads all boards and sources, so an object is for one request (see `access`).
    """

    def __init__(self) -> None:
        self._area_of_board = {board.slug: board.area for board in boards.all(desk.db)}
        self._sources = {source.slug: source for source in sources.all(desk.db)}
        self._below: dict[frozenset[str], frozenset[str]] = {}

    def rules_of(self, slug: str) -> AlertRules:
        """Returns the rules that decide how alerts of the source ``slug`` are shown.

        For a source that was removed, returns the rules of the configuration.
        """
        source, common = self._sources.get(slug), desk.config.alert_rules()
        return rules_for(source.cap, common) if source is not None else common

    def areas_of(self, row: AlertRow) -> tuple[str, ...]:
        """Returns the slugs of the areas that the alert belongs to, each once; empty only if no area exists."""
        found = {*self.areas_of_boards(row.boards), *row.ended_in}
        return tuple(slug for slug in desk.tree().slugs() if slug in found) or self.area_of_source(row.source)

    def areas_of_boards(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Returns the slugs of these boards' areas, in the order of config.toml; removed boards are left out."""
        found = {self._area_of_board.get(slug) for slug in slugs}
        return tuple(slug for slug in desk.tree().slugs() if slug in found)

    def area_of_source(self, slug: str) -> tuple[str, ...]:
        """Returns a tuple with the slug of the area that is responsible for a source (see `area_in_charge`).

        Empty if the source was removed or there is no area at all.
        """
        source = self._sources.get(slug)
        area = area_in_charge(source) if source is not None else None
        return () if area is None else (area,)

    def concerns(self, areas: Iterable[str], right: Right = SEES) -> bool:
        """True if the signed-in person holds ``right`` in one of ``areas`` (slugs), or above or below one of them."""
        listed = frozenset(areas)
        if listed not in self._below:
            tree = desk.tree()
            self._below[listed] = frozenset(slug for slug in tree.slugs() if listed.intersection(tree.chain(slug)))
        return any(desk.may(right, area) for area in self._below[listed] | listed)

    def may_see(self, row: AlertRow) -> bool:
        """True if the person may propose notices in an area of the alert, or in an area above or below one."""
        return self.concerns(self.areas_of(row))

    def may_decide(self, row: AlertRow, right: Right) -> bool:
        """True if the signed-in person holds ``right`` in every area that the alert belongs to."""
        areas = self.areas_of(row)
        return bool(areas) and all(desk.may(right, area) for area in areas)

    def may_decide_in(self, row: AlertRow, right: Right) -> tuple[str, ...]:
        """Returns the slugs of the areas of the alert in which the signed-in person holds ``right``."""
        return tuple(area for area in self.areas_of(row) if desk.may(right, area))

    def may_choose_areas(self, row: AlertRow) -> bool:
        """True if the person may choose the areas whose boards show a draft that otherwise no board could show.

        Such a draft has no readable place, or its place lies outside the territory of its source. The choice applies
        to everybody, so only editors of the source's area may make it.
        """
        nowhere = row.placeless or (row.state == "draft" and not row.boards)
        return nowhere and any(desk.may("notice.push", area) for area in self.area_of_source(row.source))


def access() -> AlertAccess:
    """Returns the `AlertAccess` of the current request; makes it at the first call."""
    if "alert_access" not in g:
        g.alert_access = AlertAccess()
    found: AlertAccess = g.alert_access
    return found


def area_in_charge(source: Source) -> str | None:
    """Returns the slug of the area that is responsible for a source: its own, or the topmost area if it has none.

    None only if there is no area at all.
    """
    return desk.tree().in_charge(source.area)


def is_ended_in(row: AlertRow, area: str) -> bool:
    """True if an editor has ended the alert on the boards of ``area`` (slug) or of an area above it."""
    return not set(row.ended_in).isdisjoint(desk.tree().chain(area))


def may_hold(source: Source) -> bool:
    """True if the signed-in person may hold and release the source; a held source's new alerts wait for an editor."""
    return desk.may("notice.clear", area_in_charge(source))


def alert_or_404(document: int) -> AlertRow:
    """Returns the alert with the number ``document``; answers 404 if there is none or the person may not see it."""
    try:
        row = alerts.get(desk.db, document)
    except NotFound:
        abort(404)
    if not access().may_see(row):
        abort(404)
    return row


def sender_of(alert: Alert) -> str:
    """Returns the sender's name from the first ``info`` element of the alert that has one.

    Returns the technical id of the sender if no element has one.
    """
    return next((info.sender_name for info in alert.infos if info.sender_name), alert.sender)
