"""Chooses type sizes and pages for a headline and its text in a given space; called by the kinds of slides.

Short texts get larger type until they fill the space; long texts are set in the smallest type of the size class and
continue on further pages. No type is smaller than the text size of the size class, the smallest that is readable at
the board's distance. Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, Scale
from server.core.typesetting.names import unbound
from server.core.typesetting.paging import SLACK, Budget, count_lines, longest_word, loosened, paginate, tidy

BOLD = 700
REGULAR = 400
# The only type sizes of slides, in canvas units; display/css/type.css has one class for each.
LADDER = (
    *(24, 28, 33, 36, 38, 41, 44, 48, 52, 56, 60, 64, 68, 70, 76, 84, 88, 96, 104, 112, 114, 122, 132, 144, 160),
    *(172, 186, 200, 220, 246, 270, 300, 330, 370, 420, 480, 540),
)
FINEST_RATIO = 1.6
MOST_HEADLINE_LINES = 5
# The largest factor by which the type of a text with several pages is enlarged, so that each page still has enough
# text.
MOST_PAGED_GROWTH = 1.35


@dataclass(frozen=True, slots=True)
class Space:
    """A column for headline and text in canvas units; ``most_headline``, ``most_text`` are the largest type sizes.

    ``between`` is the gap between two paragraphs of the text, in lines.
    """

    width: float
    height: float
    most_headline: float
    most_text: float
    between: float = 0.0


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The headline and text of one page, with type sizes in canvas units; both texts may be empty.

    ``part`` is the number of the page, from 1, and ``of`` is the number of pages.
    """

    headline: str
    headline_size: int
    text: str
    text_size: int
    part: int = 1
    of: int = 1


def sizes(least: float, most: float) -> tuple[int, ...]:
    """The sizes in ``LADDER`` from ``least`` to ``most``, largest first; if there are none, the next larger one."""
    first = bisect_left(LADDER, least)
    return LADDER[first : max(bisect_right(LADDER, most), first + 1)][::-1]


def gap(scale: Scale) -> float:
    """The gap between headline and text, in canvas units."""
    return scale.text * 0.5


def headline_height(headline: str, size: int, space: Space) -> float:
    """The height in canvas units of a headline in type of ``size``."""
    return count_lines(headline, space.width, size, BOLD) * size * HEADLINE_LEADING


def text_height(text: str, size: int, space: Space) -> float:
    """The height in canvas units of a text in type of ``size``."""
    lines = count_lines(text, space.width, size, REGULAR) + text.count("\n") * space.between
    return lines * size * TEXT_LEADING


def fit(
    headline: str, text: str, space: Space, scale: Scale, *, always_headed: bool = False
) -> tuple[TextBlock, ...]:
    """The pages of a normalized headline and text in ``space``; at least one.

    Each page repeats the headline, unless fewer pages are needed with headline and text on separate pages. With
    ``always_headed`` each page has the headline in any case; a long headline is shortened after the first page if
    that saves pages.
    """
    single = one_page(headline, text, space, scale)
    if single:
        return (single,)
    if always_headed and headline and text:
        together = _continued(headline, text, space, scale)
        shortened = _under_short(headline, text, space, scale, together[:1])
        return numbered(together if together and len(together) <= len(shortened) else shortened)
    apart = [TextBlock(part, size, "", scale.text) for part, size in _title_pages(headline, space, scale)]
    apart += _text_pages_of("", 0, text, space, scale)
    together = _continued(headline, text, space, scale)
    return numbered(together if together and len(together) <= len(apart) else apart)


def numbered(pages: list[TextBlock]) -> tuple[TextBlock, ...]:
    """The same pages with ``part`` and ``of`` set."""
    return tuple(replace(page, part=number, of=len(pages)) for number, page in enumerate(pages, start=1))


def one_page(headline: str, text: str, space: Space, scale: Scale) -> TextBlock | None:
    """Headline and text on one page in the largest possible type; None if they need more pages.

    A name or compound that is wider than the column in every possible type is broken. In a headline without text,
    names and compounds are also broken if it would otherwise need more pages.
    """
    for words in (headline,) if text else dict.fromkeys((headline, tidy(unbound(headline)))):
        for headline_size, text_size in _pairs(words, text, space, scale):
            broken = loosened(words, space.width, headline_size, BOLD)
            if _height(broken, headline_size, text, text_size, space, scale) <= space.height:
                return TextBlock(broken, headline_size, text, text_size)
    return None


def _pairs(headline: str, text: str, space: Space, scale: Scale) -> Iterator[tuple[int, int]]:
    """Yields pairs of type sizes (headline, text) to try, the best first.

    In the last pairs the headline is hardly larger than the text.
    """
    ratio = min(FINEST_RATIO, scale.headline / scale.text)
    widest = space.width * SLACK / max(longest_word(headline, BOLD), 0.01)
    for text_size in sizes(scale.text, space.most_text) if text else (scale.text,):
        for size in sizes(max(scale.headline, text_size * ratio), space.most_headline):
            if size <= widest and count_lines(headline, space.width, size, BOLD) <= MOST_HEADLINE_LINES:
                yield size, text_size
    small = sizes(_floor(scale), scale.headline)
    for size in (*(one for one in small if one <= widest), *small):
        yield size, scale.text


def _floor(scale: Scale) -> int:
    return sizes(scale.text, scale.text * 1.1)[-1]


def _height(headline: str, size: int, text: str, text_size: int, space: Space, scale: Scale) -> float:
    between = gap(scale) if headline and text else 0.0
    return headline_height(headline, size, space) + between + text_height(text, text_size, space)


def _continued(headline: str, text: str, space: Space, scale: Scale) -> list[TextBlock]:
    """Returns pages with the headline above a part of the text; empty if the headline leaves too little space."""
    for least_lines in (3, 2):
        for size in sizes(_floor(scale), scale.headline) if text else ():
            broken = loosened(headline, space.width, size, BOLD)
            left = space.height - headline_height(broken, size, space) - gap(scale)
            if left >= least_lines * scale.text * TEXT_LEADING:
                return _text_pages_of(broken, size, text, replace(space, height=left), scale)
    return []


def _under_short(headline: str, text: str, space: Space, scale: Scale, first: list[TextBlock]) -> list[TextBlock]:
    """Returns pages in which the headline is shortened to one line after the first page.

    ``first`` is the first page with the whole headline and the beginning of the text; if it is empty, pages with the
    headline alone come first. If even one line leaves too little space, the other pages have no headline.
    """
    first = first or [TextBlock(part, size, "", scale.text) for part, size in _title_pages(headline, space, scale)]
    rest = text[len(first[0].text) :].strip(" \n")
    short = _one_line(headline, space, _floor(scale))
    return first + (_continued(short, rest, space, scale) or _text_pages_of("", 0, rest, space, scale))


def _one_line(headline: str, space: Space, size: int) -> str:
    """As many words of a headline as fit on one line in type of ``size``, with an ellipsis."""
    words = headline.split(" ")
    for count in range(len(words), 0, -1):
        short = " ".join(words[:count]).rstrip(" ,;:–-") + "…"
        if count_lines(short, space.width, size, BOLD) == 1:
            return short
    return f"{words[0][:8]}…"


def _text_pages_of(headline: str, headline_size: int, text: str, space: Space, scale: Scale) -> list[TextBlock]:
    """The pages of a text, each below ``headline``, in the largest type that needs the fewest pages."""
    best, best_size = _paged(text, space, scale.text), scale.text
    for size in sizes(scale.text, min(space.most_text, scale.text * MOST_PAGED_GROWTH)):
        pages = _paged(text, space, size) if space.height >= 2 * size * TEXT_LEADING else ()
        if 0 < len(pages) == len(best):
            best, best_size = pages, size
            break
    return [TextBlock(headline, headline_size, part, best_size) for part in best]


def _paged(text: str, space: Space, size: int) -> tuple[str, ...]:
    lines = max(1, int(space.height / (size * TEXT_LEADING)))
    return paginate(text, Budget(space.width, lines, size, REGULAR, space.between), tidied=True)


def _title_pages(headline: str, space: Space, scale: Scale) -> list[tuple[str, int]]:
    """Returns (text, type size) of each page of a headline without text.

    It is one page in the largest possible type; if the headline does not fit on one, several in the smallest type.
    """
    single = one_page(headline, "", space, scale)
    if single:
        return [(single.headline, single.headline_size)] if headline else []
    size = _floor(scale)
    lines = max(1, int(space.height / (size * HEADLINE_LEADING)))
    return [(part, size) for part in paginate(unbound(headline), Budget(space.width, lines, size, BOLD))]
