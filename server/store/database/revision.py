"""The store's revision, which counts changes that boards could show, and its epoch; called by the store's writers.

The director reads both to learn what has changed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from server.store.database.engine import Database
from server.store.tables import changes, store

# Scopes of a change. If unsure, use EVERYTHING: slower, always correct.
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
    """What may have changed: the stories of ``sources``, the announcements of ``areas``, the ``boards``.

    ``everything`` includes all of these and the areas and sources themselves. Notices are not listed, because they
    are read each time.
    """

    everything: bool = False
    boards: bool = False
    sources: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()


def stories_scope(source: str) -> str:
    """The scope of a source's stories."""
    return _SOURCE + source


def announcements_scope(area: str) -> str:
    """The scope of the announcements addressed to an area."""
    return _AREA + area


def current(db: Database) -> int:
    """The revision of the last commit: one row by its key, cheap enough for ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(_CURRENT).scalar_one()
        return found


def since(db: Database, seen: int) -> Changes:
    """What has changed after the revision ``seen``; everything if an older backup of the store was restored."""
    with db.read() as conn:
        if conn.execute(_CURRENT).scalar_one() < seen:
            return Changes(everything=True)
        found = set(conn.execute(select(changes.c.scope).where(changes.c.revision > seen)).scalars())
    return Changes(
        everything=EVERYTHING in found,
        boards=BOARDS in found,
        sources=frozenset(one.removeprefix(_SOURCE) for one in found if one.startswith(_SOURCE)),
        areas=frozenset(one.removeprefix(_AREA) for one in found if one.startswith(_AREA)),
    )


def epoch(db: Database) -> str:
    """Sixteen random hex digits made with the store; another value means another or a restored store."""
    with db.read() as conn:
        found: str = conn.execute(_EPOCH).scalar_one()
        return found


def renew_epoch(db: Database) -> None:
    """Set a new epoch after a restore: revisions are lower than before, yet screens must accept them."""
    with db.write() as conn:
        conn.execute(update(store).values(epoch=secrets.token_hex(8)))
        bump(conn, EVERYTHING)


def bump(conn: Connection, *scopes: str) -> None:
    """Count one change of ``scopes``, visible when the transaction commits. Raises ValueError without a scope.

    Call it last in a transaction: PostgreSQL locks the row until the commit, and writers that lock it before their
    own rows could deadlock.
    """
    if not scopes:
        raise ValueError("a change of nothing")
    conn.execute(_BUMP)
    now = select(store.c.revision).scalar_subquery()
    for scope in scopes:
        # No other transaction runs between these two statements: it would need the lock taken above.
        if conn.execute(update(changes).where(changes.c.scope == scope).values(revision=now)).rowcount == 0:
            conn.execute(insert(changes).values(scope=scope, revision=now))
