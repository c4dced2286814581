"""Who did what to what and when, written in the transaction of the act itself; called by the store's writers.

No row is ever changed or removed: triggers of the database refuse it (server/store/audit/triggers.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from server.store.database.engine import Database
from server.store.tables import audit, columns_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``subject`` is a kind and a name ("notice/7"); ``before`` and ``after`` are JSON, None for nothing."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    address: str = ""


# Where the act that this thread is busy with was asked for; the desk sets it for each request, so that no writer of
# the store has to hand it on. "" is the machine itself.
asked_from: ContextVar[str] = ContextVar("asked_from", default="")


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
    """Write one act; it stands or falls with the caller's transaction.

    ``address`` is where it was done from; without one, ``asked_from``.
    """
    conn.execute(
        insert(audit).values(
            at=now,
            actor=actor,
            act=act,
            subject=subject,
            before=_plain(before),
            after=_plain(after),
            address=address or asked_from.get(),
        )
    )


def all(db: Database) -> tuple[Act, ...]:
    """Every act, oldest first."""
    with db.read() as conn:
        rows = conn.execute(select(audit).order_by(audit.c.id))
        return tuple(Act(**row._asdict()) for row in rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for in the audit; an empty word asks for nothing. ``act`` and ``subject`` match beginnings."""

    actor: str = ""
    act: str = ""
    subject: str = ""
    start: datetime | None = None
    end: datetime | None = None
    below: int | None = None


def search(db: Database, asked: Asked, *, most: int) -> tuple[Act, ...]:
    """Acts that match, newest first; ``below`` an id, for the next page."""
    wanted = select(*columns_of(audit, Act))
    if asked.actor:
        wanted = wanted.where(audit.c.actor == asked.actor)
    if asked.act:
        wanted = wanted.where(audit.c.act.startswith(asked.act, autoescape=True))
    if asked.subject:
        wanted = wanted.where(audit.c.subject.startswith(asked.subject, autoescape=True))
    if asked.start is not None:
        wanted = wanted.where(audit.c.at >= asked.start)
    if asked.end is not None:
        wanted = wanted.where(audit.c.at < asked.end)
    if asked.below is not None:
        wanted = wanted.where(audit.c.id < asked.below)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(audit.c.id.desc()).limit(most))
        return tuple(Act(**row._asdict()) for row in rows)


def _plain(value: DataclassInstance | None) -> Any:
    if value is None:
        return None
    return json.loads(json.dumps(asdict(value), default=_as_json))


def _as_json(value: object) -> str | float:
    if isinstance(value, date | time):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"the audit cannot keep a {type(value).__name__}")
