"""The outbox of alarms: what waits for each target, and how the targets are doing; called by worker and desk.

A worker takes a whole target for itself and sends all that waits for it in one message. If it is killed between
sending and `sent`, the claim expires and the message is sent again: each is told at least once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select, update

from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import alarm_deliveries, alarm_targets, columns_of
from server.store.tables.columns import Utc

CLAIM = timedelta(minutes=2)
"""For how long a worker has a target for itself: longer than sending a message can take."""
LONGEST_WAIT = timedelta(hours=50)
TRIAL = "trial"
"""The step of a message that somebody asked for to try a channel."""
MOST = 1000
_D, _T = alarm_deliveries.c, alarm_targets.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the outbox that is to be told now; ``alarm`` is None for a trial."""

    id: int
    alarm: int | None
    step: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the outbox as the page of an alarm shows it: ``due`` while it waits, ``sent`` once it is sent."""

    target: str
    step: str
    created: datetime
    due: datetime | None
    sent: datetime | None


@dataclass(frozen=True, slots=True)
class TargetState:
    """How a target is doing. ``error`` says why the last attempt failed, "" if it did not."""

    target: str
    not_before: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str = ""
    last_sent: datetime | None = None


def ready(db: Database, now: datetime, *, most: int = 200) -> tuple[str, ...]:
    """Return the targets that have something due and that no worker has claimed."""
    wanted = select(_D.target).join(alarm_targets, _T.target == _D.target).where(_due(now), _free(now)).distinct()
    with db.read() as conn:
        return tuple(conn.execute(wanted.order_by(_D.target).limit(most)).scalars())


def claim(db: Database, target: str, now: datetime) -> bool:
    """Claim a target for this worker; False if another worker has claimed it."""
    taking = update(alarm_targets).where(_T.target == target, _free(now)).values(claimed=now + CLAIM)
    with db.write() as conn:
        return conn.execute(taking).rowcount == 1


def waiting(db: Database, target: str, now: datetime) -> tuple[Waiting, ...]:
    """Return what is due to a target, oldest first, at most `MOST`."""
    wanted = select(*columns_of(alarm_deliveries, Waiting)).where(_D.target == target, _due(now))
    with db.read() as conn:
        return as_values(Waiting, conn.execute(wanted.order_by(_D.id).limit(MOST)))


def sent(db: Database, target: str, ids: Sequence[int], now: datetime, not_before: datetime) -> None:
    """Store that these rows were sent to a target, which gets nothing more before ``not_before``."""
    values = {"claimed": None, "not_before": not_before, "failures": 0, "failing_since": None, "error": ""}
    with db.write() as conn:
        for some in chunks(ids):
            conn.execute(update(alarm_deliveries).where(_D.id.in_(some)).values(due=None, sent=now))
        conn.execute(update(alarm_targets).where(_T.target == target).values(values | {"last_sent": now}))


def failed(db: Database, target: str, error: str, now: datetime, not_before: datetime) -> None:
    """Store that a target could not be told; all stays in the outbox and is tried again at ``not_before``.

    Only a trial is not: who asked for it sees the error and may ask again.
    """
    values = {
        "claimed": None,
        "not_before": not_before,
        "failures": _T.failures + 1,
        "failing_since": func.coalesce(_T.failing_since, literal(now, Utc())),
        "error": error,
    }
    trials = (_D.target == target, _D.step == TRIAL, _D.due.is_not(None))
    with db.write() as conn:
        conn.execute(update(alarm_deliveries).where(*trials).values(due=None))
        conn.execute(update(alarm_targets).where(_T.target == target).values(values))


def postpone(db: Database, target: str, not_before: datetime) -> None:
    """Give a claimed target back without a message; it is told at ``not_before`` at the earliest."""
    with db.write() as conn:
        conn.execute(update(alarm_targets).where(_T.target == target).values(claimed=None, not_before=not_before))


def drop(db: Database, target: str) -> None:
    """Take all that waits for a target out of the outbox: it is switched off or gone. Its failures are forgotten."""
    with db.write() as conn:
        waits = (_D.target == target, _D.due.is_not(None))
        conn.execute(update(alarm_deliveries).where(*waits).values(due=None))
        fresh = {"claimed": None, "not_before": None, "failures": 0, "failing_since": None, "error": ""}
        conn.execute(update(alarm_targets).where(_T.target == target).values(fresh))


def trial(db: Database, target: str, now: datetime) -> None:
    """Have the worker send a trial to a target at once, also if it is failing."""
    with db.write() as conn:
        insert_new(conn, alarm_targets, {"target": target})
        row = {"alarm": None, "step": TRIAL, "target": target, "created": now, "due": now}
        conn.execute(insert(alarm_deliveries).values(row))
        conn.execute(update(alarm_targets).where(_T.target == target).values(not_before=None, error=""))


def states(db: Database, targets: Collection[str]) -> Mapping[str, TargetState]:
    """Return how these targets are doing, by target; those that were never used are left out."""
    with db.read() as conn:
        rows = conn.execute(select(*columns_of(alarm_targets, TargetState)).where(_T.target.in_(targets)))
        return {one.target: one for one in as_values(TargetState, rows)}


def sent_since(db: Database, target: str, since: datetime) -> tuple[datetime, ...]:
    """Return when messages were sent to a target after ``since``; one message may have told several things."""
    wanted = select(_D.sent).where(_D.target == target, _D.sent > since).distinct()
    with db.read() as conn:
        return tuple(at for at in conn.execute(wanted).scalars() if isinstance(at, datetime))


def of_alarm(db: Database, alarm: int) -> tuple[Told, ...]:
    """Return all that was sent, or is to be sent, of an alarm, in the order in which it was written."""
    wanted = select(*columns_of(alarm_deliveries, Told)).where(_D.alarm == alarm).order_by(_D.id)
    with db.read() as conn:
        return as_values(Told, conn.execute(wanted))


def counts(db: Database, targets: Collection[str]) -> Mapping[str, int]:
    """Return how many rows wait for each of ``targets``; targets without any are left out."""
    wanted = select(_D.target, func.count()).where(_D.target.in_(targets), _D.due.is_not(None)).group_by(_D.target)
    with db.read() as conn:
        return {str(target): int(count) for target, count in conn.execute(wanted)}


def _due(now: datetime) -> ColumnElement[bool]:
    # A time further ahead than any quiet hours was written while the clock was ahead.
    return or_(_D.due <= now, _D.due > literal(now + LONGEST_WAIT, Utc()))


def _free(now: datetime) -> ColumnElement[bool]:
    late = literal(now + LONGEST_WAIT, Utc())
    claimed = or_(_T.claimed.is_(None), _T.claimed <= now, _T.claimed > literal(now + CLAIM, Utc()))
    return and_(claimed, or_(_T.not_before.is_(None), _T.not_before <= now, _T.not_before > late))
