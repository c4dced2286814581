"""CSV files: no cell is a formula for a spreadsheet, numbers stay numbers, Vietnamese is read as UTF-8."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.desk.web.csv_export import csv_line, csv_response

# Without NUL, which the reader of the standard library does not take.
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


def test_the_file_is_an_attachment_in_utf8() -> None:
    with Flask(__name__).test_request_context("/"):
        answer = csv_response(["Ngày", "Số"], iter([["09/03", 7]]), "bang.csv")
        assert answer.get_data().decode("utf-8-sig") == "Ngày,Số\r\n09/03,7\r\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bang.csv"'
