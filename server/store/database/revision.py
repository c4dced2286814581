"""The store's revision, which counts changes that boards could show, and its epoch; called within server.store.

Every change names its scopes: the parts of the content that it concerns, such as the stories of one source. The epoch
is a random identifier of the store, renewed when a backup is restored. The server's director
(server.live.rotation.director) reads revision and epoch to learn what has changed.
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
_SERVING = "serving/"

_CURRENT = select(store.c.revision)
_EPOCH = select(store.c.epoch)
_BUMP = update(store).values(revision=store.c.revision + 1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What may have changed since a revision.

    ``boards``: rows of boards or panic mode have changed. ``sources`` are the slugs of sources whose stories have
    changed, ``areas`` those of areas whose announcements have changed, ``serving`` those of boards that begin or
    cease to show queue numbers or have another number of counters. ``everything``: all of these may have changed, and
    the areas and sources themselves. Notices are not listed, because the server reads all of them at every change.
    """

    everything: bool = False
    boards: bool = False
    sources: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    serving: frozenset[str] = frozenset()


def stories_scope(source: str) -> str:
    """The scope of changes of the stories of ``source``, a slug."""
    return _SOURCE + source


def announcements_scope(area: str) -> str:
    """The scope of changes of announcements addressed to ``area``, a slug."""
    return _AREA + area


def serving_scope(board: str) -> str:
    """The scope of changes that begin or end the queue numbers of ``board`` (a slug), or the number of its counters.

    Other new numbers do not change the revision.
    """
    return _SERVING + board


def current(db: Database) -> int:
    """The current revision. Reads one row by its key, so it may be called ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(_CURRENT).scalar_one()
        return found


def since(db: Database, seen: int) -> Changes:
    """Returns what has changed after the revision ``seen``.

    If ``seen`` is higher than the current revision, as after an older backup was restored, that is everything.
    """
    with db.read() as conn:
        if conn.execute(_CURRENT).scalar_one() < seen:
            return Changes(everything=True)
        found = set(conn.execute(select(changes.c.scope).where(changes.c.revision > seen)).scalars())
    return Changes(
        everything=EVERYTHING in found,
        boards=BOARDS in found,
        sources=frozenset(one.removeprefix(_SOURCE) for one in found if one.startswith(_SOURCE)),
        areas=frozenset(one.removeprefix(_AREA) for one in found if one.startswith(_AREA)),
        serving=frozenset(one.removeprefix(_SERVING) for one in found if one.startswith(_SERVING)),
    )


def epoch(db: Database) -> str:
    """The epoch: 16 random hex digits, made when the store is created and again when a backup is restored."""
    with db.read() as conn:
        found: str = conn.execute(_EPOCH).scalar_one()
        return found


def renew_epoch(db: Database) -> None:
    """Set a new epoch after a restore, so that screens accept revisions that are lower than before."""
    with db.write() as conn:
        conn.execute(update(store).values(epoch=secrets.token_hex(8)))
        bump(conn, EVERYTHING)


def bump(conn: Connection, *scopes: str) -> None:
    """Increase the revision by one and store it for each of ``scopes``. Raises ValueError if there are none.

    Call it last in a transaction: PostgreSQL locks the row of ``store`` until the commit, and transactions that lock
    it before their own rows could deadlock.
    """
    if not scopes:
        raise ValueError("a change of nothing")
    conn.execute(_BUMP)
    now = select(store.c.revision).scalar_subquery()
    for scope in scopes:
        # No other transaction runs between these two statements: it would need the lock taken above.
        if conn.execute(update(changes).where(changes.c.scope == scope).values(revision=now)).rowcount == 0:
            conn.execute(insert(changes).values(scope=scope, revision=now))
