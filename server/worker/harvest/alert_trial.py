"""Tries a source of alerts: computes which boards its newest alerts would have reached; called by the trials.

The result is only shown on the page of the trial; no alert or notice is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feeds import FeedError
from feeds.formats.cap.document import CapAlert, CapIndex
from server.core.alerts.board_places import places_of, within_area
from server.core.alerts.document import Alert
from server.core.alerts.levels import peak_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.source_rules import rules_for, territory_parts
from server.core.alerts.texts import one_line
from server.core.alerts.times import span_of_alert
from server.core.alerts.wanted import LEVEL_OF
from server.core.areas import AreaTree
from server.core.model import Source
from server.core.sources.trials import MOST_ENTRIES, TrialAlert, TrialAlerts
from server.setup.commune_list import unit_codes
from server.store.areas import areas
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.sources import sources
from server.worker.harvest.alert_conversion import alert_of

MOST_LINKS = 10


class AlertTrial:
    """One trial at the time ``now`` with the boards of the store; ``common`` are the rules of all sources.

    ``source`` is the source that is tried, None if an editor tries an address that is not a source yet.
    """

    def __init__(self, db: Database, common: AlertRules, now: datetime, source: Source | None) -> None:
        # Imported here because shapely takes a third of the worker's start, and only sources of alerts need it.
        from server.core.alerts.places import Places, Territory

        settings = source.cap if source else None
        self._rules, self._now, self._source = rules_for(settings, common), now, source
        self._territory = Territory(*territory_parts(settings))
        self._tree = AreaTree(sources.areas(db))
        self._boards = {one.slug: one for one in boards.all(db) if one.area in self._tree}
        self._places = Places(places_of(self._boards.values(), self._tree, areas.outlines(db)), unit_codes())

    def read(self, index: CapIndex, follow: Callable[[str], CapIndex]) -> TrialAlerts:
        """Reads the newest alerts of an index, and returns what the trial's page shows of them.

        ``follow`` reads the document at an address, or raises FeedError; such a document is counted as unread.
        """
        found, unread, problem = list(index.alerts), 0, ""
        for link in index.entries[:MOST_LINKS]:
            try:
                found += follow(link.address).alerts
            except FeedError as error:
                unread, problem = unread + 1, problem or error.message
        listed = [self._shown(one) for one in found]
        listed.sort(key=lambda one: one.sent, reverse=True)
        return TrialAlerts(len(index.entries) + len(index.alerts), tuple(listed[:MOST_ENTRIES]), unread, problem)

    def _shown(self, found: CapAlert) -> TrialAlert:
        from server.core.alerts.places import boards_of

        alert = alert_of(found, self._source.slug if self._source else "", self._now)
        placement = boards_of(alert, self._places, self._rules, self._territory)
        own = within_area(placement, self._source.area if self._source else None, self._boards, self._tree)
        span = span_of_alert(alert, self._rules)
        return TrialAlert(
            title=_title(alert),
            sender=next((one_line(info.sender_name) for info in alert.infos if info.sender_name), alert.sender),
            kind=alert.kind,
            level=LEVEL_OF[peak_of(alert, self._rules)],
            sent=alert.sent,
            since=span.start,
            until=span.until,
            boards=tuple(own.boards),
            placed=placement.readable or alert.kind == "Cancel",
            exercise=alert.status == "Exercise",
            notes=alert.notes,
        )


def _title(alert: Alert) -> str:
    names = (one_line(info.headline or info.event) for info in alert.infos)
    return next(filter(None, names), one_line(alert.note) or alert.identifier)
