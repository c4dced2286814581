"""Changes rows so that each change can be taken back later; called by server.store.areas_merge.merging and plans.

A change is a JSON object: {table, key, column, before, after} for a value, {table, row, gone} for a row that was
deleted (gone: true) or inserted. Values are as the database stores them (JSON, text), not as core.model has them, so
a value comes back exactly, also an unreadable one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from server.store.tables import metadata
from server.store.tables.columns import Utc

# A value of a database column, or of a change that was read from JSON: any of the types that JSON has.
Value = Any
Change = dict[str, Any]


def stored_type(column: Column[Any]) -> TypeEngine[Any]:
    """The type in which the database has the column, without the conversion to values of core.model."""
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) and not isinstance(kind, Utc) else kind


def stored(column: Column[Any]) -> ColumnElement[Any]:
    """The column as an expression that is read as the database stores it."""
    return type_coerce(column, stored_type(column)).label(column.name)


class Recorder:
    """Writes values and rows in the transaction of ``conn`` and collects the ``changes``, oldest first."""

    def __init__(self, conn: Connection) -> None:
        self._conn, self.changes = conn, list[Change]()

    def rows(
        self, table: Table, *columns: Column[Any], where: ColumnElement[bool] | None = None
    ) -> list[list[Value]]:
        """The rows of a table in the order of their keys, each as [key as a list, *values of ``columns``]."""
        keys = list(table.primary_key)
        wanted = select(*keys, *(stored(column) for column in columns)).order_by(*keys)
        found = self._conn.execute(wanted if where is None else wanted.where(where)).all()
        return [[list(row[: len(keys)]), *row[len(keys) :]] for row in found]

    def set(self, column: Column[Any], key: list[Value], before: Value, after: Value) -> None:
        """Set one value, unless it is that already."""
        if before == after:
            return
        _set(self._conn, column, key, after)
        self.changes.append(
            {
                "table": column.table.name,
                "key": [_plain(part) for part in key],
                "column": column.name,
                "before": before,
                "after": after,
            }
        )

    def remove(self, table: Table, row: Mapping[str, Value]) -> None:
        """Delete the row with these values, which must be all of its columns."""
        self._conn.execute(delete(table).where(_is(table, [row[one.name] for one in table.primary_key])))
        self.changes.append({"table": table.name, "row": dict(row), "gone": True})

    def add(self, table: Table, row: Mapping[str, Value]) -> None:
        """Insert a row."""
        self._conn.execute(insert(table).values(dict(row)))
        self.changes.append({"table": table.name, "row": dict(row), "gone": False})


def take_back(conn: Connection, changes: Iterable[Change]) -> None:
    """Undo ``changes``, the newest first.

    A value that somebody has changed since then stays; of a list, what the change had added is removed and what it
    had removed is added, whatever else was changed in it.
    """
    for change in reversed(list(changes)):
        table = metadata.tables[change["table"]]
        if "row" in change:
            _row_back(conn, table, change["row"], gone=change["gone"])
        else:
            _value_back(conn, table.c[change["column"]], change)


def _value_back(conn: Connection, column: Column[Any], change: Change) -> None:
    key, before, after = [_instant(part) for part in change["key"]], change["before"], change["after"]
    current = conn.execute(select(stored(column)).where(_is(column.table, key))).one_or_none()
    if current is None:
        return
    if current[0] == after:
        _set(conn, column, key, before)
    elif all(isinstance(one, list) for one in (current[0], before, after)):
        _set(conn, column, key, list(_merged_back(current[0], before, after)))


def _merged_back(current: list[Value], before: list[Value], after: list[Value]) -> Iterator[Value]:
    yield from (one for one in current if one in before or one not in after)
    yield from (one for one in before if one not in after and one not in current)


def _row_back(conn: Connection, table: Table, row: Mapping[str, Value], *, gone: bool) -> None:
    key = [row[one.name] for one in table.primary_key]
    there = conn.execute(select(*table.c).where(_is(table, key))).one_or_none()
    if gone and there is None:
        conn.execute(insert(table).values(dict(row)))
    elif not gone and there is not None and dict(there._mapping) == dict(row):
        conn.execute(delete(table).where(_is(table, key)))


def _set(conn: Connection, column: Column[Any], key: list[Value], value: Value) -> None:
    bound = None if value is None else literal(value, stored_type(column))
    conn.execute(update(column.table).where(_is(column.table, key)).values({column.name: bound}))


def _is(table: Any, key: list[Value]) -> ColumnElement[bool]:
    return and_(*(column == part for column, part in zip(table.primary_key, key, strict=True)))


def _plain(part: Value) -> Value:
    return {"at": part.isoformat()} if isinstance(part, datetime) else part


def _instant(part: Value) -> Value:
    return datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part
