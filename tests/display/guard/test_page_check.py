"""The guard reads the answer of any page, whatever that page has made of it."""

from __future__ import annotations

import json

import pytest

from display.guard.page_check import Page, read


def test_the_answer_of_our_page_is_read() -> None:
    page = read(json.dumps(["https://bangtin.example/board/a", None, True, False]))
    assert page == Page("https://bangtin.example/board/a", None, True, False)
    assert page.served


@pytest.mark.parametrize(
    "answer", [None, 7, "", "[1, 2]", "[7, null, true, false]", '[["http:"], null, 1, 0]', "null"]
)
def test_any_other_answer_is_an_empty_page(answer: object) -> None:
    assert read(answer) == Page()
    assert not read(answer).served
