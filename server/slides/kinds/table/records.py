"""Arranges rows of a table that is too wide, and the fields of contact cards, as cards; called by table and contact.

On boards that are read from far away the type is so large that three columns do not fit. Each row becomes a card: its
cells, each with the column's name above the value, stand in one to three columns. A page has as many cards as fit.
Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.core.model import Format
from server.core.typesetting.formats import TEXT_LEADING, scale
from server.core.typesetting.paging import Budget, count_lines, longest_word, paginate
from server.slides.kinds.table.columns import Rows, unbroken
from server.slides.layout.fitting import BOLD, sizes
from server.slides.layout.space import Arrangement, column_height, column_width

# A card: (name, value) of each cell that is not empty.
Card = tuple[tuple[str, str], ...]
NAME_LEADING = 1.5
NAME_WEIGHT = 500
GAP = 48
# The height in canvas units between two cards on a page: a horizontal rule with space above and below.
BETWEEN = 58
MOST_COLUMNS = 3
MOST_GROWTH = 1.6


@dataclass(frozen=True, slots=True)
class Records:
    """Pages of cards, with values in type of ``size`` canvas units and ``columns`` cells side by side."""

    size: int
    columns: int
    pages: tuple[tuple[Card, ...], ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """The measures of cards: ``columns`` of cells, each ``width`` wide.

    ``size`` is the type size of values, ``small`` that of names. Lengths are in canvas units. ``needed`` takes text
    and font weight of a value and returns its least width in ems.
    """

    columns: int
    width: float
    size: int
    small: int
    needed: Callable[[str, int], float]

    def height_of(self, card: Card) -> float:
        """The height of a card in canvas units; infinite if a name or value is wider than its column."""
        if any(self.needed(value, BOLD) * self.size > self.width
               or longest_word(name, NAME_WEIGHT) * self.small > self.width for name, value in card):  # fmt: skip
            return float("inf")
        cells = [
            self._name_height(name) + self._value_lines(value) * self.size * TEXT_LEADING for name, value in card
        ]
        lines = [max(cells[at : at + self.columns]) for at in range(0, len(cells), self.columns)]
        return sum(lines) + (len(lines) - 1) * GAP / 2

    def split_cell(self, cell: tuple[str, str], height: float) -> Iterator[tuple[str, str]]:
        """Yields the cell, or if it is higher than ``height`` canvas units, parts that fit, each with the name."""
        name, value = cell
        lines = int((height - self._name_height(name)) / (self.size * TEXT_LEADING))
        if lines < 1 or self._value_lines(value) <= lines:
            yield cell
            return
        for part in paginate(value, Budget(self.width, lines, self.size, BOLD)):
            yield name, part

    def _name_height(self, name: str) -> float:
        return count_lines(name, self.width, self.small, NAME_WEIGHT + 100) * self.small * NAME_LEADING

    def _value_lines(self, value: str) -> int:
        return count_lines(value, self.width, self.size, BOLD)


def row_records(rows: Rows, arrangement: Arrangement) -> Records | None:
    """The rows below the head (``rows[0]``) as cards on pages; None if they do not fit (see ``paginate_cards``)."""
    return paginate_cards([_card(rows[0], row) for row in rows[1:]], arrangement)


def name_size(format: Format) -> int:
    """The type size of names above values, in canvas units; in sizes L and XL that of small print, to save space."""
    type_scale = scale(format)
    return type_scale.small if format.size in ("L", "XL") else type_scale.kicker


def paginate_cards(
    cards: list[Card], arrangement: Arrangement, *, taken: float = 0.0, most: float = MOST_GROWTH
) -> Records | None:
    """The cards on the fewest pages, and in the largest type with which that is possible.

    None if a single word is wider than the space. ``taken`` canvas units of the height are used by other content. The
    type of values is at most ``most`` times the text size. In the smallest type, a value higher than a page continues
    on the next page under the same name. A short value is broken between words only if otherwise cards would have to
    be divided.
    """
    whole = _fewest(cards, arrangement, taken, most, unbroken)
    if whole and len(whole.pages) <= len(cards):
        return whole
    broken = _fewest(cards, arrangement, taken, most, longest_word)
    return broken if broken and not (whole and len(whole.pages) <= len(broken.pages)) else whole


def _fewest(
    cards: list[Card], arrangement: Arrangement, taken: float, most: float, needed: Callable[[str, int], float]
) -> Records | None:
    """The cards on the fewest pages, then in the largest type; None if they do not fit.

    If cells stand in several columns, a value has at least the width ``needed(text, weight)`` in ems.
    """
    width, height = column_width(arrangement), column_height(arrangement) - taken
    type_scale, small = scale(arrangement.format), name_size(arrangement.format)
    grids = [
        _Grid(columns, (width - (columns - 1) * GAP) / columns, size, small, needed if columns > 1 else longest_word)
        for size in sizes(type_scale.text, type_scale.text * most)
        for columns in range(1, MOST_COLUMNS + 1)
    ]
    found = [
        Records(grid.size, grid.columns, pages)
        for grid in grids
        if (pages := _paged(cards, grid, height, split=grid.columns == 1 and grid.size == type_scale.text))
    ]
    return min(found, key=lambda one: (len(one.pages), -one.size, one.columns), default=None)


def _card(head: tuple[str, ...], row: tuple[str, ...]) -> Card:
    return tuple((name, value) for name, value in zip(head, row, strict=True) if value)


def _paged(whole: list[Card], grid: _Grid, height: float, *, split: bool) -> tuple[tuple[Card, ...], ...]:
    """Distributes the cards over the fewest pages; with about equal numbers of cards on each if that fits.

    A card higher than a page is divided between its cells, with ``split`` also within a value. Returns () if a part
    is then still higher than a page, and if there are no cards.
    """
    if split:
        whole = [tuple(part for cell in card for part in grid.split_cell(cell, height)) for card in whole]
    cards = [part for card in whole for part in _split_card(card, grid.height_of, height)]
    heights = [grid.height_of(card) for card in cards]
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


def _split_card(card: Card, height_of: Callable[[Card], float], height: float) -> list[Card]:
    """The card, or if it is higher than a page, parts with about equal numbers of cells.

    Each part repeats the first cell, which identifies the card.
    """
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
