"""Shortens a story that would have too many pages in its format; called by the story kind.

People walk past a board in the street, so the larger the type, the fewer pages a story has. Whole sentences are left
out from the end; the QR code leads to them.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from server.core.model import Size
from server.slides.layout.arrangement import Page, arrange
from server.slides.layout.space import Arrangement

MOST_PAGES: dict[Size, int] = {"S": 3, "M": 3, "L": 2, "XL": 2, "LED": 3}
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")


def shortened(title: str, text: str, arrangement: Arrangement) -> tuple[Page, ...]:
    """The pages of a tidy title and of as many first sentences of the text as fit into the format's `MOST_PAGES`.

    The title is never shortened, even if it needs more pages. A text without a QR code to its article is shown
    complete.
    """
    pages = arrange(title, text, arrangement)
    most = MOST_PAGES[arrangement.format.size]
    if len(pages) <= most or not arrangement.code:
        return pages
    ends = [0, *(found.start() for found in _SENTENCE_END.finditer(text))]
    last = bisect_right(ends, most, key=lambda end: len(arrange(title, text[:end], arrangement)))
    for end in reversed(ends[: max(last, 1)]):
        pages = arrange(title, text[:end], arrangement)
        if len(pages) <= most:
            break
    return pages
