"""Removes diacritics from text, so that a search for "lich" finds "lịch"; called by the desk's lists."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """Returns ``text`` in lower case without diacritics; đ becomes d."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
