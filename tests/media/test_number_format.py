"""The values of cells are written as spreadsheets show them in Vietnam."""

from __future__ import annotations

import pytest

from server.media.format_code import UnknownFormatError
from server.media.number_format import plain_number, shown_number, shown_text

DAY = 46361  # 5 December 2026, a Saturday


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.0725, "0.0%", "7,3%"),
        (0.5, "0%", "50%"),
        (987654321, "0000000000", "0987654321"),
        (7, "000", "007"),
        (38099001234, "000000000000", "038099001234"),
        (987654321, "0000 000 000", "0987 654 321"),
        (84987654321, '"+"00 000 000 000', "+84 987 654 321"),
        (2345678901.5, "#,##0.00", "2.345.678.901,50"),
        (1234567, "#,##0", "1.234.567"),
        (999.5, "#,##0", "1.000"),
        (0, "#,##0", "0"),
        (0, "#,###", ""),
        (1250000, '#,##0\\ "đ"', "1.250.000 đ"),
        (1250000, "#,##0\\ [$₫-42A]", "1.250.000 ₫"),
        (1250000, '#,##0"₫"', "1.250.000₫"),
        (1250000, '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)', "1.250.000 ₫"),
        (1250000000, '#,##0.0,,"  triệu"', "1.250,0 triệu"),
        (-1250.5, "#,##0.00_);(#,##0.00)", "(1.250,50)"),
        (-3.5, "0.0", "-3,5"),
        (-3, '0;[Red]"âm "0', "âm 3"),
        (0, '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "-"),
        (-0.2, "0", "0"),
        (2.1, "0.00", "2,10"),
        (2, "0.##", "2"),
        (1.005, "0.00", "1,01"),
        (5, ";;;", ""),
        (8, "[>=5]\"Đạt\";\"Chưa đạt\"", "Đạt"),
        (4, "[>=5]\"Đạt\";\"Chưa đạt\"", "Chưa đạt"),
        (12, 'General" hộ"', "12 hộ"),
        (0.5, "# ?/?", "1/2"),
        (2.75, "# ??/??", "2 3/4"),
        (0.375, "# ?/8", "3/8"),
        (3, "# ?/?", "3"),
        (0.333333, "# ??/??", "1/3"),
        (123456.789, "0.00E+00", "1,23E+05"),
        (0.00012, "0.0E+00", "1,2E-04"),
        (12345, "##0.0E+0", "12,3E+3"),
        (26.5 / 24, "[h]:mm", "26:30"),
        (100 / 24, "[hh]:mm:ss", "100:00:00"),
        (95 / 1440, "[mm]", "95"),
        (0.3125, "h:mm", "7:30"),
        (0.3125, "hh:mm", "07:30"),
        (0.8125, "h:mm AM/PM", "7:30 CH"),
        (DAY, "dd/mm/yyyy", "05/12/2026"),
        (DAY, "mm-dd-yy", "05/12/2026"),
        (DAY, "yyyy-mm-dd", "05/12/2026"),
        (DAY, "d/m/yy", "5/12/26"),
        (DAY, "mm/yyyy", "12/2026"),
        (DAY, "dd-mmm-yy", "05-Thg12-26"),
        (DAY, "[$-42A]dddd, dd/mm/yyyy", "Thứ Bảy, 05/12/2026"),
        (DAY, '"Ngày "dd" tháng "mm" năm "yyyy', "Ngày 05 tháng 12 năm 2026"),
        (DAY, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "05 Tháng 12 2026"),
        (0.3125, "[$-F400]h:mm:ss\\ AM/PM", "07:30:00"),
        (DAY, "ddd", "T7"),
        (DAY, "mmmm yyyy", "Tháng 12 2026"),
        (DAY + 0.25, "hh:mm dd/mm/yyyy", "06:00 05/12/2026"),
        (DAY, 'hh"h"mm dd/mm', "00h00 05/12"),
        (DAY + 0.999999, "dd/mm/yyyy hh:mm:ss", "06/12/2026 00:00:00"),
        (45.25 / 86400, "ss.00", "45,25"),
    ],
)  # fmt: skip
def test_a_number_in_its_format(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.3, "0,3"),
        (1 / 3, "0,333333333"),
        (-12.5, "-12,5"),
        (38099001234, "38099001234"),
        (123456789012345, "123456789012345"),
        (1e16, "1E+16"),
        (0.0000123, "1,23E-05"),
        (0.1 + 0.2, "0,3"),
    ],
)
def test_a_number_without_a_format(value: float, shown: str) -> None:
    assert (shown_number(value, "General"), plain_number(value)) == (shown, shown)


@pytest.mark.parametrize(("first", "since_1904"), [(2_958_466, False), (2_957_004, True)])
def test_days_after_the_year_9999_have_no_date(first: int, since_1904: bool) -> None:
    assert shown_number(first - 1, "dd/mm/yyyy", since_1904=since_1904) == "31/12/9999"
    for serial in (first, first - 0.000001, 1e300):
        with pytest.raises(UnknownFormatError):
            shown_number(serial, "dd/mm/yyyy hh:mm:ss", since_1904=since_1904)


def test_dates_of_workbooks_that_count_from_1904() -> None:
    assert shown_number(DAY - 1462, "dd/mm/yyyy", since_1904=True) == "05/12/2026"


def test_a_text_with_words_of_its_format() -> None:
    assert shown_text("12A", '@" (tầng 2)"') == "12A (tầng 2)"
    assert shown_text("Thôn Đông", "#,##0") == "Thôn Đông"
    assert shown_text("ghi chú riêng", "0;-0;0;") == ""


@pytest.mark.parametrize(
    ("value", "code"), [(DAY, "[$-411]ggge"), (3, "[DBNum1]0"), (-1, "dd/mm/yyyy"), (4e6, "yyyy")]
)
def test_what_is_not_known_is_said(value: float, code: str) -> None:
    with pytest.raises(UnknownFormatError):
        shown_number(value, code)
