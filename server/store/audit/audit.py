"""Writes the audit (who changed what and when) in the transaction of each change, and reads it.

Records are written within server.store; desk, cli.doctor and processes.worker read them.

No row is ever changed or deleted: triggers in the database refuse it (server.store.audit.triggers).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, func, insert, select

from server.store.database.decoding import unreadable
from server.store.database.engine import Database
from server.store.tables import audit, columns_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change that ``actor`` made. ``act`` names it ("notice.clear"), ``subject`` the kind and id ("notice/7").

    ``before`` and ``after`` are the changed row as JSON objects, None if it did not exist. ``address`` is the IP
    address that the request came from, "" if the change was not made by a request.
    """

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    address: str = ""


UNREADABLE_ACT = "unreadable"
_NOTHING: Mapping[str, object] = {
    "id": 0, "at": datetime(2000, 1, 1, tzinfo=UTC), "actor": "", "subject": "", "before": None, "after": None,
}  # fmt: skip

# The client's IP address of the current request, set by the desk, so that the store's functions need no parameter for
# it; "" if the change is made on this machine, not by a request.
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
    """Write an audit record in the caller's transaction.

    ``before`` and ``after`` are stored as JSON. ``address`` is the client's IP address, by default the value of
    ``request_address``.
    """
    conn.execute(insert(audit), _row(Act(act, subject, before, after), actor, now, address))


@dataclass(frozen=True, slots=True)
class Act:
    """A change to be recorded; the fields are those of `record`."""

    act: str
    subject: str
    before: DataclassInstance | None
    after: DataclassInstance | None


def record_all(conn: Connection, acts: Iterable[Act], *, actor: str, now: datetime) -> None:
    """Write a record of each act in the caller's transaction, in one statement; nothing for no acts."""
    rows = [_row(one, actor, now) for one in acts]
    if rows:
        conn.execute(insert(audit), rows)


def _row(one: Act, actor: str, now: datetime, address: str = "") -> dict[str, object]:
    return {
        "at": now,
        "actor": actor,
        "act": one.act,
        "subject": one.subject,
        "before": _plain(one.before),
        "after": _plain(one.after),
        "address": address or request_address.get(),
    }


def all(db: Database) -> tuple[AuditRecord, ...]:
    """Return every record, oldest first."""
    with db.read() as conn:
        return tuple(_readable(row) for row in conn.execute(select(audit).order_by(audit.c.id)))


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Conditions of a search; those that are None or "" match every record.

    ``actors`` are the names of the actors to find. ``act`` and ``subject`` are prefixes. ``start`` is inclusive,
    ``end`` exclusive. Only records with an id lower than ``below`` match: the caller passes the last id of one
    page to get the next page.
    """

    actors: frozenset[str] | None = None
    act: str = ""
    subject: str = ""
    start: datetime | None = None
    end: datetime | None = None
    below: int | None = None


def search(db: Database, conditions: AuditFilter, *, most: int) -> tuple[AuditRecord, ...]:
    """The newest ``most`` records that match ``conditions``, newest first."""
    wanted = select(*columns_of(audit, AuditRecord))
    if conditions.actors is not None:
        wanted = wanted.where(audit.c.actor.in_(conditions.actors))
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
        return tuple(_readable(row) for row in conn.execute(wanted.order_by(audit.c.id.desc()).limit(most)))


def newest(db: Database) -> int:
    """The id of the newest record; 0 if there is none."""
    with db.read() as conn:
        found: int = conn.execute(select(func.coalesce(func.max(audit.c.id), 0))).scalar_one()
        return found


def changed_since(db: Database, subject: str, id: int) -> bool:
    """Whether there is a record about ``subject`` with a higher id than ``id``, an earlier result of `newest`."""
    newer = select(audit.c.id).where(audit.c.id > id, audit.c.subject == subject).limit(1)
    with db.read() as conn:
        return conn.execute(newer).one_or_none() is not None


def _readable(row: Row[*tuple[object, ...]]) -> AuditRecord:
    """The record in a row.

    The audit must not leave out a row with unreadable values: its record has the act `UNREADABLE_ACT`, and in
    place of unreadable values "", None, 0 or the beginning of the year 2000.
    """
    values = row._asdict()
    damaged = unreadable(AuditRecord, values)
    if not damaged:
        return AuditRecord(**values)
    kept = {name: value for name, value in values.items() if name not in damaged}
    return AuditRecord(**{**_NOTHING, **kept, "act": UNREADABLE_ACT})


def _plain(value: DataclassInstance | None) -> object:
    return None if value is None else json.loads(json.dumps(_fields(value), default=_as_json))


def _fields(value: DataclassInstance) -> dict[str, object]:
    # Not ``asdict``, which copies every string of a list: notices of alerts name thousands of boards.
    return {one.name: getattr(value, one.name) for one in fields(value)}


def _as_json(value: object) -> str | float | dict[str, object]:
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, date | time):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"the audit cannot store a {type(value).__name__}")
