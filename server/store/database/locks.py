"""Locks, retries and inserts that SQLite and PostgreSQL do differently; called by the modules of server.store.

All transactions take locks in the same order, so that no two of them wait for each other:

1. an advisory lock of the subject (such as "panics"), if the transaction needs one;
2. rows of the subject's tables, several in the order of their keys, with ``with_for_update(key_share=True)``;
3. the row of ``store``: ``revision.bump`` is the last statement.

Functions that write screens are an exception: they lock the row of ``store`` first (``screens.bump``), because the
numbers that they take from it must increase in the order of commits. That is safe as long as they need no row that is
locked by a transaction that waits for ``store``. Only they write rows of screens and pairings, and checks of their
foreign keys do not wait for rows locked with ``key_share`` (FOR NO KEY UPDATE). With FOR UPDATE, 6 of 25 moves of a
screen failed in a test: the move held ``store`` and waited for the row of the board, while a change of the board's
mode held that row and waited for ``store``.

None of this concerns SQLite, which has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Table, func, select

from server.store.database.errors import StoreDeadlock

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

P = ParamSpec("P")
T = TypeVar("T")
_TRIES = 3


def retry_on_deadlock(work: Callable[P, T]) -> Callable[P, T]:
    """A decorator: runs a function of one transaction again, at most twice, if PostgreSQL reports a deadlock.

    The failed transaction has written nothing. Iterators among the arguments are read into tuples first, so that each
    run gets all of their items. Raises StoreDeadlock if the third run fails too.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        kept: list[Any] = [_kept(one) for one in args]
        named: dict[str, Any] = {name: _kept(one) for name, one in kwargs.items()}
        for _ in range(_TRIES - 1):
            try:
                return work(*kept, **named)
            except StoreDeadlock:
                continue
        return work(*kept, **named)

    return run


def _kept(argument: object) -> object:
    return tuple(argument) if isinstance(argument, Iterator) else argument


def advisory_lock(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds the lock ``name``, and hold it until this transaction ends.

    On PostgreSQL this is an advisory lock. On SQLite it does nothing: BEGIN IMMEDIATE lets one writer in at a time.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"bangtin {name}"))))


def dialect_insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into ``table`` of the database's own dialect, which allows an ON CONFLICT clause."""
    # The dialect of the other kind of database would take a fiftieth of each process's start.
    if conn.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def insert_new(conn: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row unless its key exists; True if inserted. Safe if two transactions insert the same key at once."""
    # RETURNING, because PostgreSQL does not report the number of inserted rows.
    inserting = (
        dialect_insert(conn, table).values(dict(values)).on_conflict_do_nothing().returning(*table.primary_key)
    )
    return conn.execute(inserting).one_or_none() is not None
