"""Text and numbers from outside: control characters are removed, Vietnamese stays, numbers fit into the database."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.plain_text import plain, polish
from server.core.text_input import cleaned, cleaned_tree, number_or_none, whole_number

CONTROLS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\ud800", "\udfff", "\u202e", "\u2066", "\u2028"]
KEPT = "Thông báo số 3: Ở trong nhà, «đóng cửa» – 15°C\tT2\nNguyễn Thị Ánh Tuyết 👩‍🌾"


def test_ordinary_vietnamese_text_is_unchanged() -> None:
    assert cleaned(KEPT) == KEPT


@given(st.text() | st.lists(st.sampled_from(CONTROLS)).map("".join))
def test_cleaned_text_fits_into_every_database_and_is_cleaned_once(text: str) -> None:
    clean = cleaned(text)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", clean)
    assert cleaned(clean) == clean


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_is_a_newline(end: str) -> None:
    assert cleaned(f"một{end}hai") == "một\nhai"


@pytest.mark.parametrize("control", CONTROLS)
def test_text_of_feeds_holds_no_control_character_either(control: str) -> None:
    """The library feeds has its own table of control characters; it must remove all that desk and API remove."""
    assert control not in polish(plain(f"một{control}hai")) or control == "\n"


def test_json_is_cleaned_at_every_depth() -> None:
    assert cleaned_tree({"a\x00": ["b\x00", {"c": "d\ud800", "e": 5}]}) == {"a": ["b", {"c": "d", "e": 5}]}


@pytest.mark.parametrize("text", ["0", "7", "9223372036854775807"])
def test_numbers_that_a_database_holds_are_read(text: str) -> None:
    assert whole_number(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "9223372036854775808", "9" * 30, "9" * 5000, "١٢", "²", "1.5", " 1", "x"])
def test_other_numbers_are_none(text: str) -> None:
    assert number_or_none(text) is None
