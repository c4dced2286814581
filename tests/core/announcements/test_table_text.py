"""Pasted and saved tables become rectangular rows of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements.parts import MOST_COLUMNS, MOST_ROWS
from server.core.announcements.table_text import as_text, decoded, rows_of

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


def test_windows_1258_of_old_spreadsheets_is_decoded() -> None:
    assert decoded("Ngày".encode("cp1258")) == "Ngày"
