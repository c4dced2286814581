"""A workbook becomes the table that its author sees: what is hidden stays hidden, what is uncertain is reported."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS
from server.media.importer import ImportedFile, file_sandbox, import_file
from tests.media import made

ROWS = (
    ("Hộ", "Số định danh", "Mức hỗ trợ", "Ghi chú"),
    ("Bà Lan", "038000000011", 600, "a"),
    ("Ông Minh", "038000000012", 800, "b"),
    ("Bà Thu", "038000000013", 950, "c"),
)


@pytest.fixture(scope="module")
def child() -> Iterator[SandboxProcess]:
    one = file_sandbox()
    yield one
    one.close()


@pytest.fixture
def read(tmp_path: Path, child: SandboxProcess) -> Callable[..., ImportedFile]:
    """A function that imports a workbook with ROWS, or other rows, after ``change`` has edited its first sheet."""

    def imported(change: Callable[[Worksheet], object], rows: object = ROWS) -> ImportedFile:
        assert isinstance(rows, (tuple, list))
        path = made.workbook(tmp_path / "bang.xlsx", rows, change)
        return import_file(path, folder=tmp_path, sandbox=child)

    return imported


Read = Callable[..., ImportedFile]


def seen(imported: ImportedFile) -> str:
    return repr(imported.table)


def hide_column(page: Worksheet) -> None:
    page.column_dimensions["B"].hidden = True


def no_width(page: Worksheet) -> None:
    page.column_dimensions["B"].width = 0.1


def collapsed(page: Worksheet) -> None:
    page.column_dimensions.group("B", "B", hidden=True)


@pytest.mark.parametrize("hide", [hide_column, no_width, collapsed])
def test_hidden_columns_stay_hidden(read: Read, hide: Callable[[Worksheet], object]) -> None:
    found = read(hide)
    assert found.table[:2] == (("Hộ", "Mức hỗ trợ", "Ghi chú"), ("Bà Lan", "600", "a"))
    assert "038" not in seen(found)
    assert "1 cột ẩn" in found.notes[0]


def test_several_columns_of_one_group_stay_hidden(read: Read) -> None:
    found = read(lambda page: page.column_dimensions.group("B", "C", hidden=True))
    assert found.table[1] == ("Bà Lan", "a")


def test_a_sheet_that_hides_columns_by_default(read: Read) -> None:
    def change(page: Worksheet) -> None:
        page.sheet_format.defaultColWidth = 0
        for letter in "ACD":
            page.column_dimensions[letter].width = 12

    assert read(change).table[1] == ("Bà Lan", "600", "a")


def hide_row(page: Worksheet) -> None:
    page.row_dimensions[3].hidden = True


def no_height(page: Worksheet) -> None:
    page.row_dimensions[3].height = 0.5


def filtered(page: Worksheet) -> None:
    page.auto_filter.ref = "A1:D4"
    page.auto_filter.add_filter_column(0, ["Bà Lan", "Bà Thu"])
    page.row_dimensions[3].hidden = True


def grouped(page: Worksheet) -> None:
    page.row_dimensions.group(3, 3, outline_level=1, hidden=True)


@pytest.mark.parametrize("hide", [hide_row, no_height, filtered, grouped])
def test_hidden_rows_stay_hidden(read: Read, hide: Callable[[Worksheet], object]) -> None:
    found = read(hide)
    assert [row[0] for row in found.table] == ["Hộ", "Bà Lan", "Bà Thu"]
    assert "1 dòng ẩn" in found.notes[0]


def test_the_rows_that_a_filter_leaves_of_a_long_list(read: Read) -> None:
    def change(page: Worksheet) -> None:
        for row in range(2, 5002):
            page.row_dimensions[row].hidden = row % 1000 != 0

    found = read(change, [("Hộ", "Mức"), *((f"Hộ {n}", n) for n in range(2, 5002))])
    assert [row[0] for row in found.table] == ["Hộ", *(f"Hộ {n}" for n in range(1000, 5001, 1000))]
    assert "4995 dòng ẩn" in found.notes[0]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_stay_hidden(read: Read, state: Literal["hidden", "veryHidden"]) -> None:
    def change(page: Worksheet) -> None:
        assert page.parent is not None
        shown = page.parent.create_sheet("Công khai")
        shown.append(["Thôn", "Số hộ"])
        shown.append(["Đông", 12])
        page.sheet_state = state

    found = read(change)
    assert found.table == (("Thôn", "Số hộ"), ("Đông", "12"))
    assert found.notes == ()


def test_other_visible_sheets_are_named(read: Read) -> None:
    def change(page: Worksheet) -> None:
        assert page.parent is not None
        page.title = "Tháng 12"
        page.parent.create_sheet("Danh mục").append(["x"])

    assert read(change).notes == ("Chỉ lấy trang tính «Tháng 12»; không lấy «Danh mục».",)


def test_values_that_their_format_hides_are_not_shown(read: Read) -> None:
    def change(page: Worksheet) -> None:
        for row in range(2, 5):
            page.cell(row, 2).number_format = ";;;"

    assert read(change).table[1] == ("Bà Lan", "", "600", "a")


def test_cells_that_are_struck_out_are_not_shown(read: Read) -> None:
    found = read(lambda page: setattr(page["C2"], "font", Font(strike=True)))
    assert found.table[1] == ("Bà Lan", "038000000011", "", "a")
    assert found.notes == ("Ô C2 bị gạch bỏ, nên không đưa vào bảng.",)


def test_words_that_are_struck_out_within_a_cell_are_not_shown(read: Read) -> None:
    def change(page: Worksheet) -> None:
        parts = ("Họp ", TextBlock(InlineFont(strike=True), "7 giờ "), TextBlock(InlineFont(b=True), "8 giờ"))
        page["D2"] = CellRichText(*parts)
        page["D3"] = "xuống_x000D_\ndòng"

    found = read(change)
    assert [row[3] for row in found.table[1:3]] == ["Họp 8 giờ", "xuống dòng"]


def white(page: Worksheet) -> None:
    page["B2"].font = Font(color="FFFFFF")


def white_of_the_theme(page: Worksheet) -> None:
    page["B2"].font = Font(color=Color(theme=0))


def black_on_black(page: Worksheet) -> None:
    page["B2"].font = Font(color="FF000000")
    page["B2"].fill = PatternFill("solid", fgColor="FF000000")


@pytest.mark.parametrize("change", [white, white_of_the_theme, black_on_black])
def test_words_in_the_colour_of_their_background_are_not_shown(
    read: Read, change: Callable[[Worksheet], object]
) -> None:
    found = read(change)
    assert found.table[1] == ("Bà Lan", "", "600", "a")
    assert found.notes == ("Ô B2 có chữ cùng màu với nền, nên không đưa vào bảng.",)


def on_a_dark_cell(page: Worksheet) -> None:
    for cell in page[1]:
        cell.font, cell.fill = Font(color="FFFFFF"), PatternFill("solid", fgColor="1F4E78")


def in_a_table_with_a_style(page: Worksheet) -> None:
    for cell in page[1]:
        cell.font = Font(color="FFFFFF")
    page.add_table(Table(displayName="Ho", ref="A1:D4", tableStyleInfo=TableStyleInfo(name="TableStyleMedium9")))


@pytest.mark.parametrize("change", [on_a_dark_cell, in_a_table_with_a_style])
def test_white_words_on_a_dark_background_are_shown(read: Read, change: Callable[[Worksheet], object]) -> None:
    assert read(change).table[0] == ROWS[0]


def test_values_under_a_merged_cell_are_not_shown(read: Read) -> None:
    """Some programs keep values under a merged cell in the file, but no spreadsheet program shows them."""

    def change(page: Worksheet) -> None:
        page.merged_cells.add("A2:B2")

    found = read(change)
    assert found.table[1] == ("Bà Lan", "", "600", "a")


def test_numbers_as_the_spreadsheet_shows_them(read: Read) -> None:
    formats = ("0.0%", "0000000000", "#,##0.00", "[h]:mm", "mm/yyyy", '#,##0" ₫"', "000")
    values = (0.0725, 987654321, 2345678901.5, 26.5 / 24, 46361, 1250000, 7)

    def change(page: Worksheet) -> None:
        for row, code in enumerate(formats, start=2):
            page.cell(row, 2).number_format = code

    found = read(change, [("Tên", "Số"), *((f"dòng {at}", value) for at, value in enumerate(values))])
    shown = ["7,3%", "0987654321", "2.345.678.901,50", "26:30", "12/2026", "1.250.000 ₫", "007"]
    assert [row[1] for row in found.table[1:]] == shown
    assert found.notes == ()


def test_a_format_that_is_not_known_shows_the_number_and_says_so(read: Read) -> None:
    def change(page: Worksheet) -> None:
        page["C2"].number_format = "[DBNum1]0"

    found = read(change)
    assert found.table[1][2] == "600"
    assert found.notes == ("Ô C2 có định dạng số mà chương trình chưa biết, nên hiện số gốc.",)


def test_errors_of_the_spreadsheet_are_named(read: Read) -> None:
    def change(page: Worksheet) -> None:
        page["D3"].value = "#N/A"

    assert read(change).notes == ("Ô D3 hiện lỗi của bảng tính.",)


def test_a_formula_without_a_result_names_its_cell(read: Read) -> None:
    def change(page: Worksheet) -> None:
        page["C5"] = "=SUM(C2:C4)"

    with pytest.raises(ParseError, match="Ô C5 có công thức") as caught:
        read(change)
    assert caught.value.code == "sheet-formula"


def test_a_formula_in_a_hidden_row_does_not_matter(read: Read) -> None:
    def change(page: Worksheet) -> None:
        page["C3"] = "=SUM(C2:C2)"
        page.row_dimensions[3].hidden = True

    assert len(read(change).table) == 3


def test_a_merged_title_is_no_head_and_is_named(read: Read) -> None:
    rows = [("LỊCH TIẾP DÂN THÁNG 12",), ("Ngày", "Người tiếp", "Phòng"), ("03/12", "Chủ tịch", "A1")]
    found = read(lambda page: page.merge_cells("A1:C1"), rows)
    assert found.table == (("Ngày", "Người tiếp", "Phòng"), ("03/12", "Chủ tịch", "A1"))
    assert "«LỊCH TIẾP DÂN THÁNG 12»" in found.notes[0]


def test_the_letterhead_of_an_office_is_no_head(read: Read) -> None:
    rows = [
        ("UBND XÃ MINH TÂN", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (None, None, "Độc lập - Tự do - Hạnh phúc"),
        ("DANH SÁCH HỘ NGHÈO",),
        ("STT", "Chủ hộ", "Thôn"),
        (1, "Bà Lan", "Đông"),
    ]
    assert read(lambda page: page.merge_cells("A3:C3"), rows).table == (
        ("STT", "Chủ hộ", "Thôn"),
        ("1", "Bà Lan", "Đông"),
    )


def test_a_cell_merged_downwards_stands_in_each_of_its_rows(read: Read) -> None:
    rows = [("Ngày", "Người trực"), ("Thứ Hai", "Bà Lan"), (None, "Ông Minh"), (None, "Bà Thu"), (None, None)]
    found = read(lambda page: page.merge_cells("A2:A5"), rows)
    assert found.table[1:] == (("Thứ Hai", "Bà Lan"), ("Thứ Hai", "Ông Minh"), ("Thứ Hai", "Bà Thu"))


def test_a_cell_merged_across_and_downwards_stands_once_in_each_row(read: Read) -> None:
    rows = [("Ca", "Sáng", "Chiều"), ("A", "nghỉ", None), ("B", None, None)]
    found = read(lambda page: page.merge_cells("B2:C3"), rows)
    assert found.table[1:] == (("A", "nghỉ", ""), ("B", "nghỉ", ""))


def test_a_merged_cell_that_begins_in_a_hidden_column_is_shown(read: Read) -> None:
    rows = [("a", "b", "c"), ("nghỉ lễ", None, "x"), ("1", "2", "3")]

    def change(page: Worksheet) -> None:
        page.merge_cells("A2:B2")
        page.column_dimensions["A"].hidden = True

    assert read(change, rows).table == (("b", "c"), ("nghỉ lễ", "x"), ("2", "3"))


def test_a_head_of_two_rows_becomes_one(read: Read) -> None:
    rows = [("STT", "Thời gian", None, "Nơi"), (None, "Từ", "Đến", None), (1, "7:00", "9:00", "A1")]

    def change(page: Worksheet) -> None:
        for merged in ("A1:A2", "B1:C1", "D1:D2"):
            page.merge_cells(merged)

    assert read(change, rows).table == (
        ("STT", "Thời gian – Từ", "Thời gian – Đến", "Nơi"),
        ("1", "7:00", "9:00", "A1"),
    )


def test_too_many_rows_columns_and_letters_are_told_with_numbers(read: Read) -> None:
    for rows, words in (
        ([("a", "b")] * (MOST_ROWS + 212), f"{MOST_ROWS + 212}; nhận nhiều nhất {MOST_ROWS}"),
        ([tuple("abcdefghijklmnop")] * 2, f"16; nhận nhiều nhất {MOST_COLUMNS}"),
        ([("a", "b"), ("c", "rất dài " * 80)], "Ô B2 dài"),
    ):
        with pytest.raises(ParseError, match=words):
            read(lambda _page: None, rows)


def test_a_workbook_without_visible_words_says_so(read: Read) -> None:
    with pytest.raises(ParseError, match="không có ô nào"):
        read(lambda _page: None, [])


def test_the_result_of_a_formula_may_be_an_empty_text(tmp_path: Path, child: SandboxProcess) -> None:
    """For the empty result of =IF(A1="","",A1) Excel writes an empty value of the type "str"."""
    path = made.workbook(tmp_path / "a.xlsx", ROWS, lambda page: page.__setitem__("D2", '=""'))
    changed = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            body = before.read(name).replace(b'<c r="D2"><f>', b'<c r="D2" t="str"><f>')
            after.writestr(name, body)
    assert import_file(changed, folder=tmp_path, sandbox=child).table[1][3] == ""


def test_dates_in_iso_8601(read: Read) -> None:
    def change(page: Worksheet) -> None:
        assert page.parent is not None
        page.parent.iso_dates = True
        page["D2"].value = date(2026, 12, 5)
        page["D2"].number_format = "dd/mm/yyyy"

    assert read(change).table[1][3] == "05/12/2026"
