"""Checks that the store is undamaged and can be written; called by live.ops.health_checks.

Both checks may take seconds, so they run in native threads, not on the server's gevent loop.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import update

from server.store.database.engine import Database
from server.store.database.error_translation import CORRUPT, translated
from server.store.database.errors import StoreCorrupt
from server.store.tables import store


def check_pages(file: Path) -> None:
    """Read every page of a SQLite database. Raises StoreCorrupt if one is damaged, or another StoreError.

    Uses a new connection, because an open one reads pages from its cache and does not notice that the file changed.
    """
    with translated(), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        found = conn.execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise StoreCorrupt(f"{CORRUPT}: {found[0] if found else ''}")


def try_write(db: Database) -> None:
    """Commit a write that changes no value. Raises StoreError if the store cannot be written."""
    with db.write() as conn:
        conn.execute(update(store).values(revision=store.c.revision))
