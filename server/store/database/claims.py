"""Takes the next waiting row of a table for one worker; called by store.media.uploads and store.sources.trials.

Two workers that ask at the same moment get different rows: PostgreSQL skips rows that the other one has locked, and
SQLite lets only one transaction write at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import structlog
from sqlalchemy import Row, Select, Table, update

from server.store.database.decoding import UnreadableRow, as_value
from server.store.database.engine import Database

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

log = structlog.get_logger("store")
D = TypeVar("D", bound="DataclassInstance")


def claim_next(
    db: Database,
    dataclass: type[D],
    table: Table,
    waiting: Select[*tuple[object, ...]],
    taken: Mapping[str, object],
) -> D | None:
    """Take the first row that ``waiting`` selects; returns it as a ``dataclass``, or None if there is none.

    ``taken`` maps columns to the values that mark the row as taken, so that ``waiting`` no longer selects it. The
    returned value holds the row as it was before. A row with unreadable values is marked as taken, logged and
    skipped, so that it does not block the rows after it. Raises StoreError.
    """
    while (row := _take(db, table, waiting.limit(1), taken)) is not None:
        try:
            return as_value(dataclass, row)
        except UnreadableRow as error:
            log.error("row left out", table=table.name, key=row.key, error=str(error))
    return None


def _take(
    db: Database, table: Table, first: Select[*tuple[object, ...]], taken: Mapping[str, object]
) -> Row[*tuple[object, ...]] | None:
    with db.read() as conn:
        if conn.execute(first).one_or_none() is None:
            return None  # the usual case: no need to take the write lock
    with db.write() as conn:
        row = conn.execute(first.with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            conn.execute(update(table).where(table.c.key == row.key).values(taken))
        return row
