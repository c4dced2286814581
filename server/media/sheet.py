"""Reads a workbook (.xlsx) as a table with the texts that its author sees; called by server.media.child only.

    workbook (openpyxl) -> visible sheet (sheet_xml) -> texts (number_format) -> merged cells (sheet_grid) -> rows

Hidden sheets, rows and columns are left out. So are values that their number format or their colour hides, and texts
that are struck out.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lxml import etree
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS

from feeds.errors import ParseError
from server.core.announcements.table_text import FOR_ANNOUNCEMENTS, TableLimits, TextTable, named_cells, shaped
from server.media.format_code import UnknownFormatError
from server.media.number_format import plain_number, shown_number, shown_text
from server.media.sheet_grid import laid_out
from server.media.sheet_style import CellStyle, style_of
from server.media.sheet_xml import Cell, SheetContent, read_sheet, read_strings

MOST_UNPACKED = 60 * 2**20
MOST_MEMBERS = 2_000
# How many more rows than the table may have are read: titles above it, and rows that turn out to be empty.
_ABOVE = 100
# Parts of Word, PowerPoint and LibreOffice documents.
_DOCUMENTS = {"word/document.xml", "ppt/presentation.xml", "mimetype"}
_DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, SyntaxError, IndexError,
    etree.LxmlError, AttributeError,
)  # fmt: skip


def rows(path: Path, limits: TableLimits = FOR_ANNOUNCEMENTS) -> TextTable:
    """Returns the rows of the first visible sheet that has rows, and Vietnamese notes for the file's uploader.

    Raises ParseError if the file is damaged, is not a workbook, is too large, or has formulas without stored results
    or texts that are too long.
    """
    try:
        _check_size(path)
        with path.open("rb") as file:
            return _table(_Book(file, limits.rows + _ABOVE), limits)
    except _DAMAGED as error:
        raise ParseError(
            "Không đọc được bảng tính; hãy lưu lại thành .xlsx hoặc dán thẳng vào ô bảng.", "sheet"
        ) from error


def _check_size(path: Path) -> None:
    """Raises ParseError if the file is not a workbook, or if it would be too large when unpacked.

    The sizes are taken from the ZIP directory. If they are wrong, the limits of the child process stop the unpacking.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
            raise ParseError("Bảng tính mở ra quá lớn.", "too-large")
        names = set(archive.namelist())
        if names & _DOCUMENTS:
            raise ParseError(
                "Không nhận tệp Word, PowerPoint hay LibreOffice: "
                "hãy lưu thành PDF (bảng tính: thành .xlsx) rồi gửi.",
                "type",
            )
        if "xl/workbook.xml" not in names:
            raise ParseError("Tệp nén này không phải bảng tính .xlsx.", "type")


class _Book:
    """An open workbook: its visible sheets, shared strings and number formats."""

    def __init__(self, file: BinaryIO, most_rows: int) -> None:
        self._most_rows = most_rows
        # An open file is passed, because openpyxl refuses a path without the suffix ".xlsx", and uploads have none.
        self._reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        self._reader.read()
        self.since_1904 = self._reader.wb.epoch == CALENDAR_MAC_1904
        self._styles: dict[int, CellStyle] = {}
        self.has_hidden_sheets = False
        self._strings: list[str] = []
        for part in self._reader.package.Override:
            if part.ContentType == SHARED_STRINGS:
                with self._reader.archive.open(part.PartName[1:]) as strings:
                    self._strings = read_strings(strings)

    def visible_sheets(self) -> Iterator[tuple[str, SheetContent]]:
        """Yields (name, content) of each worksheet that is not hidden; chart sheets are left out."""
        for sheet, place in self._reader.parser.find_sheets():
            self.has_hidden_sheets |= sheet.state != "visible"
            if sheet.state == "visible" and place.Type.endswith("/worksheet"):
                with self._reader.archive.open(place.target) as file:
                    yield str(sheet.name), read_sheet(file, self._strings, self._most_rows)

    def style(self, number: int) -> CellStyle:
        """Returns the workbook's cell style with the index ``number``."""
        if number not in self._styles:
            cell = ReadOnlyCell(self._reader.wb.worksheets[0], 1, 1, None, "n", number)
            self._styles[number] = style_of(cell)
        return self._styles[number]


@dataclass(slots=True)
class _Findings:
    """The cells, by name such as "B7", that the person who uploaded the file must be told about.

    ``pending`` are cells with a formula but no stored result, ``errors`` show an error such as "#DIV/0!", ``unknown``
    have an unknown number format, ``long`` have too much text. ``struck`` are struck out, ``unseen`` are written in
    the colour of their background. ``longest`` is the most characters that a text may have.
    """

    longest: int
    pending: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    long: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def _table(book: _Book, limits: TableLimits) -> TextTable:
    used, others = None, []
    for name, content in book.visible_sheets():
        if used is None and content.rows:
            used = (name, content)
        elif content.rows:
            others.append(name)
    if used is None:
        raise ParseError("Bảng tính không có ô nào có chữ ở trang tính không bị ẩn.", "sheet-empty")
    name, content = used
    findings = _Findings(limits.cell)
    found, left_out = laid_out(content, lambda row, column, cell: _shown(book, content, row, column, cell, findings))
    _refuse(findings)
    notes = [
        *left_out,
        *_others(name, others),
        *_named("hiện lỗi của bảng tính", findings.errors),
        *_named("bị gạch bỏ, nên không đưa vào bảng", findings.struck),
        *_named("có chữ cùng màu với nền, nên không đưa vào bảng", findings.unseen),
        *_named("có định dạng số mà chương trình chưa biết, nên hiện số gốc", findings.unknown),
    ]
    concealed = others or findings.struck or findings.unseen or book.has_hidden_sheets or _hides(content)
    try:
        return TextTable(shaped(found, more=content.more, limits=limits), tuple(notes), is_whole=not concealed)
    except ValueError as error:
        raise ParseError(str(error), "table") from error


def _hides(content: SheetContent) -> bool:
    """True if the sheet has hidden rows, or cells in hidden columns."""
    return content.hidden_rows > 0 or any(content.hides(column) for row in content.rows for column in row.cells)


def _shown(book: _Book, content: SheetContent, row: int, column: int, cell: Cell, findings: _Findings) -> str:
    """Returns the text that the spreadsheet shows in a cell.

    Adds the cell to ``findings`` if the person who uploaded the file must be told about it.
    """
    name = f"{get_column_letter(column)}{row}"
    style = book.style(cell.style)
    if style.struck or (style.unseen and not content.recoloured):
        (findings.struck if style.struck else findings.unseen).append(name)
        return ""
    if cell.pending:
        findings.pending.append(name)
        return ""
    if cell.kind == "error":
        findings.errors.append(name)
        return cell.text
    if cell.kind == "truth":
        return "có" if cell.text == "1" else "không"
    code = style.format
    text = shown_text(cell.text, code) if cell.kind == "text" else _number(cell.text, code, book, name, findings)
    if len(text) > findings.longest:
        findings.long.append(name)
    return text


def _number(text: str, code: str, book: _Book, name: str, findings: _Findings) -> str:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"no number: {text}")
    try:
        return shown_number(value, code, since_1904=book.since_1904)
    except UnknownFormatError:
        findings.unknown.append(name)
        return plain_number(value)


def _refuse(findings: _Findings) -> None:
    """Raises ParseError if ``findings`` has a formula without a stored result, or a text that is too long."""
    if findings.pending:
        raise ParseError(
            f"{named_cells(findings.pending)} có công thức mà tệp không ghi kết quả; "
            "hãy mở bằng Excel hoặc LibreOffice, lưu lại rồi gửi.",
            "sheet-formula",
        )
    if findings.long:
        raise ParseError(f"{named_cells(findings.long)} dài quá {findings.longest} chữ cái.", "table")


def _others(name: str, others: list[str]) -> list[str]:
    quoted = ", ".join(f"«{one}»" for one in others[:5])
    more = f" và {len(others) - 5} trang tính khác" if len(others) > 5 else ""
    return [f"Chỉ lấy trang tính «{name}»; không lấy {quoted}{more}."] if others else []


def _named(what: str, cells: list[str]) -> list[str]:
    return [f"{named_cells(cells)} {what}."] if cells else []
