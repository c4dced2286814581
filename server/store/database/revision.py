"""The store's revision ("something that could be shown has changed"), what changed, the epoch; called by all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from server.store.database.engine import Database
from server.store.tables import changes, store

# What a change can be about. Whoever is in doubt says EVERYTHING: it costs time, never truth.
EVERYTHING = "everything"
BOARDS = "boards"
NOTICES = "notices"
_SOURCE = "source/"
_AREA = "area/"

_CURRENT = select(store.c.revision)
_EPOCH = select(store.c.epoch)
_BUMP = update(store).values(revision=store.c.revision + 1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What may be another than it was: the stories of ``sources``, the announcements of ``areas``, ``boards``.

    ``everything`` holds all of it, and areas and sources themselves. Notices are not told: they are read anyway.
    """

    everything: bool = False
    boards: bool = False
    sources: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()


def stories_scope(source: str) -> str:
    """The scope of a source's stories."""
    return _SOURCE + source


def announcements_scope(area: str) -> str:
    """The scope of the announcements that are addressed to an area."""
    return _AREA + area


def current(db: Database) -> int:
    """The revision of what was committed last: one row by its key, cheap enough for ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(_CURRENT).scalar_one()
        return found


def since(db: Database, seen: int) -> Changes:
    """What has changed after the revision ``seen``; everything where the store was put back to a time before it."""
    with db.read() as conn:
        if conn.execute(_CURRENT).scalar_one() < seen:
            return Changes(everything=True)
        scopes = set(conn.execute(select(changes.c.scope).where(changes.c.revision > seen)).scalars())
    return Changes(
        everything=EVERYTHING in scopes,
        boards=BOARDS in scopes,
        sources=frozenset(one.removeprefix(_SOURCE) for one in scopes if one.startswith(_SOURCE)),
        areas=frozenset(one.removeprefix(_AREA) for one in scopes if one.startswith(_AREA)),
    )


def epoch(db: Database) -> str:
    """Sixteen hex digits drawn when the store was made: another value means another store."""
    with db.read() as conn:
        found: str = conn.execute(_EPOCH).scalar_one()
        return found


def renew_epoch(db: Database) -> None:
    """Another store from now on: of one that was put back to a time before, numbers are lower and yet new."""
    with db.write() as conn:
        conn.execute(update(store).values(epoch=secrets.token_hex(8)))
        bump(conn, EVERYTHING)


def bump(conn: Connection, *about: str) -> None:
    """Count one change of the scopes ``about`` (at least one), visible when the transaction commits.

    Called last in a transaction: PostgreSQL locks the row until the commit, and writers that lock it first and
    their own rows afterwards could wait for each other in a circle.
    """
    if not about:
        raise ValueError("a change of nothing")
    conn.execute(_BUMP)
    now = select(store.c.revision).scalar_subquery()
    for scope in about:
        # No other transaction is between these two: it would have to hold the row above.
        if conn.execute(update(changes).where(changes.c.scope == scope).values(revision=now)).rowcount == 0:
            conn.execute(insert(changes).values(scope=scope, revision=now))
