"""Stores which items came from other servers, and as what they are stored here.

Called by worker.levels, content and desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Row, delete, insert, select

from server.core.levels.items import ItemKind
from server.core.levels.sharing import KnownItem
from server.store.database import revision
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import columns_of, server_items, stories, values_of

_ALL = select(*columns_of(server_items, KnownItem))


def known(db: Database, origins: Collection[str]) -> Mapping[str, KnownItem]:
    """The items with these origins that were ever taken, by origin."""
    found: dict[str, KnownItem] = {}
    with db.read() as conn:
        for some in chunks(sorted(origins)):
            found |= _by_origin(conn.execute(_ALL.where(server_items.c.origin.in_(some))).all())
    return found


def of_source(db: Database, source: str) -> Mapping[str, KnownItem]:
    """The items that the source brought and has not taken away, by origin."""
    mine = _ALL.where(server_items.c.source == source, server_items.c.gone.is_(False))
    with db.read() as conn:
        return _by_origin(conn.execute(mine).all())


def of_local(db: Database, kinds: Collection[ItemKind], ids: Collection[int]) -> Mapping[int, KnownItem]:
    """The item of one of ``kinds`` for each local id of ``ids``; ids of items that were made here are missing.

    No two items of these kinds have the same local id: one that replaces another has an id of its own.
    """
    found: dict[int, KnownItem] = {}
    with db.read() as conn:
        for some in chunks(sorted(ids)):
            rows = conn.execute(_ALL.where(server_items.c.kind.in_(kinds), server_items.c.local.in_(some))).all()
            found |= {one.local: one for one in as_values(KnownItem, rows)}
    return found


def imposed(db: Database) -> Mapping[tuple[ItemKind, int], str]:
    """(kind, local id) -> slug of the area above, of all items that came from an area above and are not gone."""
    wanted = _ALL.where(server_items.c.imposed != "", server_items.c.gone.is_(False), server_items.c.local != 0)
    with db.read() as conn:
        return {(one.kind, one.local): one.imposed for one in as_values(KnownItem, conn.execute(wanted))}


def put(db: Database, *found: KnownItem) -> None:
    """Store items, in place of those with the same origin; feeds for other servers and shares of a lap change."""
    if not found:
        return
    with db.write() as conn:
        conn.execute(delete(server_items).where(server_items.c.origin.in_([one.origin for one in found])))
        conn.execute(insert(server_items), [values_of(one) for one in found])
        revision.bump(conn, *sorted({_scope(one) for one in found}))


def _scope(one: KnownItem) -> str:
    if one.kind == "story":
        return revision.stories_scope(one.source)
    return revision.NOTICES if one.kind == "notice" else revision.announcements_scope(one.area)


def with_stories(db: Database, source: str, found: Collection[KnownItem]) -> tuple[KnownItem, ...]:
    """``found`` with the ids of the stories of ``source`` that have these origins as identities."""
    ids: dict[str, int] = {}
    with db.read() as conn:
        for some in chunks(sorted(one.origin for one in found)):
            wanted = select(stories.c.identity, stories.c.id)
            rows = conn.execute(wanted.where(stories.c.source == source, stories.c.identity.in_(some)))
            ids.update({str(identity): int(id) for identity, id in rows})
    return tuple(replace(one, local=ids.get(one.origin, 0)) for one in found)


def _by_origin(rows: Collection[Row[*tuple[object, ...]]]) -> dict[str, KnownItem]:
    return {one.origin: one for one in as_values(KnownItem, rows)}
