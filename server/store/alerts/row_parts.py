"""Reads what belongs to the rows of a list of alerts, for all rows at once; called by server.store.alerts.alerts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server.core.alerts.document import Alert, Key
from server.store.database.chunks import chunks
from server.store.tables import alert_documents, alert_notices, notices


def notices_of(conn: Connection, alerts: Sequence[Alert]) -> dict[Key, list[int]]:
    """Document -> the ids of its notices that are on air or drafted."""
    link = alert_notices.c
    key = (link.source, link.sender, link.identifier, link.sent)
    open_ones = (
        select(link.notice, *key)
        .join(notices, notices.c.id == link.notice)
        .where(notices.c.state.in_(("live", "drafted")), link.source.in_({one.source for one in alerts}))
    )
    found: dict[Key, list[int]] = {}
    for number, *names in conn.execute(open_ones.order_by(link.notice)):
        found.setdefault(Key(*names), []).append(number)
    return found


class NamedDocuments:
    """The numbers of the stored documents that some alerts name."""

    def __init__(self, conn: Connection, alerts: Sequence[Alert]) -> None:
        table = alert_documents.c
        self._numbers: dict[tuple[str, str], list[int]] = {}
        of_sources = select(table.source, table.identifier, table.id).where(
            table.source.in_({one.source for one in alerts})
        )
        for some in chunks(sorted({name for one in alerts for name in _names_in(one)})):
            for source, identifier, number in conn.execute(of_sources.where(table.identifier.in_(some))):
                self._numbers.setdefault((source, identifier), []).append(number)

    def of(self, alert: Alert) -> tuple[int, ...]:
        """The numbers of those that ``alert`` names, in their order."""
        return tuple(sorted(n for name in _names_in(alert) for n in self._numbers.get((alert.source, name), ())))


def _names_in(alert: Alert) -> list[str]:
    return sorted({one.identifier for one in alert.references} - {alert.identifier})[:200]
