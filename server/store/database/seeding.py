"""Writes areas, sources and boards from config.toml or from the desk; called by store.sources and store.boards."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from server.store.tables import values_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PLACE = ("point", "outline", "codes", "telephone", "former_names")
"""The columns of an area that the desk may set alone (store.areas), without the rest of the row."""


def sync(
    conn: Connection, table: Table, wanted: Iterable[DataclassInstance], *, desk_owns: Collection[str] = ()
) -> bool:
    """Make a table match ``wanted``, the items of config: insert, update and retire rows; True if anything changed.

    Columns in ``desk_owns`` are set on insert only, and rows made or changed at the desk are not touched; nor are the
    columns `PLACE` of an area that was placed at the desk. Rows that config no longer names are retired, not deleted,
    because stories, announcements and laps refer to them. A retired row that config names again is in use again.
    """
    held = {row.slug: row._asdict() for row in conn.execute(select(table))}
    changed = False
    for position, item in enumerate(wanted):
        row = values_of(item) | {"position": position, "retired": False}
        before = held.pop(row["slug"], None)
        changed |= _insert(conn, table, row) if before is None else _update(conn, table, before, row, desk_owns)
    return _retire(conn, table, held.values()) or changed


def differs(
    conn: Connection, table: Table, wanted: Iterable[DataclassInstance], *, desk_owns: Collection[str] = ()
) -> bool:
    """Whether ``sync`` with the same arguments would change anything. Only reads, so it needs no write lock."""
    held = {row.slug: row._asdict() for row in conn.execute(select(table))}
    for position, item in enumerate(wanted):
        row = values_of(item) | {"position": position, "retired": False}
        before = held.pop(row["slug"], None)
        if before is None or (not before["of_the_desk"] and _differing(before, row, desk_owns)):
            return True
    return any(not row["retired"] and not row["of_the_desk"] for row in held.values())


def _differing(before: dict[str, object], row: dict[str, object], desk_owns: Collection[str]) -> dict[str, object]:
    owned = {*desk_owns, *(PLACE if before.get("placed_at_desk") else ())}
    return {name: value for name, value in row.items() if name not in owned and before[name] != value}


def _insert(conn: Connection, table: Table, row: dict[str, object]) -> bool:
    conn.execute(insert(table).values(row))
    return True


def _update(
    conn: Connection, table: Table, before: dict[str, object], row: dict[str, object], desk_owns: Collection[str]
) -> bool:
    if before["of_the_desk"]:
        return False
    differing = _differing(before, row, desk_owns)
    if differing:
        conn.execute(update(table).where(table.c.slug == row["slug"]).values(differing))
    return bool(differing)


def _retire(conn: Connection, table: Table, rows: Iterable[dict[str, object]]) -> bool:
    leaving = [row["slug"] for row in rows if not row["retired"] and not row["of_the_desk"]]
    if leaving:
        conn.execute(update(table).where(table.c.slug.in_(leaving)).values(retired=True))
    return bool(leaving)


def save_from_desk(conn: Connection, table: Table, *values: DataclassInstance) -> None:
    """Insert or replace rows made or changed at the desk, which ``sync`` does not change afterwards.

    New rows come last in the order; retired ones are in use again. However many ``values`` there are, four statements
    are sent at most: an import of 5,000 areas, one by one, kept other writers out for many seconds.
    """
    rows = [values_of(value) | {"retired": False, "of_the_desk": True} for value in values]
    meant = select(table.c.slug).where(table.c.slug.in_([row["slug"] for row in rows]))
    there = set(conn.execute(meant).scalars())
    held = [row | {"_slug": row["slug"]} for row in rows if row["slug"] in there]
    if held:
        conn.execute(update(table).where(table.c.slug == bindparam("_slug")), held)
    new = [row for row in rows if row["slug"] not in there]
    if new:
        last = conn.execute(select(func.coalesce(func.max(table.c.position), -1))).scalar_one()
        conn.execute(insert(table), [row | {"position": at} for at, row in enumerate(new, start=last + 1)])


def retire_from_desk(conn: Connection, table: Table, slug: str) -> None:
    """Retire a row at the desk; it stays retired even if config still names it."""
    conn.execute(update(table).where(table.c.slug == slug).values(retired=True, of_the_desk=True))
