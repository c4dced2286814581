"""Records in the store that a server is running, and tells whether one is; called by processes, setup and cli.

Commands use it to warn if no server reads the store: they would report "saved" although no board shows the change.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update

from server.store.database.engine import Database
from server.store.tables import laps, store

EVERY_SECONDS = 2
FRESH = timedelta(seconds=10)
"""The greatest age of the last record while a server counts as running: five times EVERY_SECONDS."""


def note(db: Database, now: datetime) -> None:
    """Record that a server reads the store at ``now``, without changing the revision. Raises StoreError."""
    with db.write() as conn:
        conn.execute(update(store).values(server_seen=now))


def ever(db: Database) -> bool:
    """Whether a server has ever run on this store.

    Servers of earlier versions did not record it. So the answer is also True if any lap is stored.
    """
    with db.read() as conn:
        return bool(conn.execute(select(store.c.server_seen.is_not(None) | exists(select(laps.c.board)))).scalar())


def is_read(db: Database, now: datetime) -> bool:
    """Whether a server reads the store: its last record is at most ten seconds before or after ``now``."""
    with db.read() as conn:
        seen = conn.execute(select(store.c.server_seen)).scalar_one_or_none()
    return isinstance(seen, datetime) and abs(now - seen) <= FRESH
