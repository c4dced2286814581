"""Finds areas by their names and former names, ignoring diacritics; called by desk.areas and desk.public."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.announcements.search_text import without_marks
from server.core.model import Area


def contains(text: str, words: str) -> bool:
    """True if ``text`` contains each of ``words`` in any order, ignoring diacritics; True if ``words`` is empty."""
    found = without_marks(text)
    return all(word in found for word in without_marks(words).split())


def matches(area: Area, words: str) -> bool:
    """True if the area's name, or one of its former names, contains all ``words``."""
    return contains(area.name, words) or bool(found_former(area.former_names, words))


def found_former(names: Iterable[str], words: str) -> tuple[str, ...]:
    """Those former names that contain all ``words``."""
    return tuple(name for name in names if contains(name, words))
