"""Pagination: every item is on exactly one page, and a page number out of range gives the nearest page."""

from __future__ import annotations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.desk.web.pagination import page_of, requested_page


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_all_pages_together_are_the_list(items: list[int], size: int) -> None:
    last = page_of(items, size, 1).last
    pages = [page_of(items, size, number) for number in range(1, last + 1)]
    assert [item for page in pages for item in page.items] == items
    assert all(len(page.items) == size for page in pages[:-1])


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20), st.integers(-100, 100))
def test_a_number_out_of_range_is_the_nearest_page(items: list[int], size: int, number: int) -> None:
    page = page_of(items, size, number)
    assert page == page_of(items, size, min(max(number, 1), page.last))
    assert 1 <= page.number <= page.last


def test_the_page_is_read_from_the_query() -> None:
    app = Flask(__name__)
    for query, number in (("", 1), ("?page=2", 2), ("?page=x", 1), ("?page=99", 3)):
        with app.test_request_context(f"/{query}"):
            assert requested_page("abcde", 2).number == number
