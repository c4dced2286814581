"""Native threads beside the gevent loop, each with a database connection of its own; handed to the director.

A writer elsewhere that held SQLite's lock for 2 s was measured to stop a gevent loop for 1.95 s: whatever may wait
for the store waits here. One thread each: SQLAlchemy's pool has locks that gevent has patched, and those are not
shared between native threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gevent.threadpool import ThreadPool

from server.store.database.engine import Database

T = TypeVar("T")


class DbThread:
    """Runs work with ``db`` in one native thread; the calling greenlet waits, the loop does not."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._thread = ThreadPool(1)

    def __call__(self, work: Callable[[Database], T], /) -> T:
        """What ``work`` returned; what it raised is raised here."""
        result: T = self._thread.apply(work, (self._db,))
        return result
