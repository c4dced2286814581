"""CSV files: no spreadsheet takes a cell as a formula, numbers stay numbers, and Vietnamese is read as UTF-8."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from server.desk.web.csv_export import csv_line, csv_response

# Without NUL, which the csv reader of the standard library does not accept.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(TEXT, min_size=1))
def test_no_cell_is_a_formula_and_none_is_lost(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(csv_line(cells), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in read)
    assert [
        cell if cell == before else cell.removeprefix("'") for cell, before in zip(read, cells, strict=True)
    ] == cells


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1"])
def test_a_formula_becomes_text(cell: str) -> None:
    ((read,),) = csv.reader(io.StringIO(csv_line([cell]), newline=""))
    assert read == f"'{cell}"


def test_a_negative_number_stays_a_number() -> None:
    assert csv_line([-1, 2]) == "-1,2\r\n"


@pytest.mark.parametrize(("language", "between"), [("vi", ";"), ("en", ",")])
def test_the_file_is_an_attachment_in_utf8_that_excel_divides_into_cells(language: str, between: str) -> None:
    app = Flask(__name__)
    Babel(app, locale_selector=lambda: language)
    with app.test_request_context("/"):
        answer = csv_response(["Ngày", "Số"], iter([["09/03", 7]]), "bang.csv")
        assert answer.get_data().decode("utf-8-sig") == f"Ngày{between}Số\r\n09/03{between}7\r\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bang.csv"'
