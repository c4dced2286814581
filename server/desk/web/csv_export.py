"""Writes tables as CSV files that spreadsheets open safely; called by the pages of audit log and proof of play."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context
from flask_babel import get_locale

# Spreadsheets take a cell that begins with one of these for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not read the file as UTF-8


def csv_response(head: Sequence[str], rows: Iterable[Sequence[object]], filename: str) -> Response:
    """Returns a response with the table as a CSV attachment, sent row by row as ``rows`` yields them.

    If ``rows`` raises an error after the first row, the browser gets an incomplete file. Pass a list if an error must
    be raised before the response begins.
    """
    answer = Response(stream_with_context(_lines(head, rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def csv_line(cells: Iterable[object], delimiter: str = ",") -> str:
    """Returns the cells as one CSV line with its line end.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow([_text_only(cell) for cell in cells])
    return line.getvalue()


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    delimiter = _delimiter()
    yield _BYTE_ORDER_MARK + csv_line(head, delimiter)
    for row in rows:
        yield csv_line(row, delimiter)


def _delimiter() -> str:
    """Returns the character between cells that Excel expects in the current user's language.

    It is a semicolon if the decimal sign is a comma, as in Vietnamese: Excel would otherwise show a row as one cell.
    """
    locale = get_locale()
    return ";" if locale is None or locale.number_symbols["latn"]["decimal"] == "," else ","


def _text_only(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
