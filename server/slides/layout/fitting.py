"""Chooses type sizes and pages for a headline and its text in a given space; called by the kinds of slides.

Short texts grow until they fill the space; long ones have the smallest size of the size class and continue on further
pages. No type is smaller than the text size of the class, the smallest that is readable at the board's distance.
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
# The largest factor by which text of several pages grows; small, so that each page still holds enough text.
MOST_PAGED_GROWTH = 1.35


@dataclass(frozen=True, slots=True)
class Space:
    """A column in units; ``most_headline`` and ``most_text`` are the largest type sizes in it."""

    width: float
    height: float
    most_headline: float
    most_text: float


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The headline and text of page ``part`` (from 1) ``of`` several, with type sizes in units; both may be empty."""

    headline: str
    headline_size: int
    text: str
    text_size: int
    part: int = 1
    of: int = 1


def sizes(least: float, most: float) -> tuple[int, ...]:
    """The sizes of `LADDER` between two bounds, largest first; if there are none, the next larger one."""
    found = tuple(size for size in reversed(LADDER) if least <= size <= most)
    return found or (next(size for size in LADDER if size >= least),)


def gap(scale: Scale) -> float:
    """The gap between headline and text, in units."""
    return scale.text * 0.5


def headline_height(headline: str, size: int, space: Space) -> float:
    """The height of a headline at that size, in units."""
    return count_lines(headline, space.width, size, BOLD) * size * HEADLINE_LEADING


def text_height(text: str, size: int, space: Space) -> float:
    """The height of a text at that size, in units."""
    return count_lines(text, space.width, size, REGULAR) * size * TEXT_LEADING


def fit(headline: str, text: str, space: Space, scale: Scale) -> tuple[TextBlock, ...]:
    """The pages of a tidy headline and text in a space; at least one.

    Each page repeats the headline, unless headline and text on separate pages need fewer of them.
    """
    single = one_page(headline, text, space, scale)
    if single:
        return (single,)
    apart = [TextBlock(part, size, "", scale.text) for part, size in _title_pages(headline, space, scale)]
    apart += _text_pages_of("", 0, text, space, scale)
    together = _continued(headline, text, space, scale)
    return numbered(together if together and len(together) <= len(apart) else apart)


def numbered(pages: list[TextBlock]) -> tuple[TextBlock, ...]:
    """The same pages with ``part`` and ``of`` set."""
    return tuple(replace(page, part=number, of=len(pages)) for number, page in enumerate(pages, start=1))


def one_page(headline: str, text: str, space: Space, scale: Scale) -> TextBlock | None:
    """Headline and text on one page at the largest possible sizes; None if they need more pages."""
    for headline_size, text_size in _pairs(headline, text, space, scale):
        if _height(headline, headline_size, text, text_size, space, scale) <= space.height:
            return TextBlock(headline, headline_size, text, text_size)
    return None


def _pairs(headline: str, text: str, space: Space, scale: Scale) -> Iterator[tuple[int, int]]:
    """Pairs of (headline, text) sizes to try, best first; the last ones have a headline of nearly text size."""
    ratio = min(FINEST_RATIO, scale.headline / scale.text)
    widest = space.width / max(longest_word(headline, BOLD), 0.01)
    for text_size in sizes(scale.text, space.most_text) if text else (scale.text,):
        for size in sizes(max(scale.headline, text_size * ratio), space.most_headline):
            if size <= widest and count_lines(headline, space.width, size, BOLD) <= MOST_HEADLINE_LINES:
                yield size, text_size
    for size in sizes(_floor(scale), scale.headline):
        yield size, scale.text


def _floor(scale: Scale) -> int:
    return sizes(scale.text, scale.text * 1.1)[-1]


def _height(headline: str, size: int, text: str, text_size: int, space: Space, scale: Scale) -> float:
    between = gap(scale) if headline and text else 0.0
    return headline_height(headline, size, space) + between + text_height(text, text_size, space)


def _continued(headline: str, text: str, space: Space, scale: Scale) -> list[TextBlock]:
    """Pages that repeat the headline above their part of the text; none if the headline leaves too little space."""
    for least_lines in (3, 2):
        for size in sizes(_floor(scale), scale.headline) if text else ():
            left = space.height - headline_height(headline, size, space) - gap(scale)
            if left >= least_lines * scale.text * TEXT_LEADING:
                return _text_pages_of(headline, size, text, replace(space, height=left), scale)
    return []


def _text_pages_of(headline: str, headline_size: int, text: str, space: Space, scale: Scale) -> list[TextBlock]:
    """The pages of a text at the largest size that needs no more pages than the smallest size."""
    best, best_size = _paged(text, space, scale.text), scale.text
    for size in sizes(scale.text, min(space.most_text, scale.text * MOST_PAGED_GROWTH)):
        pages = _paged(text, space, size) if space.height >= 2 * size * TEXT_LEADING else ()
        if 0 < len(pages) == len(best):
            best, best_size = pages, size
            break
    return [TextBlock(headline, headline_size, part, best_size) for part in best]


def _paged(text: str, space: Space, size: int) -> tuple[str, ...]:
    lines = max(1, int(space.height / (size * TEXT_LEADING)))
    return paginate(text, Budget(space.width, lines, size, REGULAR))


def _title_pages(headline: str, space: Space, scale: Scale) -> list[tuple[str, int]]:
    """(text, size) of each page of a headline alone: one at the largest size, else several at the smallest."""
    single = one_page(headline, "", space, scale)
    if single:
        return [(headline, single.headline_size)] if headline else []
    size = _floor(scale)
    lines = max(1, int(space.height / (size * HEADLINE_LEADING)))
    return [(part, size) for part in paginate(headline, Budget(space.width, lines, size, BOLD))]
