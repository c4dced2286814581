"""The search of public pages, ``?q=``: all of its words, with or without marks; for site_views and board_views."""

from __future__ import annotations

from flask import request

from server.core.announcements.search_text import without_marks

LONGEST = 100


def searched_words() -> str:
    """The words that the request searches for, "" without a search."""
    return " ".join(request.args.get("q", "").split())[:LONGEST]


def contains(text: str, words: str) -> bool:
    """Whether ``text`` contains each of ``words``, in any order; True without words."""
    found = without_marks(text)
    return all(word in found for word in without_marks(words).split())
