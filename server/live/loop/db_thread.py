"""A native thread with a database connection of its own; given as ``Offload`` to director, pages and wall.

A writer elsewhere that held SQLite's lock for 2 s was measured to stop a gevent loop for 1.95 s, so everything that
may wait for the store runs here. One thread per connection: SQLAlchemy's pool has locks that gevent has patched, and
those are not shared between native threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gevent.threadpool import ThreadPool

from server.store.database.engine import Database

T = TypeVar("T")


class DbThread:
    """Calls functions with ``db`` in one native thread; the calling greenlet waits, the loop does not."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._thread = ThreadPool(1)

    def __call__(self, work: Callable[[Database], T], /) -> T:
        """Returns what ``work`` returns, and raises what it raises."""
        result: T = self._thread.apply(work, (self._db,))
        return result
