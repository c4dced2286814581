"""Shortens a story that would go on for too many pages at its board's type size; called by the story's pages.

A board in the street is passed by, not read: the larger the type, the fewer pages a story gets. What is left out is
whole sentences from the end; the QR code leads to them.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from server.core.model import Size
from server.slides.layout.arrangement import Page, arrange
from server.slides.layout.space import Composition

MOST_PAGES: dict[Size, int] = {"S": 3, "M": 3, "L": 2, "XL": 2, "LED": 3}
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")


def brief(title: str, text: str, made: Composition) -> tuple[Page, ...]:
    """Pages of a tidy title and as many of the text's first sentences as the format's pages hold.

    The title is never cut: one that alone needs more pages gets them. Text without an article to read it in
    (no code) is shown whole.
    """
    pages = arrange(title, text, made)
    most = MOST_PAGES[made.format.size]
    if len(pages) <= most or not made.code:
        return pages
    ends = [0, *(found.start() for found in _SENTENCE_END.finditer(text))]
    last = bisect_right(ends, most, key=lambda end: len(arrange(title, text[:end], made)))
    for end in reversed(ends[: max(last, 1)]):
        pages = arrange(title, text[:end], made)
        if len(pages) <= most:
            break
    return pages
