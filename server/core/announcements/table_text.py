"""Reads pasted or saved tables (TSV, CSV and similar) as rows of cells; called by desk, media and the CLI."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS
from server.core.text_input import cleaned

Rows = tuple[tuple[str, ...], ...]
LONGEST_CELL = 500
# The first row of a CSV file may be "sep=;", which names the separator. Spreadsheets use this row and do not show it.
_SEPARATOR_ROW = re.compile(r'\A\ufeff?"?sep=([^\n"])"?[ \t]*(?:\n|\Z)', re.IGNORECASE)
# A formula whose result is its own text: programs write ="0912" so that spreadsheets keep the zero.
_QUOTED = re.compile(r'\A\s*="([^"]*)"\s*\Z')
_SEPARATORS = ("\t", ";", ",", "|")
# The national name and motto at the top of every Vietnamese official document.
_LETTERHEAD = re.compile(r"cộng h[òo]+[àa]? xã hội|độc lập\s*[-–]\s*tự do", re.IGNORECASE)
_LETTERHEAD_ROWS = 8
_NAMED = 5
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class TableLimits:
    """The most rows and columns of a table, and the most characters of a cell; the defaults are for announcements."""

    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS
    cell: int = LONGEST_CELL


FOR_ANNOUNCEMENTS = TableLimits()


@dataclass(frozen=True, slots=True)
class TextTable:
    """The rows of a table, header row first; ``notes`` say in Vietnamese what was left out or is uncertain.

    ``is_whole`` is False if the file has cells that its author does not show, or further sheets.
    """

    rows: Rows
    notes: tuple[str, ...] = ()
    is_whole: bool = True


def rows_of(text: str) -> Rows:
    """The rows of a pasted or saved table, made rectangular by `shaped`.

    Columns are separated by tabs, semicolons, commas or vertical bars. Raises ValueError with a Vietnamese message if
    the table is too large or has an unclosed quote.
    """
    return shaped(_parsed(text))


def table_of(text: str, limits: TableLimits = FOR_ANNOUNCEMENTS) -> TextTable:
    """The table of a saved file: like `rows_of`, but a title above the header row goes into a note instead."""
    parsed = [row for row in _parsed(text) if any(cell.strip() for cell in row)]
    titles = count_titles(parsed)
    return TextTable(shaped(parsed[titles:], limits=limits), title_notes(parsed[:titles]))


def shaped(rows: Sequence[Sequence[str]], *, more: int = 0, limits: TableLimits = FOR_ANNOUNCEMENTS) -> Rows:
    """The rows as a rectangle, without empty rows and empty outer columns, white space in cells collapsed.

    ``more`` is a number of further rows that the caller left out of ``rows``; they count towards the limit. Raises
    ValueError with a Vietnamese message for more rows or columns than ``limits`` allow, and for too long a cell.
    """
    tidy = [[" ".join(cleaned(cell).split()) for cell in row] for row in rows]
    kept = [row for row in tidy if any(row)]
    width = max((at + 1 for row in kept for at, cell in enumerate(row) if cell), default=0)
    first = min((next(at for at, cell in enumerate(row) if cell) for row in kept), default=0)
    if len(kept) + more > limits.rows:
        raise ValueError(f"Bảng có quá nhiều dòng: {len(kept) + more}; nhận nhiều nhất {limits.rows} dòng.")
    if width - first > limits.columns:
        raise ValueError(f"Bảng có quá nhiều cột: {width - first}; nhận nhiều nhất {limits.columns} cột.")
    for at, row in enumerate(kept, start=1):
        longest = max(row, key=len)
        if len(longest) > limits.cell:
            raise ValueError(
                f"Ô «{longest[:40].rsplit(' ', 1)[0]}…» ở dòng {at} của bảng dài {len(longest)} chữ cái; "
                f"mỗi ô dài nhiều nhất {limits.cell} chữ cái."
            )
    return tuple((*row[first:width], *[""] * (width - len(row))) for row in kept)


def count_titles(rows: Sequence[Sequence[str]]) -> int:
    """The number of first rows that are a title or a letterhead above the header row of the table.

    Counted are all rows down to the letterhead, if there is one, and the next rows as long as they have at most one
    filled cell. The result is 0 if the table has a single column, or if fewer than two rows would remain.
    """
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    if max((len(row) for row in filled), default=0) < 2:
        return 0
    marked = [at for at, row in enumerate(filled[:_LETTERHEAD_ROWS]) if any(map(_LETTERHEAD.search, row))]
    first = marked[-1] + 1 if marked else 0
    while first < len(filled) and len(filled[first]) < 2:
        first += 1
    return first if len(filled) - first >= 2 else 0


def title_notes(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Returns one Vietnamese note that quotes ``rows``, the title rows that were left out of the table.

    Empty if ``rows`` have no text.
    """
    words = " ".join(" ".join(cleaned(cell).split()) for row in rows for cell in row if cell.strip())
    if not words:
        return ()
    quote = words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"
    return (f"Không đưa vào bảng phần «{quote}» ở trên dòng tên cột; nếu cần, hãy ghi nó ở ô Tiêu đề.",)


def named_cells(names: Sequence[str]) -> str:
    """The names of cells for a Vietnamese sentence, at most `_NAMED` of them, such as "Ô B5, C7 và 3 ô khác"."""
    more = f" và {len(names) - _NAMED} ô khác" if len(names) > _NAMED else ""
    return f"Ô {', '.join(names[:_NAMED])}{more}"


def as_text(rows: Rows) -> str:
    """The rows as tab-separated text for a form field, in the format in which a spreadsheet pastes them."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue().rstrip("\n")


def _parsed(text: str) -> list[list[str]]:
    """Returns all rows of the text, split at the separator that a "sep=" row names.

    Without this row, the separator is the one with which most rows have the same number of columns.
    """
    clean = cleaned(text).lstrip("\ufeff").strip("\n")
    if not clean.strip():
        return []
    named = _SEPARATOR_ROW.match(clean)
    if named:
        return _split(clean[named.end() :], named[1])
    found, failed = [], None
    for mark in _SEPARATORS:
        try:
            found.append(_split(clean, mark))
        except ValueError as error:
            failed = failed or error
    best = max(found, key=_agreement, default=[])
    if failed and _agreement(best) == 0:
        raise failed
    return _with_prose_joined(best)


def _agreement(rows: list[list[str]]) -> int:
    """The number of rows that have the most frequent number of columns; rows of one column are not considered."""
    return _most_frequent(rows)[1]


def _most_frequent(rows: list[list[str]]) -> tuple[int, int]:
    """The most frequent number of columns above one, and how many rows have it; (0, 0) if no row has two columns."""
    return max(Counter(len(row) for row in rows if len(row) > 1).items(), key=lambda item: item[1], default=(0, 0))


def _with_prose_joined(rows: list[list[str]]) -> list[list[str]]:
    """The rows, with the first one joined into a single cell if it is a sentence that contains separators.

    The first row counts as a sentence if it has fewer columns than most rows and a space after each separator.
    """
    columns, many = _most_frequent(rows)
    head = rows[0] if rows else []
    if many > 1 and 1 < len(head) < columns and all(cell.startswith(" ") for cell in head[1:]):
        return [[", ".join(cell.strip() for cell in head)], *rows[1:]]
    return rows


def _split(text: str, separator: str) -> list[list[str]]:
    """The rows of cells of ``text``. If it is not valid CSV, quotation marks are read as ordinary characters.

    Raises ValueError if the rows then differ in their number of columns.
    """
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
        return [[_QUOTED.sub(r"\1", cell) for cell in row] for row in rows]
    except csv.Error:
        rows = [line.split(separator) for line in text.split("\n")]
    if len({len(row) for row in rows if any(row)}) > 1:
        raise ValueError("Không hiểu bảng: có lẽ thiếu một dấu ngoặc kép.")
    return rows
