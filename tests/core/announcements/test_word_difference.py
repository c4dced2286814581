"""The word-by-word difference of two texts contains both texts and marks only the words that changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements.word_difference import word_difference

TEXTS = st.lists(st.sampled_from(["Mưa", "to", "ở", "tỉnh", "8", "giờ", " ", "\n", "\r\n"])).map(" ".join)
LETTERS = st.text("ab ăđ\n.", max_size=30)


def _parts(old: str, new: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in word_difference(old, new)]


@given(st.one_of(TEXTS, LETTERS, st.text()), st.one_of(TEXTS, LETTERS, st.text()))
def test_both_texts_are_in_the_difference(old: str, new: str) -> None:
    parts = _parts(old, new)
    for kind, text in (("old", old), ("new", new)):
        assert "".join(part for each, part in parts if each in ("same", kind)) == text.replace("\r", "")


@given(TEXTS)
def test_equal_texts_have_nothing_marked(text: str) -> None:
    assert {kind for kind, _ in _parts(text, text)} <= {"same"}


def test_only_the_word_that_changed_is_marked() -> None:
    assert _parts("lúc 8 giờ sáng", "lúc 9 giờ sáng") == [
        ("same", "lúc "), ("old", "8"), ("new", "9"), ("same", " giờ sáng"),
    ]  # fmt: skip
    assert _parts("Mưa to ở tỉnh", "Mưa lớn ở tỉnh") == [
        ("same", "Mưa "), ("old", "to"), ("new", "lớn"), ("same", " ở tỉnh"),
    ]  # fmt: skip
    assert _parts("", "Mưa") == [("new", "Mưa")]


def test_a_rewritten_phrase_is_one_change() -> None:
    assert _parts("Họp dân thôn Đông lúc 8 giờ", "Họp phụ huynh khối một lúc 8 giờ") == [
        ("same", "Họp "), ("old", "dân thôn Đông"), ("new", "phụ huynh khối một"), ("same", " lúc 8 giờ"),
    ]  # fmt: skip
