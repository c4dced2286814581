"""Stores the reports that are sent to the source system, in order and each once; called by worker.source_system.

A report is sent until the other side has accepted it, under the same id at each attempt, and never before the ones
before it. So after an hour or a week without the other side everything arrives, in order, and the other side tells a
repetition by its id.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import columns_of, source_reports

LONGEST_WAIT = timedelta(hours=1)
_C = source_reports.c


@dataclass(frozen=True, slots=True)
class Report:
    """A report. ``id`` is its place in the order of all reports, ``message`` its id for the other side.

    ``kind`` and ``period`` say what it reports ("plays", "2026-03-09"). ``due`` is when it is sent next, None once it
    was sent at ``sent``; ``tries`` is how many attempts have failed, ``status`` and ``error`` are of the last one.
    """

    id: int
    message: str
    kind: str
    period: str
    body: str
    created: datetime
    due: datetime | None
    tries: int = 0
    sent: datetime | None = None
    status: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many reports are not sent yet; the oldest was made at ``since`` and failed ``tries`` times.

    ``error`` says why the last attempt failed: "http" with ``status``, or a code of feeds.errors.
    """

    count: int
    since: datetime | None
    tries: int
    status: int | None
    error: str


_ALL = select(*columns_of(source_reports, Report))


def add(db: Database, kind: str, period: str, body: str, message: str, now: datetime) -> bool:
    """Store a report to be sent; returns False, and stores nothing, if there is one of this kind and period."""
    row = {"kind": kind, "period": period, "body": body, "message": message, "created": now, "due": now}
    with db.write() as conn:
        return insert_new(conn, source_reports, row)


def known(db: Database, kind: str, periods: Collection[str]) -> frozenset[str]:
    """Those of ``periods`` for which a report of this kind was made."""
    with db.read() as conn:
        return frozenset(conn.execute(select(_C.period).where(_C.kind == kind, _C.period.in_(periods))).scalars())


def last_period(db: Database, kind: str) -> str | None:
    """The latest period of which a report of this kind was made; None if none ever was."""
    with db.read() as conn:
        return conn.execute(select(func.max(_C.period)).where(_C.kind == kind)).scalar()


def first_due(db: Database, now: datetime) -> Report | None:
    """The oldest report that is not sent yet, if it may be sent now; None if it must wait, or nothing is left."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(_C.due.is_not(None)).order_by(_C.id).limit(1)).one_or_none()
    if row is None:
        return None
    one = as_value(Report, row)
    # A time further ahead than any wait was written while the clock was ahead.
    ready = one.due is None or one.due <= now or one.due > now + LONGEST_WAIT
    return one if ready else None


def sent(db: Database, id: int, status: int, now: datetime) -> None:
    """Note that the other side has accepted a report; the next one is due at once."""
    done = {"due": None, "sent": now, "status": status, "error": ""}
    with db.write() as conn:
        conn.execute(update(source_reports).where(_C.id == id).values(done))


def failed(db: Database, id: int, *, due: datetime, status: int | None, error: str) -> None:
    """Note a failed attempt; it is sent again at ``due``."""
    values = {"due": due, "tries": _C.tries + 1, "status": status, "error": error}
    with db.write() as conn:
        conn.execute(update(source_reports).where(_C.id == id).values(values))


def waiting(db: Database) -> Waiting:
    """What is not sent yet."""
    with db.read() as conn:
        count = conn.execute(select(func.count()).where(_C.due.is_not(None))).scalar_one()
        row = conn.execute(_ALL.where(_C.due.is_not(None)).order_by(_C.id).limit(1)).one_or_none()
    if row is None:
        return Waiting(0, None, 0, None, "")
    one = as_value(Report, row)
    return Waiting(count, one.created, one.tries, one.status, one.error)


def last_sent(db: Database) -> datetime | None:
    """When the other side last accepted a report; None if it never did."""
    with db.read() as conn:
        return conn.execute(select(_C.sent).where(_C.sent.is_not(None)).order_by(_C.id.desc()).limit(1)).scalar()


def forget(db: Database, *, before: datetime) -> int:
    """Delete reports that were sent before ``before``; returns how many."""
    return delete_where(db, source_reports, _C.sent < before)
