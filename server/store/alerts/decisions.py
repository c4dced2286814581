"""Stores what editors decided on documents of alerts, by the documents' keys; called by store.alerts and worker."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from server.core.alerts.document import Key
from server.store.database.chunks import chunks
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import advisory_lock
from server.store.tables import alert_decisions, alert_documents, alert_polls, columns_of

_TABLE = alert_decisions
_KEY = (_TABLE.c.source, _TABLE.c.sender, _TABLE.c.identifier, _TABLE.c.sent)


@dataclass(frozen=True, slots=True)
class Decision:
    """What editors decided on one document; ``approved`` and ``ended`` are times, None if no editor did so.

    ``rejected``: an editor discarded it as a draft. ``areas`` are the slugs that an editor chose, mostly for a
    document without a readable place. ``ended_in`` are the slugs of areas in which an editor ended it, ``shown_in``
    those of areas in which an editor took that back.
    """

    source: str
    sender: str
    identifier: str
    sent: datetime
    approved: datetime | None = None
    approved_by: str = ""
    ended: datetime | None = None
    ended_by: str = ""
    rejected: bool = False
    areas: tuple[str, ...] = ()
    ended_in: tuple[str, ...] = ()
    shown_in: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """The key that identifies the document: source, sender, identifier and time of sending."""
        return Key(self.source, self.sender, self.identifier, self.sent)


def of_source(db: Database, source: str) -> Mapping[Key, Decision]:
    """Return key of a document -> the decision on it, for the documents of the source with the slug ``source``."""
    with db.read() as conn:
        rows = conn.execute(select(*columns_of(_TABLE, Decision)).where(_TABLE.c.source == source)).mappings()
        return {one.key: one for one in _readable(rows)}


def _readable(rows: Iterable[RowMapping]) -> Iterable[Decision]:
    """Yields the decisions in ``rows``, with damaged values replaced; without rows whose ``sent`` is damaged.

    A damaged ``ended`` becomes the time ``sent``, because an alert that an editor ended must not come back.
    """
    for row in rows:
        values = dict(row)
        if not isinstance(values["sent"], datetime):
            continue
        for name, otherwise in (("approved", None), ("ended", values["sent"])):
            if values[name] is not None and not isinstance(values[name], datetime):
                values[name] = otherwise
        for name in ("areas", "ended_in", "shown_in"):
            if not isinstance(values[name], tuple):
                values[name] = ()
        yield Decision(**values)


def mark(db: Database) -> tuple[object, ...]:
    """Returns a value to compare: it changes with every decision, and when an editor holds or releases a source.

    Cheap enough to be called every second.
    """
    with db.read() as conn:
        return mark_of(conn)


def mark_of(conn: Connection) -> tuple[object, ...]:
    """Like `mark`, but in the caller's transaction."""
    held = select(func.count(alert_polls.c.held_since), func.max(alert_polls.c.held_since))
    decided = conn.execute(select(func.count(), func.max(_TABLE.c.changed)).select_from(_TABLE)).one()
    return (*decided, *conn.execute(held).one())


def one(conn: Connection, key: Key) -> Decision | None:
    """The decision on the document with this key; None if there is none, or if it cannot be read."""
    rows = conn.execute(select(*columns_of(_TABLE, Decision)).where(*_is(key))).mappings().all()
    return next(iter(_readable(rows)), None)


def of_documents(conn: Connection, keys: Collection[Key]) -> dict[Key, Decision]:
    """Return key of a document -> the decision on it, for those of ``keys`` that have one."""
    found: dict[Key, Decision] = {}
    for some in chunks(sorted({key.identifier for key in keys})):
        rows = conn.execute(select(*columns_of(_TABLE, Decision)).where(_TABLE.c.identifier.in_(some))).mappings()
        found.update({one.key: one for one in _readable(rows) if one.key in keys})
    return found


def _is(key: Key) -> tuple[ColumnElement[bool], ...]:
    return tuple(column == value for column, value in zip(_KEY, key, strict=True))


def forget(db: Database, *, before: datetime) -> int:
    """Delete decisions last changed before ``before`` whose document is no longer stored; returns how many."""
    of_document = tuple(alert_documents.c[column.name] == column for column in _KEY)
    there = select(alert_documents.c.id).where(*of_document).exists()
    return delete_where(db, _TABLE, (_TABLE.c.changed < before) & ~there)


def put(conn: Connection, key: Key, values: Mapping[str, object], now: datetime) -> None:
    """Set fields of the decision on a document to ``values``, by name; inserts the decision if there is none.

    Runs in the caller's transaction.
    """
    advisory_lock(conn, f"alerts/{key.source}")
    row = {**values, "changed": now}
    if conn.execute(update(_TABLE).where(*_is(key)).values(row)).rowcount == 0:
        conn.execute(insert(_TABLE).values({**key._asdict(), **row}))
