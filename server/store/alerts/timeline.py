"""Finds all documents of one alert, and the document that a notice was made from; called by server.desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from server.core.alerts.document import Alert
from server.store.alerts import documents
from server.store.alerts.documents import StoredAlert
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.tables import alert_documents, alert_notices, alert_states

MOST = 400
"""Of how many later documents of the same sender the references are read."""
LATER = timedelta(days=14)
_TABLE = alert_documents


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A document of an alert: its number, content and state; ``state`` is "" until the worker has stored one."""

    document: int
    alert: Alert
    state: str


def timeline(db: Database, document: int) -> tuple[TimelineEntry, ...]:
    """The document with this number, and the earlier and later ones of the same alert, in the order of sending.

    Earlier ones are those that it refers to, also indirectly; later ones refer to one of these or to it. Raises
    NotFound if the document does not exist or cannot be read.
    """
    with db.read() as conn:
        first = documents.one_of(conn, document)
        found = {first.id: first}
        _add_earlier(conn, found, first)
        _add_later(conn, found, first)
        states = _states(conn, found)
    listed = sorted(found.values(), key=lambda one: (one.alert.sent, one.id))
    return tuple(TimelineEntry(one.id, one.alert, states.get(one.id, "")) for one in listed)


def _add_earlier(conn: Connection, found: dict[int, StoredAlert], first: StoredAlert) -> None:
    waiting = [first]
    while waiting and len(found) < MOST:
        named = {one.identifier for one in waiting.pop().alert.references}
        wanted = select(_TABLE.c.id).where(
            _TABLE.c.source == first.alert.source, _TABLE.c.identifier.in_(sorted(named)[:200])
        )
        new = [number for number in conn.execute(wanted).scalars() if number not in found]
        read = list(_readable(conn, new))
        found.update({one.id: one for one in read})
        waiting += read


def _add_later(conn: Connection, found: dict[int, StoredAlert], first: StoredAlert) -> None:
    """Add to ``found`` the later documents that refer to one in it; read in the order of sending.

    So a document that refers to a later one is found too.
    """
    begun = min(one.alert.sent for one in found.values())
    wanted = (
        select(_TABLE.c.id)
        .where(_TABLE.c.source == first.alert.source, _TABLE.c.sender == first.alert.sender)
        .where(_TABLE.c.sent >= begun, _TABLE.c.sent <= first.alert.sent + LATER)
        .order_by(_TABLE.c.sent, _TABLE.c.id)
        .limit(MOST)
    )
    names = {one.alert.identifier for one in found.values()}
    for one in _readable(conn, [number for number in conn.execute(wanted).scalars() if number not in found]):
        if any(reference.identifier in names for reference in one.alert.references):
            found[one.id] = one
            names.add(one.alert.identifier)


def _readable(conn: Connection, numbers: Iterable[int]) -> Iterable[StoredAlert]:
    for number in numbers:
        try:
            yield documents.one_of(conn, number)
        except NotFound:
            continue


def _states(conn: Connection, found: Iterable[int]) -> dict[int, str]:
    wanted = select(alert_states.c.document, alert_states.c.state).where(alert_states.c.document.in_(sorted(found)))
    return {row.document: row.state for row in conn.execute(wanted)}


def document_of_notice(db: Database, notice: int) -> int | None:
    """The number of the document from which a notice was made; None if it was made from no document."""
    link, name = alert_notices.c, _TABLE.c
    wanted = (
        select(name.id)
        .join(
            alert_notices,
            (link.source == name.source)
            & (link.sender == name.sender)
            & (link.identifier == name.identifier)
            & (link.sent == name.sent),
        )
        .outerjoin(alert_states, alert_states.c.document == name.id)
        .where(link.notice == notice)
        # Of several documents with the same key, one that the worker did not ignore comes first.
        .order_by(func.coalesce(alert_states.c.state, "") == "ignored", name.id.desc())
        .limit(1)
    )
    with db.read() as conn:
        return conn.execute(wanted).scalar_one_or_none()
