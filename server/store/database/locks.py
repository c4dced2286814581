"""Locks and inserts that SQLite and PostgreSQL do differently; called by the modules of server.store."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


def advisory_lock(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds the lock ``name``, and hold it until this one ends.

    Takes an advisory lock on PostgreSQL. Nothing to do on SQLite: its BEGIN IMMEDIATE lets one writer in at a time.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"bangtin {name}"))))


def dialect_insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The dialect's INSERT into ``table``, which can have an ON CONFLICT clause."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(conn: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row unless its key exists, also when transactions insert at the same time; True if inserted."""
    # RETURNING, because PostgreSQL does not report the number of inserted rows.
    inserting = (
        dialect_insert(conn, table).values(dict(values)).on_conflict_do_nothing().returning(*table.primary_key)
    )
    return conn.execute(inserting).one_or_none() is not None
