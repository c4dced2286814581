"""Finds rows with unreadable values, to report them to people; called by server.store and cli.doctor.

server.store.database.decoding says which values are unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, select

from server.core.model import Announcement, Area, Board, Notice, Source, Story
from server.store import tables
from server.store.database.decoding import unreadable
from server.store.tables import columns_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy import ColumnElement

_CHECKED: tuple[tuple[Table, type[DataclassInstance], str], ...] = (
    (tables.areas, Area, "slug"),
    (tables.boards, Board, "slug"),
    (tables.sources, Source, "slug"),
    (tables.announcements, Announcement, "id"),
    (tables.notices, Notice, "id"),
    (tables.stories, Story, "id"),
)


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row with unreadable values in ``columns``, which lists of the desk and boards leave out.

    ``key`` is its slug or id; ``title`` is its title, headline or name, cut to 120 characters, "" if unreadable.
    """

    table: str
    key: str
    title: str
    columns: tuple[str, ...]


def everywhere(conn: Connection) -> Iterator[DamagedRow]:
    """The damaged rows of areas, boards, sources, announcements, notices and stories, each ordered by key.

    Reads every row of these tables, so only ``run.py doctor`` calls it.
    """
    for table, kind, key in _CHECKED:
        yield from of_table(conn, table, kind, key)


def of_table(
    conn: Connection, table: Table, kind: type[DataclassInstance], key: str, *where: ColumnElement[bool]
) -> Iterator[DamagedRow]:
    """The rows of ``table`` that match ``where`` and cannot be read as a ``kind``, ordered by the column ``key``."""
    wanted = select(*columns_of(table, kind)).where(*where).order_by(table.c[key])
    for row in conn.execute(wanted.execution_options(yield_per=500)):
        values = row._asdict()
        if damaged := unreadable(kind, values):
            title = values.get("title", values.get("headline", values.get("name", "")))
            yield DamagedRow(table.name, str(values[key]), title[:120] if isinstance(title, str) else "", damaged)
