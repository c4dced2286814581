"""Reads the words of a search on public pages from ``?q=``; called by site_views and board_views.

server.core.area_search.contains says what is found.
"""

from __future__ import annotations

from flask import request

LONGEST = 100


def searched_words() -> str:
    """Returns the words that the request searches for, at most LONGEST characters; "" if it searches for none."""
    return " ".join(request.args.get("q", "").split())[:LONGEST]
