"""Reads pasted or saved tables (TSV, CSV and similar) as rows of cells; called by the composer, media and the CLI."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS

Rows = tuple[tuple[str, ...], ...]
LONGEST_CELL = 500


def rows_of(text: str) -> Rows:
    """The rows of a pasted or saved table. Columns are separated by tabs, else semicolons, commas or bars.

    Rows are cleaned as by `shaped`. Raises ValueError if the table is too large or has an unclosed quote.
    """
    cleaned = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not cleaned.strip():
        return ()
    try:
        return shaped(list(csv.reader(io.StringIO(cleaned), delimiter=_delimiter(cleaned))))
    except csv.Error as error:
        raise ValueError("Không hiểu bảng: có lẽ thiếu một dấu ngoặc kép.") from error


def shaped(rows: Sequence[Sequence[str]]) -> Rows:
    """The rows as a rectangle, without empty rows and empty outer columns, white space in cells collapsed.

    Raises ValueError for more than `MOST_ROWS` rows or `MOST_COLUMNS` columns.
    """
    tidy = [[" ".join(cell.split())[:LONGEST_CELL] for cell in row] for row in rows]
    kept = [row for row in tidy if any(row)]
    width = max((at + 1 for row in kept for at, cell in enumerate(row) if cell), default=0)
    first = min((next(at for at, cell in enumerate(row) if cell) for row in kept), default=0)
    if len(kept) > MOST_ROWS or width - first > MOST_COLUMNS:
        raise ValueError(f"Bảng có quá {MOST_ROWS} dòng hoặc {MOST_COLUMNS} cột.")
    return tuple((*row[first:width], *[""] * (width - len(row))) for row in kept)


def decoded(body: bytes) -> str:
    """The text of a saved table: UTF-8, UTF-16 with a byte order mark, else Windows-1258 of old spreadsheets."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1258", "replace")


def as_text(rows: Rows) -> str:
    """The rows as tab-separated text, as a spreadsheet pastes them; for the form."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue().rstrip("\n")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return next((mark for mark in "\t;,|" if mark in head), "\t")
