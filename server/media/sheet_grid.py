"""Converts the visible cells of a sheet into rows without merged cells and with one header row; called by sheet.

The text of a cell that is merged over several rows is repeated in each of them, so that each row can be read on its
own. The text of a cell that is merged over several columns is put into the first of them. feeds.clean.body_table does
the same with tables of web pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from server.core.announcements.table_text import count_titles, title_notes
from server.media.sheet_xml import Cell, Row, SheetContent

Show = Callable[[int, int, Cell], str]
"""A function (row, column, cell) -> the text that the spreadsheet shows in the cell."""
_JOINED = " – "
_Numbered = TypeVar("_Numbered", "_Line", Row)


@dataclass(slots=True)
class _Line:
    """A visible row: its number in the sheet, and its texts by column."""

    number: int
    texts: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Merge:
    """A merged range of cells: its visible ``columns`` (at least one), its first and last row, and its text."""

    columns: tuple[int, ...]
    first_row: int
    last_row: int
    text: str

    def rows_of(self, rows: Sequence[_Numbered]) -> Sequence[_Numbered]:
        """Returns those of ``rows`` that the range covers; ``rows`` must be in the order of the sheet."""
        start = bisect_left(rows, self.first_row, key=lambda row: row.number)
        return rows[start : bisect_right(rows, self.last_row, key=lambda row: row.number)]


def laid_out(content: SheetContent, show: Show) -> tuple[list[list[str]], list[str]]:
    """Returns the rows of texts, all of the same length, header row first, and Vietnamese notes on what was left out.

    ``show`` returns the text of a cell. Titles above the header row are left out.
    """
    used = sorted({column for row in content.rows for column in row.cells})
    visible = [column for column in used if not content.hides(column)]
    rows_shown = [row for row in content.rows if not row.hidden]
    merges = _merges(content, rows_shown, max(used, default=0), show)
    lines = _lines(rows_shown, visible, merges, show)
    titles = count_titles([list(line.texts.values()) for line in lines])
    above = [[text for _, text in sorted(line.texts.items())] for line in lines[:titles]]
    lines = _with_one_head(lines[titles:], merges)
    kept = sorted({column for line in lines for column in line.texts})
    columns = [column for column in range(kept[0], kept[-1] + 1) if not content.hides(column)] if kept else []
    rows = [[line.texts.get(column, "") for column in columns] for line in lines]
    return rows, [*title_notes(above), *_hidden_notes(content, len(used) - len(visible))]


def _merges(content: SheetContent, rows: list[Row], last: int, show: Show) -> list[_Merge]:
    """Returns the merged ranges that cover at least one of the visible ``rows`` and a visible column.

    ``last`` is the last column that has a cell.
    """
    cells = {row.number: row.cells for row in content.rows}
    found = []
    for first_column, first_row, last_column, last_row in content.merges:
        columns = tuple(one for one in range(first_column, min(last_column, last) + 1) if not content.hides(one))
        anchor = cells.get(first_row, {}).get(first_column)
        if columns and _Merge(columns, first_row, last_row, "").rows_of(rows):
            text = show(first_row, first_column, anchor).strip() if anchor else ""
            found.append(_Merge(columns, first_row, last_row, text))
    return found


def _lines(rows: list[Row], columns: list[int], merges: list[_Merge], show: Show) -> list[_Line]:
    """Returns the visible rows that have any text of their own, with the texts of merged cells added.

    Where a merged cell covers others, the file may have values in those; they are left out, because the spreadsheet
    does not show them.
    """
    merged: dict[int, dict[int, str]] = {row.number: {} for row in rows}
    for merge in merges:
        for row in merge.rows_of(rows):
            merged[row.number].update(dict.fromkeys(merge.columns, ""))
        for row in merge.rows_of(rows)[:1]:
            merged[row.number][merge.columns[0]] = merge.text
    lines = []
    for row in rows:
        own = {at: show(row.number, at, row.cells[at]) for at in columns
               if at in row.cells and at not in merged[row.number]}  # fmt: skip
        texts = {at: text.strip() for at, text in (own | merged[row.number]).items() if text.strip()}
        lines += [_Line(row.number, texts)] if texts else []
    for merge in merges:
        for line in merge.rows_of(lines) if merge.text else ():
            line.texts[merge.columns[0]] = merge.text
    return lines


def _with_one_head(lines: list[_Line], merges: list[_Merge]) -> list[_Line]:
    """Returns the rows, with several header rows joined into one: "Thời gian" above "Từ" becomes "Thời gian – Từ"."""
    if not lines:
        return []
    across = [one for one in merges if one.first_row == one.last_row == lines[0].number and len(one.columns) > 1]
    depth = _head_depth(lines, merges, across) if across else 1
    if depth < 2 or len(lines) - depth < 1:
        return lines
    for merge in across:
        lines[0].texts.update(dict.fromkeys(merge.columns, merge.text))
    head: dict[int, list[str]] = {}
    for line in lines[:depth]:
        for column, text in line.texts.items():
            if text not in head.setdefault(column, []):
                head[column].append(text)
    joined = {column: _JOINED.join(texts) for column, texts in head.items()}
    return [_Line(lines[0].number, joined), *lines[depth:]]


def _head_depth(lines: list[_Line], merges: list[_Merge], across: list[_Merge]) -> int:
    """Returns the number of header rows.

    It is the number of rows that the tallest merged cell of the first row covers. If none covers several rows, it is
    2 if the second row has texts exactly below the cells that are merged over columns (``across``), otherwise 1.
    """
    first = lines[0].number
    depth = max((len(one.rows_of(lines)) for one in merges if one.first_row == first), default=1)
    if depth > 1 or len(lines) < 2:
        return depth
    below = {column for merge in across for column in merge.columns}
    return 2 if set(lines[1].texts) == below else 1


def _hidden_notes(content: SheetContent, columns: int) -> list[str]:
    counted = ((columns, "cột"), (content.hidden_rows, "dòng"))
    parts = [f"{count} {word} ẩn" for count, word in counted if count]
    return [f"Không đưa vào bảng {' và '.join(parts)} của bảng tính."] if parts else []
