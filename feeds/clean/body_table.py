"""Extracts the table from a body that is mainly a table (such as water levels); called by feeds.clean.refine."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.clean.plain_text import polish, text_of
from feeds.clean.visible import visible
from feeds.limits import MAX_FIELD

Rows = tuple[tuple[str, ...], ...]
_MAX_ROWS = 200
_MAX_COLUMNS = 20
_MAIN_SHARE = 0.5
_SECTIONS = {"thead": 0, "tfoot": 2}  # their order on the page, whatever it is in the markup


def table_of(markup: str) -> tuple[Rows, str]:
    """Returns (rows of the table that is the main content of ``markup``, markup without it), else ((), ``markup``).

    The rows are tuples of cell texts, the table's head first. All have the same length; hidden rows and cells are
    left out. The caption of the table stays in the markup. A table is the main content if its cells hold at least
    half of the text. A table with one row or one column, or with another table inside, is only layout and does not
    count.
    """
    if "<table" not in markup.lower():
        return (), markup
    tree = LexborHTMLParser(visible(markup[:MAX_FIELD]))
    tables = [node for node in tree.css("table") if not node.css("table table")]
    whole = len(text_of(markup))
    for node in tables:
        rows = _rows(node)
        held = sum(len(cell) for row in rows for cell in row)
        named = node.css_first("caption")
        caption = " ".join(named.text(deep=True).split()) if named is not None else ""
        if len(rows) >= 2 and len(rows[0]) >= 2 and held >= (whole - len(caption)) * _MAIN_SHARE:
            node.replace_with(caption)
            return rows, tree.body.html or "" if tree.body is not None else ""
    return (), markup


def _rows(table: LexborNode) -> Rows:
    """Returns the rows of cell texts.

    A cell with ``colspan`` is followed by empty cells; the text of a cell with ``rowspan`` is repeated in the rows
    below.
    """
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for line in sorted(table.css("tr")[:_MAX_ROWS], key=_section):
        row: list[str] = []
        for cell in line.css("th, td")[:_MAX_COLUMNS]:
            _fill(row, below)
            text = polish(text_of(cell.html or "")).replace("\n", " ")
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            if down > 1:
                below[len(row)] = (down - 1, text)
            row += [text, *[""] * (across - 1)]
        _fill(row, below)
        if any(row):
            rows.append(row[:_MAX_COLUMNS])
    width = max(map(len, rows), default=0)
    return tuple(tuple(row + [""] * (width - len(row))) for row in rows)


def _section(line: LexborNode) -> int:
    return _SECTIONS.get((line.parent.tag if line.parent is not None else None) or "", 1)


def _fill(row: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(row) in below:
        left, text = below.pop(len(row))
        if left > 1:
            below[len(row)] = (left - 1, text)
        row.append(text)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), _MAX_COLUMNS) if value.isascii() and value.isdigit() else 1
