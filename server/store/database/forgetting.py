"""Deletes old rows, at most 1,000 in one transaction; called by the ``forget_…`` functions of server.store.

Deleting millions of rows in one statement would hold SQLite's only write lock for seconds, and other writers fail
when they have waited for five seconds.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from server.store.database.engine import Database

ROWS = 1000


def delete_where(db: Database, table: Table, old: ColumnElement[bool], *, rows: int = ROWS) -> int:
    """Delete the rows of ``table`` that meet the condition ``old``; returns how many.

    Each transaction deletes at most ``rows`` of them.
    """
    keys = list(table.primary_key.columns)
    key = keys[0] if len(keys) == 1 else tuple_(*keys)
    some = delete(table).where(key.in_(select(*keys).where(old).limit(rows)))
    deleted = 0
    while True:
        with db.write() as conn:
            count = conn.execute(some).rowcount
        deleted += count
        if count < rows:
            return deleted
