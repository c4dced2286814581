"""Tables that are pasted or read from a file become rows of cells, all of the same length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS
from server.core.announcements.table_text import LONGEST_CELL, as_text, rows_of, table_of

CELLS = st.text("abăâ đ1:,;\"'|-", max_size=8).map(lambda text: " ".join(text.split()))


@pytest.mark.parametrize("mark", ["\t", ";", ",", "|"])
def test_the_separator_is_that_of_the_first_row(mark: str) -> None:
    assert rows_of(f"Thôn{mark}Giờ\r\nĐông{mark}7 giờ\r\n") == (("Thôn", "Giờ"), ("Đông", "7 giờ"))


def test_a_comma_in_a_cell_of_a_pasted_table_stays() -> None:
    assert rows_of("Tên\tĐịa chỉ\nHoa\tThôn Đông, xã Minh Tân") == (
        ("Tên", "Địa chỉ"),
        ("Hoa", "Thôn Đông, xã Minh Tân"),
    )


def test_empty_rows_and_outer_columns_are_removed_and_short_rows_filled() -> None:
    assert rows_of("\t\t\n\tThôn\tGiờ\t\n\t\t\n\tĐông") == (("Thôn", "Giờ"), ("Đông", ""))


def test_a_cell_in_quotes_may_have_lines() -> None:
    assert rows_of('a\tb\n"một\nhai"\tc') == (("a", "b"), ("một hai", "c"))


@pytest.mark.parametrize("text", ["a\n" * (MOST_ROWS + 1), "\t".join("a" * (MOST_COLUMNS + 1))])
def test_more_than_a_board_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quá"):
        rows_of(text)


def test_white_space_has_no_rows() -> None:
    assert rows_of(" \n\t\n") == ()


@given(st.lists(st.lists(CELLS.filter(bool), min_size=2, max_size=4), min_size=1, max_size=5))
def test_text_for_the_form_reads_back_as_the_same_rows(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    square = tuple((*row, *["x"] * (width - len(row))) for row in rows)
    assert rows_of(as_text(square)) == square


@pytest.mark.parametrize("mark", [";", ",", "|", "\t"])
def test_the_row_that_names_the_separator_is_no_row(mark: str) -> None:
    text = f"\ufeffsep={mark}\r\nThôn{mark}Giờ\r\nĐông{mark}7 giờ\r\n"
    assert rows_of(text) == table_of(text).rows == (("Thôn", "Giờ"), ("Đông", "7 giờ"))


def test_a_named_separator_is_used_even_if_others_are_more_frequent() -> None:
    assert rows_of("sep=|\na, b, c|d\ne, f, g|h") == (("a, b, c", "d"), ("e, f, g", "h"))


@pytest.mark.parametrize(
    "title", ["Lịch họp quý I, năm 2027", "Lịch họp; quý I", '"Lịch họp, ""quý I"""', "Lịch họp;;", "\n\nLịch họp\n"]
)
def test_a_title_above_the_head_does_not_choose_the_separator(title: str) -> None:
    table = table_of(f"{title}\nNgày;Nội dung;Nơi họp\n04/01;Sơ kết, tổng kết;P. 2\n05/01;Giao ban;P. 3\n")
    assert table.rows[:2] == (("Ngày", "Nội dung", "Nơi họp"), ("04/01", "Sơ kết, tổng kết", "P. 2"))
    assert len(table.notes) == 1
    assert "Lịch họp" in table.notes[0]


def test_a_title_with_commas_above_columns_of_commas() -> None:
    table = table_of("Lịch họp, quý I\nNgày,Việc,Nơi\n04/01,Sơ kết,P. 2\n05/01,Giao ban,P. 3\n")
    assert table.rows[0] == ("Ngày", "Việc", "Nơi")
    assert "«Lịch họp, quý I»" in table.notes[0]


def test_a_pasted_title_stays_for_its_writer_to_see() -> None:
    assert rows_of("LỊCH HỌP\t\nNgày\tViệc\n04/01\tSơ kết")[0] == ("LỊCH HỌP", "")


def test_a_table_of_one_column_has_no_title() -> None:
    assert table_of("Tên\nLan\nMinh").rows == (("Tên",), ("Lan",), ("Minh",))


def test_decimal_commas_do_not_divide_columns() -> None:
    assert rows_of("Thôn;Mực nước\nĐông;1,5\nĐoài;2,7")[1] == ("Đông", "1,5")


def test_quotes_within_a_cell_are_letters() -> None:
    pasted = 'Tên\tĐồ dùng\n"Bà Lan" thôn Đông\ttivi 55"\nÔng Minh\t"quạt"'
    assert rows_of(pasted) == (("Tên", "Đồ dùng"), ('"Bà Lan" thôn Đông', 'tivi 55"'), ("Ông Minh", '"quạt"'))


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    with pytest.raises(ValueError, match="ngoặc kép"):
        rows_of('a;b\n"mở mà không đóng;c;d\ne;f')


def test_quoted_lines_and_separators() -> None:
    assert rows_of('Tên;Việc\n"Lan; Minh";"sáng\nchiều"\n') == (("Tên", "Việc"), ("Lan; Minh", "sáng chiều"))


def test_nothing_is_cut_in_silence() -> None:
    for text, words in (
        ("a;b\n" * (MOST_ROWS + 7), f"{MOST_ROWS + 7}; nhận nhiều nhất {MOST_ROWS} dòng"),
        (";".join("a" * 15), f"15; nhận nhiều nhất {MOST_COLUMNS} cột"),
        (f"a;b\nc;{'chữ ' * 150}", f"«chữ .*dòng 2 của bảng dài 599 .*{LONGEST_CELL}"),
    ):
        with pytest.raises(ValueError, match=words):
            rows_of(text)


def test_a_formula_that_keeps_a_zero_is_its_text() -> None:
    assert rows_of('SĐT;Tên\n="0912345678";Lan\n"=""0987""";=A1') == (
        ("SĐT", "Tên"), ("0912345678", "Lan"), ("0987", "=A1"),
    )  # fmt: skip
