"""Stores and reads heartbeats of workers; called by processes.worker (beat) and live.ops.health_checks (read).

A heartbeat is a count, not a time, because the clocks of two machines differ and may be set. The reader remembers
when it last saw the count change.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from server.store.database.engine import Database
from server.store.database.locks import dialect_insert
from server.store.tables import worker_beats


def beat(db: Database, worker: str, count: int) -> None:
    """Store that the worker with this name has run its harvest (fetching sources) ``count`` times since it started.

    The first heartbeat of a worker deletes those of all others; running workers write theirs again.
    """
    with db.write() as conn:
        written = dialect_insert(conn, worker_beats).values(worker=worker, count=count)
        conn.execute(written.on_conflict_do_update(index_elements=["worker"], set_={"count": count}))
        if count <= 1:
            conn.execute(delete(worker_beats).where(worker_beats.c.worker != worker))


def read(db: Database) -> dict[str, int]:
    """Return name of a worker -> the count of its last heartbeat."""
    with db.read() as conn:
        return dict(conn.execute(select(worker_beats.c.worker, worker_beats.c.count)).all())
