"""Makes the rows of a seeded table (areas, sources, boards) what config says; called by sources.seed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, insert, select, update

from server.store.tables import values_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def sync(
    conn: Connection, table: Table, wanted: Iterable[DataclassInstance], *, desk_owns: Collection[str] = ()
) -> bool:
    """Insert what is missing, update what differs, retire what is not wanted; True where anything was written.

    A column in ``desk_owns`` is set when a row is made and never again. Nothing is deleted, because stories,
    announcements and laps refer to it; what config names again comes back.
    """
    held = {row.slug: row._asdict() for row in conn.execute(select(table))}
    changed = False
    for position, item in enumerate(wanted):
        row = values_of(item) | {"position": position, "retired": False}
        before = held.pop(row["slug"], None)
        changed |= _insert(conn, table, row) if before is None else _update(conn, table, before, row, desk_owns)
    return _retire(conn, table, held.values()) or changed


def _insert(conn: Connection, table: Table, row: dict[str, Any]) -> bool:
    conn.execute(insert(table).values(row))
    return True


def _update(
    conn: Connection, table: Table, before: dict[str, Any], row: dict[str, Any], desk_owns: Collection[str]
) -> bool:
    differing = {name: value for name, value in row.items() if name not in desk_owns and before[name] != value}
    if differing:
        conn.execute(update(table).where(table.c.slug == row["slug"]).values(differing))
    return bool(differing)


def _retire(conn: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> bool:
    leaving = [row["slug"] for row in rows if not row["retired"]]
    if leaving:
        conn.execute(update(table).where(table.c.slug.in_(leaving)).values(retired=True))
    return bool(leaving)
