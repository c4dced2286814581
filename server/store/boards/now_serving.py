"""Stores the queue numbers that the counters of a board's hall serve; called by desk.api, content, live, processes.

The queue system of the hall reports the whole state, up to once a second. Reports do not raise the store's revision,
because that would make all servers look for other changes and drop all public pages; a server reads `versions`
instead. The revision is raised only if a state begins or ends, comes from another actor, or has another number of
counters. The audit gets a row in these cases except the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from server.core.model import SYSTEM, Counter, NowServing
from server.core.times import to_ms
from server.store.audit import audit
from server.store.database import revision
from server.store.database.decoding import as_value, as_values, unreadable
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.locks import advisory_lock, insert_new, retry_on_deadlock
from server.store.tables import columns_of, now_serving, values_of

EVERY = timedelta(seconds=1)
"""How often a board's numbers may be reported; one report may come early, because networks delay unevenly."""
_ALL = select(*columns_of(now_serving, NowServing))


class TooSoon(StoreRefusal):
    """The numbers of this board are reported more often than once a second; nothing was written."""


@dataclass(frozen=True, slots=True)
class _AuditedServing:
    """What the audit records of a board's state: how many counters it has, but not their numbers."""

    counters: int


@retry_on_deadlock
def put(
    db: Database, board: str, counters: Sequence[Counter], *, actor: str, now: datetime, fresh: timedelta
) -> NowServing:
    """Store and return the numbers that the hall of ``board`` (a slug) serves at ``now``.

    The board shows them for the time ``fresh``, unless a new report comes. Raises TooSoon if the numbers of this
    board are reported more often than once a second.
    """
    with db.write() as conn:
        advisory_lock(conn, _lock(board))
        paced = _next_pace(conn, board, now)
        before = _stored(conn, board)
        version = max(to_ms(now), before.version + 1 if before else 0)
        made = NowServing(board, tuple(counters), now, now + fresh, version, actor)
        if not insert_new(conn, now_serving, values_of(made) | {"paced": paced}):
            mine = now_serving.c.board == board
            conn.execute(update(now_serving).where(mine).values(values_of(made) | {"paced": paced}))
        begins = before is None or before.until <= now or before.actor != actor
        if begins:
            _record(conn, "board.serving_begin", board, None, _AuditedServing(len(counters)), actor, now)
        if begins or before is None or len(before.counters) != len(counters):
            revision.bump(conn, revision.serving_scope(board))
        return made


@retry_on_deadlock
def end(db: Database, board: str, *, actor: str, now: datetime) -> bool:
    """Delete the numbers of a board, so that it shows none; returns False if it has none."""
    with db.write() as conn:
        return _end(conn, board, now_serving.c.board == board, actor, now)


def end_due(db: Database, now: datetime) -> int:
    """Delete the numbers of all boards whose ``until`` has passed, because no new report came; returns how many.

    The worker calls it every few seconds.
    """
    with db.read() as conn:
        due = conn.execute(select(now_serving.c.board).where(now_serving.c.until <= now)).scalars().all()
    return sum(_end_one_due(db, board, now) for board in due)


@retry_on_deadlock
def _end_one_due(db: Database, board: str, now: datetime) -> bool:
    with db.write() as conn:
        return _end(conn, board, and_(now_serving.c.board == board, now_serving.c.until <= now), SYSTEM, now)


def _end(conn: Connection, board: str, which: ColumnElement[bool], actor: str, now: datetime) -> bool:
    """Delete the row of ``board`` that meets the condition ``which``; returns False if there is none."""
    advisory_lock(conn, _lock(board))
    before = _stored(conn, board)
    if not conn.execute(delete(now_serving).where(which)).rowcount:
        return False
    audited = _AuditedServing(len(before.counters)) if before else None
    _record(conn, "board.serving_end", board, audited, None, actor, now)
    revision.bump(conn, revision.serving_scope(board))
    return True


def all(db: Database, now: datetime) -> dict[str, NowServing]:
    """Return slug of a board -> the numbers that its hall serves, for boards whose numbers are shown at ``now``."""
    with db.read() as conn:
        found = as_values(NowServing, conn.execute(_ALL.where(now_serving.c.until > now)))
    return {one.board: one for one in found}


def versions(db: Database) -> Mapping[str, int]:
    """Return slug of a board -> the version of its numbers, which grows with every report.

    Reads a small table, so it may be called ten times a second.
    """
    with db.read() as conn:
        found = conn.execute(select(now_serving.c.board, now_serving.c.version))
        return {str(row.board): int(row.version) for row in found}


def get(db: Database, board: str) -> NowServing | None:
    """The numbers last reported for a board, even if their ``until`` has passed; None if there are none."""
    with db.read() as conn:
        return _stored(conn, board)


def _lock(board: str) -> str:
    """The name of the advisory lock for the row of ``board``, which may not exist yet."""
    return f"now serving {board}"


def _next_pace(conn: Connection, board: str, now: datetime) -> datetime:
    """Returns the time to store as the earliest regular time of the next report, at a pace of one a second.

    A report may come up to `EVERY` before its time. Raises TooSoon if this one comes earlier.
    """
    stored = conn.execute(select(now_serving.c.paced).where(now_serving.c.board == board)).scalar_one_or_none()
    # A time further ahead was written before the clock was set back, and an unreadable one says nothing.
    due = stored if isinstance(stored, datetime) and stored - now <= 2 * EVERY else now
    if due - now > EVERY:
        raise TooSoon("Số thứ tự của một bảng tin được gửi nhiều nhất một lần một giây")
    return max(due, now) + EVERY


def _stored(conn: Connection, board: str) -> NowServing | None:
    """The stored numbers of a board; None if there are none or they cannot be read: the next report replaces them."""
    row = conn.execute(_ALL.where(now_serving.c.board == board)).one_or_none()
    return None if row is None or unreadable(NowServing, row._asdict()) else as_value(NowServing, row)


def _record(
    conn: Connection,
    act: str,
    board: str,
    before: _AuditedServing | None,
    after: _AuditedServing | None,
    actor: str,
    now: datetime,
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"board/{board}", before=before, after=after, now=now)
