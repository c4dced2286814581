"""Rows of the seeded tables (areas, sources, boards): first what config says, then the desk; called by the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, func, insert, select, update

from server.store.tables import values_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def sync(
    conn: Connection, table: Table, wanted: Iterable[DataclassInstance], *, desk_owns: Collection[str] = ()
) -> bool:
    """Insert what is missing, update what differs, retire what is not wanted; True where anything was written.

    A column in ``desk_owns`` is set when a row is made and never again, and a row that is of the desk (made or
    changed there) is left as it is. Nothing is deleted, because stories, announcements and laps refer to it; what
    config names again comes back.
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
    if before["of_the_desk"]:
        return False
    differing = {name: value for name, value in row.items() if name not in desk_owns and before[name] != value}
    if differing:
        conn.execute(update(table).where(table.c.slug == row["slug"]).values(differing))
    return bool(differing)


def _retire(conn: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> bool:
    leaving = [row["slug"] for row in rows if not row["retired"] and not row["of_the_desk"]]
    if leaving:
        conn.execute(update(table).where(table.c.slug.in_(leaving)).values(retired=True))
    return bool(leaving)


def keep(conn: Connection, table: Table, value: DataclassInstance) -> None:
    """Insert or replace what the desk made or changed; from now on config leaves this row alone.

    What is new comes last in the order; what was retired is in use again.
    """
    row = values_of(value) | {"retired": False, "of_the_desk": True}
    mine = table.c.slug == row["slug"]
    if conn.execute(update(table).where(mine).values(row)).rowcount == 0:
        last = conn.execute(select(func.coalesce(func.max(table.c.position), -1))).scalar_one()
        conn.execute(insert(table).values(row | {"position": last + 1}))


def retire(conn: Connection, table: Table, slug: str) -> None:
    """Take out of use what the desk wants no more, also where config still names it."""
    conn.execute(update(table).where(table.c.slug == slug).values(retired=True, of_the_desk=True))
