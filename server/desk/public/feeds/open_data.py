"""Makes the tables of open data: what public boards show, and how many of their screens work; called by data_views.

A row is a tuple with its values in the order of `COLUMNS`. In CSV, a list of slugs is one cell, separated by spaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from server.content.public_feeds.feed_item import FeedHead, FeedItem, instant
from server.core.areas import AreaTree
from server.core.model import Announcement, Board
from server.core.screens.screens import Link, Screen
from server.desk.web.csv_export import csv_line

TableName = Literal["items", "postings", "screens"]
Value = str | int | list[str] | None
MOST_ROWS = 5000
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not read the file as UTF-8
COLUMNS: Mapping[TableName, tuple[str, ...]] = {
    "items": (
        "id", "kind", "label", "title", "issuer", "area", "published", "updated", "until", "url", "original",
        "boards", "summary",
    ),
    "postings": ("id", "title", "issuer", "area", "since", "until", "every_minutes", "url", "boards"),
    "screens": ("board", "name", "area", "screens", "alive", "at"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table of open data: its name, and its rows with their values in the order of `COLUMNS`."""

    name: TableName
    rows: tuple[tuple[Value, ...], ...]


def items(found: Sequence[FeedItem], head: FeedHead) -> OpenTable:
    """Returns the table of everything that public boards show, newest first, at most `MOST_ROWS` rows."""
    return OpenTable("items", tuple(_item(item, head) for item in found[:MOST_ROWS]))


def _item(item: FeedItem, head: FeedHead) -> tuple[Value, ...]:
    return (
        item.key, item.kind, item.label, item.title, item.issuer, item.area, instant(item.published, head.zone),
        instant(item.updated, head.zone), _optional(item.until, head.zone), head.absolute(item.path), item.origin,
        sorted(item.boards), item.summary,
    )  # fmt: skip


def postings(found: Iterable[FeedItem], head: FeedHead) -> OpenTable:
    """Returns the table of the statutory postings among ``found``, at most `MOST_ROWS` rows.

    A statutory posting is an announcement that the law requires to be shown repeatedly for some days.
    """
    rows = (_posting(item, item.source, head) for item in found if isinstance(item.source, Announcement))
    return OpenTable("postings", tuple(row for row in rows if row is not None)[:MOST_ROWS])


def _posting(item: FeedItem, one: Announcement, head: FeedHead) -> tuple[Value, ...] | None:
    if one.longest_gap is None:
        return None
    return (
        item.key, item.title, item.issuer, item.area, instant(item.published, head.zone),
        _optional(item.until, head.zone), round(one.longest_gap.total_seconds() / 60), head.absolute(item.path),
        sorted(item.boards),
    )  # fmt: skip


def screens(
    boards: Sequence[Board], tree: AreaTree, paired: Iterable[Screen], links: Mapping[int, Link], head: FeedHead
) -> OpenTable:
    """Returns the table with the number of screens of each public board, and how many of them are connected now.

    It contains nothing that identifies a single screen.
    """
    count: dict[str, int] = {}
    alive: dict[str, int] = {}
    for screen in paired:
        link = links.get(screen.id)
        count[screen.board] = count.get(screen.board, 0) + 1
        alive[screen.board] = alive.get(screen.board, 0) + (link is not None and link.live(head.now))
    at = instant(head.now.replace(second=0), head.zone)
    return OpenTable(
        "screens",
        tuple(
            (board.slug, board.name, board.area, count.get(board.slug, 0), alive.get(board.slug, 0), at)
            for board in boards[:MOST_ROWS]
            if board.area in tree
        ),
    )


def as_csv(table: OpenTable, most_bytes: int) -> bytes:
    """Returns the table as CSV (RFC 4180) in UTF-8 with a byte order mark.

    Rows at the end that would make it longer than ``most_bytes`` are left out.
    """
    lines = [_BYTE_ORDER_MARK + csv_line(COLUMNS[table.name])]
    length = len(lines[0].encode())
    for row in table.rows:
        line = csv_line(" ".join(value) if isinstance(value, list) else value for value in row)
        length += len(line.encode())
        if length > most_bytes:
            break
        lines.append(line)
    return "".join(lines).encode()


def as_json(table: OpenTable, licence: str, most_bytes: int) -> bytes:
    """Returns the table as a JSON object with its licence and its rows as a list of objects.

    Rows at the end that would make it longer than ``most_bytes`` are left out.
    """
    rows, length = [], 200
    for row in table.rows:
        made = json.dumps(dict(zip(COLUMNS[table.name], row, strict=True)), ensure_ascii=False)
        length += len(made.encode()) + 2
        if length > most_bytes:
            break
        rows.append(made)
    head = json.dumps(licence, ensure_ascii=False)
    return f'{{"licence": {head}, "{table.name}": [{", ".join(rows)}]}}\n'.encode()


def _optional(at: datetime | None, zone: ZoneInfo) -> str | None:
    return instant(at, zone) if at else None
