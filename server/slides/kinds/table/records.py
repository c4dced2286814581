"""A table whose columns do not fit side by side: each row as a card, its cells under their heads; called by pages.

Boards read from far have type so large that three columns are too many. A row is then set as a record: name above,
value below, in as few columns as make it lowest; as many records as the stage holds, the title in the kicker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.core.model import Format
from server.core.typesetting.formats import TEXT_LEADING, scale
from server.core.typesetting.paging import Budget, count_lines, longest_word, paginate
from server.slides.kinds.table.columns import Rows
from server.slides.layout.fitting import BOLD, sizes
from server.slides.layout.space import Composition, words_height, words_width

# (name, value) of each cell that is not empty.
Card = tuple[tuple[str, str], ...]
NAME_LEADING = 1.5
NAME_WEIGHT = 500
GAP = 48
# Between two records on one page: a rule with room on both sides.
BETWEEN = 58
MOST_COLUMNS = 3
MOST_GROWTH = 1.6


@dataclass(frozen=True, slots=True)
class Records:
    """Cards in values of ``size`` units, ``columns`` of them side by side; ``pages`` hold (name, value) pairs."""

    size: int
    columns: int
    pages: tuple[tuple[Card, ...], ...]


def records(rows: Rows, made: Composition) -> Records | None:
    """The rows below the head as cards: see ``in_pages``."""
    return in_pages([_card(rows[0], row) for row in rows[1:]], made)


def name_size(format: Format) -> int:
    """The size of the names above values: small print in the larger classes, which have little room."""
    kinds = scale(format)
    return kinds.small if format.size in ("L", "XL") else kinds.kicker


def in_pages(
    cards: list[Card], made: Composition, *, taken: float = 0.0, most: float = MOST_GROWTH
) -> Records | None:
    """The fewest pages, then the largest type; None where a single word is wider than the stage.

    ``taken`` units of the height are another's; values grow to ``most`` times the size of text. In the smallest type
    a value that is higher than a page goes on under its name.
    """
    width, height = words_width(made), words_height(made) - taken
    kinds, small = scale(made.format), name_size(made.format)
    found = [
        Records(size, columns, pages)
        for size in sizes(kinds.text, kinds.text * most)
        for columns in range(1, MOST_COLUMNS + 1)
        if (pages := _paged(cards, columns, size, small, width, height, parting=size == kinds.text))
    ]
    return min(found, key=lambda one: (len(one.pages), -one.size, one.columns), default=None)


def _card(head: tuple[str, ...], row: tuple[str, ...]) -> Card:
    return tuple((name, value) for name, value in zip(head, row, strict=True) if value)


def _paged(
    whole: list[Card], columns: int, size: int, small: int, width: float, height: float, *, parting: bool
) -> tuple[tuple[Card, ...], ...]:
    """Cards in pages, as even as their number allows; nothing where one does not fit."""
    wide = (width - (columns - 1) * GAP) / columns

    def high(card: Card) -> float:
        return _height(card, columns, size, small, wide)

    if parting and columns == 1:
        whole = [tuple(cell for one in card for cell in _lowered(one, size, small, wide, height)) for card in whole]
    cards = [part for card in whole for part in _parted(card, high, height)]
    heights = [high(card) for card in cards]
    if not heights or max(heights) > height:
        return ()
    pages = _filled(cards, heights, height)
    most = -(-len(cards) // len(pages))
    evener = tuple(tuple(cards[at : at + most]) for at in range(0, len(cards), most))
    fits = all(
        sum(heights[at : at + most]) + (len(heights[at : at + most]) - 1) * BETWEEN <= height
        for at in range(0, len(cards), most)
    )
    return evener if fits else pages


def _lowered(cell: tuple[str, str], size: int, small: int, wide: float, height: float) -> Iterator[tuple[str, str]]:
    """A value that is higher than a page, in parts that are not, each under its name."""
    name, value = cell
    left = height - count_lines(name, wide, small, NAME_WEIGHT + 100) * small * NAME_LEADING
    lines = int(left / (size * TEXT_LEADING))
    if lines < 1 or count_lines(value, wide, size, BOLD) <= lines:
        yield cell
        return
    for part in paginate(value, Budget(wide, lines, size, BOLD)):
        yield name, part


def _parted(card: Card, high: Callable[[Card], float], height: float) -> list[Card]:
    """A card that is higher than a page goes on under its first cell, which says whose it is; in even parts."""
    parts: list[Card] = [card[:1]]
    for cell in card[1:]:
        if len(parts[-1]) > 1 and high((*parts[-1], cell)) > height:
            parts.append(card[:1])
        parts[-1] = (*parts[-1], cell)
    if len(parts) == 1:
        return parts
    most = -(-(len(card) - 1) // len(parts))
    even = [(*card[:1], *card[at : at + most]) for at in range(1, len(card), most)]
    return even if all(high(part) <= height for part in even) else parts


def _filled(cards: list[Card], heights: list[float], height: float) -> tuple[tuple[Card, ...], ...]:
    pages: list[list[Card]] = []
    used = height
    for card, high in zip(cards, heights, strict=True):
        if not pages or used + BETWEEN + high > height:
            pages.append([])
            used = -BETWEEN
        pages[-1].append(card)
        used += BETWEEN + high
    return tuple(tuple(page) for page in pages)


def _height(card: Card, columns: int, size: int, small: int, wide: float) -> float:
    """Rows of cells, each as high as its highest; infinite where a word is wider than its column."""
    if any(longest_word(value, BOLD) * size > wide or longest_word(name, NAME_WEIGHT) * small > wide
           for name, value in card):  # fmt: skip
        return float("inf")
    cells = [
        count_lines(name, wide, small, NAME_WEIGHT + 100) * small * NAME_LEADING
        + count_lines(value, wide, size, BOLD) * size * TEXT_LEADING
        for name, value in card
    ]
    lines = [max(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return sum(lines) + (len(lines) - 1) * GAP / 2
