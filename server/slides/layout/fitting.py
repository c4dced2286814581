"""Chooses type sizes and pages for a headline and its text in a room of units; called by the kinds of slides.

Short words grow until they fill their room; long ones keep the class's smallest size and go on to further pages.
Nothing becomes smaller than the text size of the class, which is what can be read from the board's distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, Scale
from server.core.typesetting.paging import Budget, count_lines, longest_word, paginate

BOLD = 700
REGULAR = 400
# The only type sizes of slides, in units; display/css/type.css has one class for each.
LADDER = (
    *(24, 28, 33, 36, 38, 41, 44, 48, 52, 56, 60, 64, 68, 70, 76, 84, 88, 96, 104, 112, 114, 122, 132, 144, 160),
    *(172, 186, 200, 220, 246, 270, 300, 330, 370, 420, 480, 540),
)
FINEST_RATIO = 1.6
MOST_HEADLINE_LINES = 5
# Text that goes on over pages grows less, so that a page still says something.
MOST_PAGED_GROWTH = 1.35


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
    apart = [Words(part, size, "", scale.text) for part, size in _title_pages(headline, room, scale)]
    apart += _text_pages_of("", 0, text, room, scale)
    together = _continued(headline, text, room, scale)
    return numbered(together if together and len(together) <= len(apart) else apart)


def numbered(pages: list[Words]) -> tuple[Words, ...]:
    """The same pages, each knowing which one of how many it is."""
    return tuple(replace(page, part=number, of=len(pages)) for number, page in enumerate(pages, start=1))


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
        for size in sizes(_floor(scale), scale.headline) if text else ():
            left = room.height - headline_height(headline, size, room) - gap(scale)
            if left >= least_lines * scale.text * TEXT_LEADING:
                return _text_pages_of(headline, size, text, replace(room, height=left), scale)
    return []


def _text_pages_of(headline: str, headline_size: int, text: str, room: Room, scale: Scale) -> list[Words]:
    """The pages of a text at the largest size that needs no more of them than the smallest one."""
    best, best_size = _paged(text, room, scale.text), scale.text
    for size in sizes(scale.text, min(room.most_text, scale.text * MOST_PAGED_GROWTH)):
        pages = _paged(text, room, size) if room.height >= 2 * size * TEXT_LEADING else ()
        if 0 < len(pages) == len(best):
            best, best_size = pages, size
            break
    return [Words(headline, headline_size, part, best_size) for part in best]


def _paged(text: str, room: Room, size: int) -> tuple[str, ...]:
    lines = max(1, int(room.height / (size * TEXT_LEADING)))
    return paginate(text, Budget(room.width, lines, size, REGULAR))


def _title_pages(headline: str, room: Room, scale: Scale) -> list[tuple[str, int]]:
    """A headline alone, as large as it can be; of an endless one the parts, at the smallest size."""
    single = one_page(headline, "", room, scale)
    if single:
        return [(headline, single.headline_size)] if headline else []
    size = _floor(scale)
    lines = max(1, int(room.height / (size * HEADLINE_LEADING)))
    return [(part, size) for part in paginate(headline, Budget(room.width, lines, size, BOLD))]
