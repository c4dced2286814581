"""Writes tables as XLSX files in which no text is a formula; called by web.source_tables and areas.import_views.

openpyxl is loaded at the first file: with numpy it would take a tenth of the start of the desk's process.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response

from server.desk.web.context import desk

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767
_NARROWEST, _WIDEST = 10, 60
_MOMENT = "dd/mm/yyyy hh:mm:ss"


def xlsx_response(head: Sequence[str], rows: Iterable[Sequence[object]], filename: str, now: datetime) -> Response:
    """Returns a response with the table as an attachment; ``now`` is the time that the file names as its own.

    Cells are texts, numbers, None and aware times, which become local times. A text stays a text, also one that
    begins like a formula.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.properties.created = book.properties.modified = now.replace(tzinfo=None)
    book.properties.creator = "Bảng Tin"
    sheet = book.worksheets[0]
    sheet.title = "Bảng Tin"
    sheet.freeze_panes = "A2"
    widths = [len(name) for name in head]
    for number, values in enumerate([head, *rows], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            _fill(cell, value)
            if number == 1:
                cell.font = Font(bold=True)
            widths[column - 1] = max(widths[column - 1], len(str(cell.value or "")))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, _NARROWEST), _WIDEST)
    out = io.BytesIO()
    book.save(out)
    answer = Response(out.getvalue(), content_type=TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _fill(cell: Cell | MergedCell, value: object) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, datetime):
        cell.value = value.astimezone(desk.zone()).replace(tzinfo=None, microsecond=0)
        cell.number_format = _MOMENT
    elif isinstance(value, int | float):
        cell.value = value
    elif value is not None:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST_CELL]
        cell.data_type = "s"  # openpyxl takes a text that begins with "=" for a formula
