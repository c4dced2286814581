"""What the two databases do differently about taking turns; called by migrate, sources, laps and media."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


def advisory_lock(conn: Connection, what: str) -> None:
    """Until the end of this transaction no other one is in ``advisory_lock(what)``.

    SQLite's BEGIN IMMEDIATE has seen to it already; PostgreSQL takes an advisory lock.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"bangtin {what}"))))


def insert_new(conn: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is taken, also by a transaction at the same time; True when inserted."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    # What it gives back is asked for, because the count of inserted rows is not known on PostgreSQL.
    inserting = make(table).values(values).on_conflict_do_nothing().returning(*table.primary_key)
    return conn.execute(inserting).one_or_none() is not None
