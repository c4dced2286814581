"""The search of public pages by ``?q=``; called by site_views, home, board_views and board_list.

A text is found if it contains all words, with or without diacritics.
"""

from __future__ import annotations

from flask import request

from server.core.announcements.search_text import without_marks

LONGEST = 100


def searched_words() -> str:
    """Returns the words that the request searches for, at most LONGEST characters; "" if it searches for none."""
    return " ".join(request.args.get("q", "").split())[:LONGEST]


def contains(text: str, words: str) -> bool:
    """True if ``text`` contains each of ``words`` in any order, ignoring diacritics; True if ``words`` is empty."""
    found = without_marks(text)
    return all(word in found for word in without_marks(words).split())
