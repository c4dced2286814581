"""Finds the notices that were made of alerts, for many alerts in one query; called by server.store.alerts.alerts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server.core.alerts.document import Alert, Key
from server.store.tables import alert_notices, notices


def notices_of(conn: Connection, alerts: Sequence[Alert]) -> dict[Key, list[int]]:
    """Return key of a document -> the ids of its notices that are on air or drafts.

    Contains all documents with such notices that come from the sources of ``alerts``.
    """
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
