"""Runs database work in a native thread with its own connection; passed as ``Offload`` to director, pages and wall.

Work that may wait for the store must not run on the event loop: in a measurement, another process that held SQLite's
lock for 2 s stopped a gevent loop for 1.95 s. Each thread has a connection of its own, because the locks in
SQLAlchemy's connection pool are patched by gevent and do not work between native threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gevent.threadpool import ThreadPool

from server.store.database.engine import Database
from server.store.database.errors import StoreCorrupt, StoreUnavailable

T = TypeVar("T")


class DbThread:
    """Calls functions with ``db`` in one native thread. The calling greenlet waits; the event loop goes on."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._thread = ThreadPool(1)
        # The last error's message if the store was unreachable, full or damaged; empty after a call that succeeded.
        self.trouble = ""

    def __call__(self, work: Callable[[Database], T], /) -> T:
        """Calls ``work`` in the thread; returns what it returns, and raises what it raises."""
        try:
            result: T = self._thread.apply(work, (self._db,))
        except (StoreUnavailable, StoreCorrupt) as error:
            self.trouble = str(error)
            raise
        self.trouble = ""
        return result
