"""The store's revision, which says "something that could be shown has changed", and its epoch; called by all."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select, update

from server.store.engine import Database
from server.store.tables import store

_CURRENT = select(store.c.revision)
_EPOCH = select(store.c.epoch)
_BUMP = update(store).values(revision=store.c.revision + 1)


def current(db: Database) -> int:
    """The revision of what was committed last: one row by its key, cheap enough for ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(_CURRENT).scalar_one()
        return found


def epoch(db: Database) -> str:
    """Sixteen hex digits drawn when the store was made: another value means another store."""
    with db.read() as conn:
        found: str = conn.execute(_EPOCH).scalar_one()
        return found


def renew_epoch(db: Database) -> None:
    """Another store from now on: of one that was put back to a time before, numbers are lower and yet new."""
    with db.write() as conn:
        conn.execute(update(store).values(epoch=secrets.token_hex(8), revision=store.c.revision + 1))


def bump(conn: Connection) -> None:
    """Count one change, visible when the transaction commits.

    Called last in a transaction: PostgreSQL locks the row until the commit, and writers that lock it first and
    their own rows afterwards could wait for each other in a circle.
    """
    conn.execute(_BUMP)
