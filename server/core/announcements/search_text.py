"""Letters without their marks, so that a search finds "lịch" where "lich" was typed; called by the desk's lists."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """Small letters without diacritics; đ is d."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
