"""The audit: who changed what and when, written in the transaction of the change; called by the store's writers.

No row is ever changed or deleted: triggers in the database refuse it (server.store.audit.triggers).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from server.store.database.engine import Database
from server.store.tables import audit, columns_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change. ``subject`` is a kind and a name ("notice/7"), ``before`` and ``after`` JSON objects or None."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    address: str = ""


# The client address of the current request. The desk sets it, so that the store's writers need not pass it on; ""
# means that the change was made on this machine, not by a request.
request_address: ContextVar[str] = ContextVar("request_address", default="")


def record(
    conn: Connection,
    *,
    actor: str,
    act: str,
    subject: str,
    before: DataclassInstance | None,
    after: DataclassInstance | None,
    now: datetime,
    address: str = "",
) -> None:
    """Write a record in the caller's transaction; rolled back with it.

    ``address`` is the client's address, by default ``request_address``.
    """
    conn.execute(
        insert(audit).values(
            at=now,
            actor=actor,
            act=act,
            subject=subject,
            before=_plain(before),
            after=_plain(after),
            address=address or request_address.get(),
        )
    )


def all(db: Database) -> tuple[AuditRecord, ...]:
    """Every record, oldest first."""
    with db.read() as conn:
        rows = conn.execute(select(audit).order_by(audit.c.id))
        return tuple(AuditRecord(**row._asdict()) for row in rows)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Conditions of a search; empty ones match everything, ``act`` and ``subject`` match prefixes.

    ``start`` is inclusive, ``end`` exclusive; ``below`` is an id, for the next page.
    """

    actor: str = ""
    act: str = ""
    subject: str = ""
    start: datetime | None = None
    end: datetime | None = None
    below: int | None = None


def search(db: Database, conditions: AuditFilter, *, most: int) -> tuple[AuditRecord, ...]:
    """At most ``most`` records that match, newest first."""
    wanted = select(*columns_of(audit, AuditRecord))
    if conditions.actor:
        wanted = wanted.where(audit.c.actor == conditions.actor)
    if conditions.act:
        wanted = wanted.where(audit.c.act.startswith(conditions.act, autoescape=True))
    if conditions.subject:
        wanted = wanted.where(audit.c.subject.startswith(conditions.subject, autoescape=True))
    if conditions.start is not None:
        wanted = wanted.where(audit.c.at >= conditions.start)
    if conditions.end is not None:
        wanted = wanted.where(audit.c.at < conditions.end)
    if conditions.below is not None:
        wanted = wanted.where(audit.c.id < conditions.below)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(audit.c.id.desc()).limit(most))
        return tuple(AuditRecord(**row._asdict()) for row in rows)


def _plain(value: DataclassInstance | None) -> object:
    return None if value is None else json.loads(json.dumps(asdict(value), default=_as_json))


def _as_json(value: object) -> str | float:
    if isinstance(value, date | time):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"the audit cannot store a {type(value).__name__}")
