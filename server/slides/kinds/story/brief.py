"""Shortens a story that would have too many pages in its format; called by the story kind.

People walk past a board in the street, so size classes with larger type show fewer pages of a story. Whole sentences
are left out at the end. The QR code leads to the whole article; on a story without one, the slides say how many
pages are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from server.core.model import Size
from server.slides.layout.arrangement import Page, arrange
from server.slides.layout.space import Arrangement

MOST_PAGES: dict[Size, int] = {"S": 3, "M": 3, "L": 2, "XL": 2, "LED": 3}
_ENDS = (re.compile(r"(?<=[.!?…])\s+(?=\S)|\n+(?=\S)"), re.compile(r"[ \n]+(?=\S)"))
_MOST_WITHOUT_CODE = 3
REST = "Còn {} trang không chiếu ở đây"


def shortened(title: str, text: str, arrangement: Arrangement, *, rest: str = REST) -> tuple[Page, ...]:
    """The pages of a normalized title and of as many sentences of the text as may be shown.

    ``MOST_PAGES`` is the largest number of pages for each size class. If not even the first sentence fits, the text
    is cut between words. The title is never shortened, even if it needs more pages. Without a QR code to the article
    the limit is three pages in every size class; then the last line of each page says how many pages are left out, in
    the words of ``rest``.
    """
    pages = arrange(title, text, arrangement)
    most = MOST_PAGES[arrangement.format.size] if arrangement.code else _MOST_WITHOUT_CODE
    if len(pages) <= most:
        return pages
    if arrangement.code:
        return _shorter(title, text, arrangement, most)
    cut = _shorter(title, text, replace(arrangement, foot=rest.format(len(pages))), most)
    said = rest.format(max(1, len(pages) - len(cut)))
    return tuple(replace(page, arrangement=replace(page.arrangement, foot=said)) for page in cut)


def beginning(text: str, fits: Callable[[str], bool]) -> str:
    """The whole text if it ``fits``; else its first sentences, or only its first words, that fit; "" if none fits."""
    if fits(text):
        return text
    for shape in _ENDS:
        ends = [found.start() for found in shape.finditer(text)]
        fitting = bisect_right(ends, False, key=lambda end: not fits(_headed(text, end)))
        if fitting:
            return _headed(text, ends[fitting - 1])
    return ""


def _shorter(title: str, text: str, arrangement: Arrangement, most: int) -> tuple[Page, ...]:
    for shape in _ENDS:
        cut = _cut(title, text, arrangement, most, [0, *(found.start() for found in shape.finditer(text))])
        if len(cut) <= most and any(page.text_block.text for page in cut):
            return cut
    return cut


def _cut(title: str, text: str, arrangement: Arrangement, most: int, ends: list[int]) -> tuple[Page, ...]:
    """The pages of title and text; the text is cut at the last of ``ends`` that gives at most ``most`` pages."""
    last = bisect_right(ends, most, key=lambda end: len(arrange(title, _headed(text, end), arrangement)))
    for end in reversed(ends[: max(last, 1)]):
        pages = arrange(title, _headed(text, end), arrangement)
        if len(pages) <= most:
            break
    return pages


def _headed(text: str, end: int) -> str:
    """The text up to the index ``end``, with an ellipsis if that is not the end of a sentence or paragraph."""
    head = text[:end].rstrip()
    inside = head and not head.endswith((".", "!", "?", "…")) and text[end : end + 1] != "\n"
    return f"{head.rstrip(' ,;:–-')}…" if inside else head
