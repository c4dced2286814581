"""Tables as CSV files that spreadsheets open safely; called by the audit log and by the proof of airing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

# Spreadsheets take a cell that begins with one of these for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not read the file as UTF-8


def csv_response(head: Sequence[str], rows: Iterable[Sequence[object]], filename: str) -> Response:
    """The table as an attachment, sent row by row as ``rows`` yields them.

    An error that ``rows`` raises after the first row cuts the file short; give a list to answer with an error page.
    """
    answer = Response(stream_with_context(_lines(head, rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def csv_line(cells: Iterable[object]) -> str:
    """One line with its line end; an apostrophe before a text that a spreadsheet would run as a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([_text_only(cell) for cell in cells])
    return line.getvalue()


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _BYTE_ORDER_MARK + csv_line(head)
    for row in rows:
        yield csv_line(row)


def _text_only(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
