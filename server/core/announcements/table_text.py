"""Tables as people paste or save them: TSV, CSV and their kin as rows of words; called by composer, media and CLI."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS

Rows = tuple[tuple[str, ...], ...]
LONGEST_CELL = 500


def rows_of(text: str) -> Rows:
    """The rows of a pasted or saved table: columns parted by tabs, else semicolons, commas or bars.

    Empty rows and columns are left out. Raises ValueError where it is larger than a board can show.
    """
    cleaned = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not cleaned.strip():
        return ()
    try:
        return shaped(list(csv.reader(io.StringIO(cleaned), delimiter=_delimiter(cleaned))))
    except csv.Error as error:
        raise ValueError("Không hiểu bảng: có lẽ thiếu một dấu ngoặc kép.") from error


def shaped(rows: Sequence[Sequence[str]]) -> Rows:
    """The same rows without empty rows and columns at the edges, cells with single blanks. Raises ValueError."""
    tidy = [[" ".join(cell.split())[:LONGEST_CELL] for cell in row] for row in rows]
    kept = [row for row in tidy if any(row)]
    width = max((at + 1 for row in kept for at, cell in enumerate(row) if cell), default=0)
    first = min((next(at for at, cell in enumerate(row) if cell) for row in kept), default=0)
    if len(kept) > MOST_ROWS or width - first > MOST_COLUMNS:
        raise ValueError(f"Bảng có quá {MOST_ROWS} dòng hoặc {MOST_COLUMNS} cột.")
    return tuple((*row[first:width], *[""] * (width - len(row))) for row in kept)


def decoded(body: bytes) -> str:
    """The text of a saved table: UTF-8, UTF-16 with its mark, else Windows-1258 as old spreadsheets write."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1258", "replace")


def as_text(rows: Rows) -> str:
    """The rows as a spreadsheet would paste them, for the form to show again."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue().rstrip("\n")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return next((mark for mark in "\t;,|" if mark in head), "\t")
