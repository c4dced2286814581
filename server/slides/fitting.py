"""Chooses type sizes and pages for a headline and its text in a room of units; called by the kinds of slides.

Short words grow until they fill their room; long ones keep the class's smallest size and go on to further pages.
Nothing becomes smaller than the text size of the class, which is what can be read from the board's distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.core.formats import HEADLINE_LEADING, TEXT_LEADING, Scale
from server.core.paging import Budget, count_lines, longest_word, paginate

BOLD = 700
REGULAR = 400
# The only type sizes of slides, in units; display/css/type.css has one class for each.
LADDER = (
    *(24, 28, 33, 36, 38, 41, 44, 48, 52, 56, 60, 64, 68, 70, 76, 84, 88, 96, 104, 112, 114, 122, 132, 144, 160),
    *(172, 186, 200, 220, 246, 270, 300),
)
FINEST_RATIO = 1.6
MOST_HEADLINE_LINES = 5


@dataclass(frozen=True, slots=True)
class Room:
    """What a column offers, in units; ``most_headline`` and ``most_text`` are how large short words may grow."""

    width: float
    height: float
    most_headline: float
    most_text: float


@dataclass(frozen=True, slots=True)
class Words:
    """A page's headline and text with their sizes in units; both may be empty, ``part`` counts from 1."""

    headline: str
    headline_size: int
    text: str
    text_size: int
    part: int = 1
    of: int = 1


def sizes(least: float, most: float) -> tuple[int, ...]:
    """The sizes of the ladder between two bounds, largest first; at least the smallest that is big enough."""
    found = tuple(size for size in reversed(LADDER) if least <= size <= most)
    return found or (next(size for size in LADDER if size >= least),)


def gap(scale: Scale) -> float:
    """The space between headline and text."""
    return scale.text * 0.5


def headline_height(headline: str, size: int, room: Room) -> float:
    return count_lines(headline, room.width, size, BOLD) * size * HEADLINE_LEADING


def text_height(text: str, size: int, room: Room) -> float:
    return count_lines(text, room.width, size, REGULAR) * size * TEXT_LEADING


def fit(headline: str, text: str, room: Room, scale: Scale) -> tuple[Words, ...]:
    """The pages that show a tidy headline and text in a room, each with the headline; at least one."""
    single = one_page(headline, text, room, scale)
    if single:
        return (single,)
    pages = _continued(headline, text, room, scale)
    if not pages:
        pages = [Words(part, _floor(scale), "", scale.text) for part in _title_pages(headline, room, scale)]
        pages += [Words("", _floor(scale), part, scale.text) for part in _text_pages(text, room, scale.text)]
    return numbered(pages)


def numbered(pages: list[Words]) -> tuple[Words, ...]:
    """The same pages, each knowing which one of how many it is."""
    return tuple(
        Words(page.headline, page.headline_size, page.text, page.text_size, number, len(pages))
        for number, page in enumerate(pages, start=1)
    )


def one_page(headline: str, text: str, room: Room, scale: Scale) -> Words | None:
    """The largest sizes at which everything stands on one page, None where it needs more than one."""
    for headline_size, text_size in _pairs(headline, text, room, scale):
        if _height(headline, headline_size, text, text_size, room, scale) <= room.height:
            return Words(headline, headline_size, text, text_size)
    return None


def _pairs(headline: str, text: str, room: Room, scale: Scale) -> Iterator[tuple[int, int]]:
    """Sizes worth trying, the best first: generous ones, then a headline that steps down to the floor."""
    ratio = min(FINEST_RATIO, scale.headline / scale.text)
    widest = room.width / max(longest_word(headline, BOLD), 0.01)
    for text_size in sizes(scale.text, room.most_text) if text else (scale.text,):
        for size in sizes(max(scale.headline, text_size * ratio), room.most_headline):
            if size <= widest and count_lines(headline, room.width, size, BOLD) <= MOST_HEADLINE_LINES:
                yield size, text_size
    for size in sizes(_floor(scale), scale.headline):
        yield size, scale.text


def _floor(scale: Scale) -> int:
    return sizes(scale.text, scale.text * 1.1)[-1]


def _height(headline: str, size: int, text: str, text_size: int, room: Room, scale: Scale) -> float:
    between = gap(scale) if headline and text else 0.0
    return headline_height(headline, size, room) + between + text_height(text, text_size, room)


def _continued(headline: str, text: str, room: Room, scale: Scale) -> list[Words]:
    """Pages that repeat the headline over their part of the text; none where the headline leaves no room."""
    for least_lines in (3, 2):
        for size in sizes(_floor(scale), scale.headline):
            left = room.height - headline_height(headline, size, room) - gap(scale)
            if left < least_lines * scale.text * TEXT_LEADING or not text:
                continue
            parts, text_size = _grown(text, Room(room.width, left, room.most_headline, room.most_text), scale)
            return [Words(headline, size, part, text_size) for part in parts]
    return []


def _grown(text: str, room: Room, scale: Scale) -> tuple[tuple[str, ...], int]:
    """The pages of a text at the largest size that needs no more pages than the smallest one."""
    fewest = _text_pages(text, room, scale.text)
    for size in sizes(scale.text, min(room.most_text, scale.text * 1.35)):
        if room.height >= 2 * size * TEXT_LEADING:
            pages = _text_pages(text, room, size)
            if len(pages) == len(fewest):
                return pages, size
    return fewest, scale.text


def _text_pages(text: str, room: Room, size: int) -> tuple[str, ...]:
    lines = max(1, int(room.height / (size * TEXT_LEADING)))
    return paginate(text, Budget(room.width, lines, size, REGULAR))


def _title_pages(headline: str, room: Room, scale: Scale) -> tuple[str, ...]:
    size = _floor(scale)
    lines = max(1, int(room.height / (size * HEADLINE_LEADING)))
    return paginate(headline, Budget(room.width, lines, size, BOLD))
