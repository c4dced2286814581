"""Reads cells, merged ranges and hidden rows and columns of a sheet in one pass; called by sheet and sheet_grid.

openpyxl can read the values alone in bounded memory; to read more, it keeps the whole workbook in memory. ECMA-376,
part 1, 18.3 defines the XML elements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import IO, Literal

from lxml import etree
from openpyxl.utils import column_index_from_string, range_boundaries

CellKind = Literal["number", "text", "truth", "error"]
MOST_KEPT_ROWS = 600
MOST_HIDDEN_ROWS = 4_000
MOST_MERGES = 10_000
LEAST_WIDTH = 0.3
"""A narrower column counts as hidden; the unit is the width of one character."""
LEAST_HEIGHT = 2.0
"""A lower row counts as hidden; in points (1/72 inch)."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character that XML does not allow, or a carriage return, as "_x000D_" (ECMA-376, part 1, 22.9.2.19)."""
_KINDS: dict[str, CellKind] = {"n": "number", "b": "truth", "e": "error"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty. ``text`` is its value as stored in the file, ``style`` the index of its style.

    ``pending``: it has a formula whose result is not stored in the file.
    """

    kind: CellKind
    text: str
    style: int
    pending: bool = False


@dataclass(slots=True)
class Row:
    """The cells of row ``number`` (from 1) by column (from 1)."""

    number: int
    hidden: bool
    cells: dict[int, Cell]


@dataclass(slots=True)
class SheetContent:
    """The content of a sheet. ``rows`` are the first ``most_rows`` visible rows that have cells.

    ``more`` is the number of further visible rows, ``hidden_rows`` the number of hidden rows. The first
    MOST_HIDDEN_ROWS hidden rows are in ``rows`` too, because a merged cell may begin there. ``merges`` are merged
    ranges as (first column, first row, last column, last row). ``hidden_columns`` and ``shown_columns`` are (first,
    last) ranges of columns that the file sets to hidden or shown; ``hidden_by_default`` tells whether all other
    columns are hidden. Numbers start at 1.
    ``recoloured``: a table style or a conditional format may give cells other colours than those of their style.
    """

    rows: list[Row] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    more: int = 0
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    shown_columns: list[tuple[int, int]] = field(default_factory=list)
    hidden_by_default: bool = False
    recoloured: bool = False

    def hides(self, column: int) -> bool:
        """Returns True if the column with this number is hidden."""
        if any(first <= column <= last for first, last in self.hidden_columns):
            return True
        shown = any(first <= column <= last for first, last in self.shown_columns)
        return self.hidden_by_default and not shown


def read_sheet(file: IO[bytes], strings: Sequence[str], most_rows: int = MOST_KEPT_ROWS) -> SheetContent:
    """Reads the XML of a sheet; ``strings`` are the workbook's shared strings, ``most_rows`` the rows to keep.

    Raises lxml.etree.XMLSyntaxError, ValueError or IndexError if the file is damaged.
    """
    content = SheetContent()
    parsed = etree.iterparse(
        file,
        events=("end",),
        tag=("{*}sheetFormatPr", "{*}col", "{*}row", "{*}mergeCell", "{*}tablePart", "{*}conditionalFormatting"),
        resolve_entities=False,
        no_network=True,
    )
    last_row = 0
    for _, element in parsed:
        name = etree.QName(element).localname
        if name == "row":
            last_row = int(element.get("r") or last_row + 1)
            _keep(content, element, last_row, strings, most_rows)
        elif name == "col":
            _column(content, element)
        elif name == "sheetFormatPr":
            content.hidden_by_default = _below(element.get("defaultColWidth"), LEAST_WIDTH)
        elif name in ("tablePart", "conditionalFormatting"):
            content.recoloured = True
        elif len(content.merges) < MOST_MERGES:
            content.merges.append(_boundaries(element.get("ref") or ""))
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    return content


def _keep(
    content: SheetContent, element: etree._Element, number: int, strings: Sequence[str], most_rows: int
) -> None:
    """Adds a row to ``content``, or only counts it if there are too many."""
    hidden = _hidden(element)
    if hidden and content.hidden_rows >= MOST_HIDDEN_ROWS:
        content.hidden_rows += any(len(cell) for cell in element)
    elif not hidden and len(content.rows) - min(content.hidden_rows, MOST_HIDDEN_ROWS) >= most_rows:
        content.more += any(len(cell) for cell in element)
    elif cells := _cells(element, strings):
        content.rows.append(Row(number, hidden, cells))
        content.hidden_rows += hidden


def _hidden(element: etree._Element) -> bool:
    return _true(element.get("hidden")) or _below(element.get("ht"), LEAST_HEIGHT)


def _column(content: SheetContent, element: etree._Element) -> None:
    span = (int(element.get("min") or 0), int(element.get("max") or 0))
    hidden = _true(element.get("hidden")) or _below(element.get("width"), LEAST_WIDTH)
    (content.hidden_columns if hidden else content.shown_columns).append(span)


def _cells(element: etree._Element, strings: Sequence[str]) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    column = 0
    for one in element.iterchildren("{*}c"):
        reference = (one.get("r") or "").rstrip("0123456789")
        column = column_index_from_string(reference) if reference else column + 1
        cell = _cell(one, strings)
        if cell is not None:
            cells[column] = cell
    return cells


def _cell(element: etree._Element, strings: Sequence[str]) -> Cell | None:
    """Reads the cell in an XML element ``c``; returns None if the cell is empty."""
    kind, style = element.get("t") or "n", int(element.get("s") or 0)
    value = element.findtext("{*}v") or ""
    if kind == "inlineStr":
        value = _text(inline) if (inline := element.find("{*}is")) is not None else ""
    elif kind == "s" and value:
        value = strings[int(value)]
    elif kind == "d" and value:  # a date in ISO 8601, as in "Strict Open XML" files
        day = datetime.fromisoformat(value)
        value = f"{day:%d/%m/%Y}" if day.time() == time() else f"{day:%H:%M %d/%m/%Y}"
    formula = element.find("{*}f") is not None
    if not value.strip():
        # A formula whose stored result is an empty text has the type "str"; without a result it has no type.
        return Cell("text", "", style, pending=True) if formula and kind != "str" else None
    return Cell(_KINDS.get(kind, "text"), value, style)


def read_strings(file: IO[bytes]) -> list[str]:
    """Reads the shared strings of a workbook, and leaves out the parts that are struck out.

    Raises lxml.etree.XMLSyntaxError if the file is damaged.
    """
    found = []
    for _, element in etree.iterparse(file, tag="{*}si", resolve_entities=False, no_network=True):
        found.append(_text(element))
        element.clear()
        while (parent := element.getparent()) is not None and element.getprevious() is not None:
            del parent[0]
    return found


def _text(element: etree._Element) -> str:
    """Returns the text of an XML element that contains a string, which may consist of runs.

    Phonetic (Japanese) text and runs that are struck out are left out.
    """
    texts = [*element.iterfind("{*}t")]
    for run in element.iterfind("{*}r"):
        strike = run.find("{*}rPr/{*}strike")
        if strike is None or strike.get("val") in ("0", "false"):
            texts += run.iterfind("{*}t")
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(text.text or "" for text in texts))


def _boundaries(reference: str) -> tuple[int, int, int, int]:
    """Returns (first column, first row, last column, last row) of a range such as "A1:C2". Raises ValueError."""
    first_column, first_row, last_column, last_row = range_boundaries(reference)
    if first_column is None or first_row is None or last_column is None or last_row is None:
        raise ValueError(f"no range of cells: {reference}")
    return first_column, first_row, last_column, last_row


def _true(value: str | None) -> bool:
    return value in ("1", "true")


def _below(value: str | None, least: float) -> bool:
    """Returns whether ``value``, the text of an attribute, is a number below ``least``; False if it is None."""
    return value is not None and float(value) < least
