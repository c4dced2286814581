"""Reads the first sheet of a workbook as rows of text; called by server.media.child only."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from feeds.errors import ParseError
from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS
from server.core.announcements.table_text import Rows, shaped

MOST_UNPACKED = 60 * 2**20
MOST_MEMBERS = 2_000
_DAMAGED = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, SyntaxError)


def rows(path: Path) -> Rows:
    """The rows that are not empty. Raises ParseError for a damaged file, no workbook, or too large a content."""
    try:
        _check_size(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        found = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)
        return shaped([[_cell_text(cell) for cell in row] for row in found])
    except (*_DAMAGED, IndexError) as error:
        raise ParseError(
            "Không đọc được bảng tính; hãy lưu lại thành .xlsx hoặc dán thẳng vào ô bảng.", "sheet"
        ) from error


def _check_size(path: Path) -> None:
    """Trusts the sizes in the archive's directory; if they are false, the process limits stop the unpacking."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
            raise ParseError("Bảng tính mở ra quá lớn.", "too-large")
        if "xl/workbook.xml" not in archive.namelist():
            raise ParseError("Tệp nén này không phải bảng tính .xlsx.", "type")


def _cell_text(cell: object) -> str:
    """Formats a cell as in Vietnam: dates dd/MM/yyyy, a comma before decimals."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "có" if cell else "không"
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%H:%M %d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10g}".replace(".", ",")
    return str(cell)
