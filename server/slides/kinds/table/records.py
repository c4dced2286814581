"""Shows the rows of a table that is too wide as cards, and the cells of contact cards; called by table and contact.

On boards that are read from far away the type is so large that three columns do not fit. Each row becomes a card of
cells with name above value, in the number of columns that makes it lowest. A page has as many cards as fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.core.model import Format
from server.core.typesetting.formats import TEXT_LEADING, scale
from server.core.typesetting.paging import Budget, count_lines, longest_word, paginate
from server.slides.kinds.table.columns import Rows
from server.slides.layout.fitting import BOLD, sizes
from server.slides.layout.space import Arrangement, column_height, column_width

# The (name, value) of each non-empty cell.
Card = tuple[tuple[str, str], ...]
NAME_LEADING = 1.5
NAME_WEIGHT = 500
GAP = 48
# Units of height between two cards on a page, taken by a horizontal rule with space above and below.
BETWEEN = 58
MOST_COLUMNS = 3
MOST_GROWTH = 1.6


@dataclass(frozen=True, slots=True)
class Records:
    """Pages of cards with values of ``size`` units, in ``columns`` cells side by side."""

    size: int
    columns: int
    pages: tuple[tuple[Card, ...], ...]


def row_records(rows: Rows, arrangement: Arrangement) -> Records | None:
    """The rows below the head as cards; see `paginate_cards`."""
    return paginate_cards([_card(rows[0], row) for row in rows[1:]], arrangement)


def name_size(format: Format) -> int:
    """The type size of names above values: small print in sizes L and XL, which have little space."""
    type_scale = scale(format)
    return type_scale.small if format.size in ("L", "XL") else type_scale.kicker


def paginate_cards(
    cards: list[Card], arrangement: Arrangement, *, taken: float = 0.0, most: float = MOST_GROWTH
) -> Records | None:
    """The cards on the fewest pages, then in the largest type; None if a single word is wider than the space.

    ``taken`` units of the height are used by other content. Values grow up to ``most`` times the text size. In the
    smallest type a value higher than a page continues on the next one under its name.
    """
    width, height = column_width(arrangement), column_height(arrangement) - taken
    type_scale, small = scale(arrangement.format), name_size(arrangement.format)
    found = [
        Records(size, columns, pages)
        for size in sizes(type_scale.text, type_scale.text * most)
        for columns in range(1, MOST_COLUMNS + 1)
        if (pages := _paged(cards, columns, size, small, width, height, split=size == type_scale.text))
    ]
    return min(found, key=lambda one: (len(one.pages), -one.size, one.columns), default=None)


def _card(head: tuple[str, ...], row: tuple[str, ...]) -> Card:
    return tuple((name, value) for name, value in zip(head, row, strict=True) if value)


def _paged(
    whole: list[Card], columns: int, size: int, small: int, width: float, height: float, *, split: bool
) -> tuple[tuple[Card, ...], ...]:
    """Distributes the cards over pages of about equal fill; empty if a card does not fit."""
    column = (width - (columns - 1) * GAP) / columns

    def height_of(card: Card) -> float:
        return _height(card, columns, size, small, column)

    if split and columns == 1:
        whole = [
            tuple(part for cell in card for part in _split_cell(cell, size, small, column, height)) for card in whole
        ]
    cards = [part for card in whole for part in _split_card(card, height_of, height)]
    heights = [height_of(card) for card in cards]
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


def _split_cell(
    cell: tuple[str, str], size: int, small: int, column: float, height: float
) -> Iterator[tuple[str, str]]:
    """The cell, or if its value is higher than a page, parts of it that fit, each with the name."""
    name, value = cell
    left = height - count_lines(name, column, small, NAME_WEIGHT + 100) * small * NAME_LEADING
    lines = int(left / (size * TEXT_LEADING))
    if lines < 1 or count_lines(value, column, size, BOLD) <= lines:
        yield cell
        return
    for part in paginate(value, Budget(column, lines, size, BOLD)):
        yield name, part


def _split_card(card: Card, height_of: Callable[[Card], float], height: float) -> list[Card]:
    """The card, or if it is higher than a page, even parts that each repeat its first cell, which identifies it."""
    parts: list[Card] = [card[:1]]
    for cell in card[1:]:
        if len(parts[-1]) > 1 and height_of((*parts[-1], cell)) > height:
            parts.append(card[:1])
        parts[-1] = (*parts[-1], cell)
    if len(parts) == 1:
        return parts
    most = -(-(len(card) - 1) // len(parts))
    even = [(*card[:1], *card[at : at + most]) for at in range(1, len(card), most)]
    return even if all(height_of(part) <= height for part in even) else parts


def _filled(cards: list[Card], heights: list[float], height: float) -> tuple[tuple[Card, ...], ...]:
    pages: list[list[Card]] = []
    used = height
    for card, card_height in zip(cards, heights, strict=True):
        if not pages or used + BETWEEN + card_height > height:
            pages.append([])
            used = -BETWEEN
        pages[-1].append(card)
        used += BETWEEN + card_height
    return tuple(tuple(page) for page in pages)


def _height(card: Card, columns: int, size: int, small: int, column: float) -> float:
    """The height of a card in units; infinite if a word is wider than its column."""
    if any(longest_word(value, BOLD) * size > column or longest_word(name, NAME_WEIGHT) * small > column
           for name, value in card):  # fmt: skip
        return float("inf")
    cells = [
        count_lines(name, column, small, NAME_WEIGHT + 100) * small * NAME_LEADING
        + count_lines(value, column, size, BOLD) * size * TEXT_LEADING
        for name, value in card
    ]
    lines = [max(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return sum(lines) + (len(lines) - 1) * GAP / 2
