"""Computes the widths of a table's columns, the heights of its rows, and its pages; called by the table kind.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from server.core.typesetting.paging import count_lines, em_width, longest_word

Rows = tuple[tuple[str, ...], ...]
LEADING = 1.5
# The space between columns, and the possible paddings above and below a cell, both in ems.
BETWEEN = 0.9
PADDINGS = (1.5, 1.0, 0.75, 0.5, 0.3)
RULE = 2
HEAD_WEIGHT = 700
BODY_WEIGHT = 400
SHORT_CELL = 16
"""Number of letters; a cell that is not longer (a day, a time, a phone number, a name) is never broken into lines."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table in type of ``size`` with the ``widths`` of its columns, both in canvas units.

    ``padding`` is the space above and below the text of each cell, in ems.
    """

    rows: Rows
    size: int
    widths: tuple[float, ...]
    padding: float

    def lines(self, at: int) -> int:
        """The number of lines of the highest cell in the row with index ``at``, at least 1."""
        return _line_counts(self.rows, self.size, self.widths)[at]

    def most_lines(self) -> int:
        """The number of lines of the highest cell in the table."""
        return max(_line_counts(self.rows, self.size, self.widths))

    def height(self, at: int) -> float:
        """The height of the row with index ``at``, in canvas units."""
        return self.lines(at) * self.size * LEADING + 2 * self.padding * self.size + RULE


# Cached because the same rows are laid out with many paddings and title sizes, and counting lines takes most of the
# time.
@lru_cache(maxsize=64)
def _line_counts(rows: Rows, size: int, widths: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(
        max(
            1,
            *(
                count_lines(cell, width - BETWEEN * size, size, BODY_WEIGHT if at else HEAD_WEIGHT)
                for cell, width in zip(row, widths, strict=True)
            ),
        )
        for at, row in enumerate(rows)
    )


def squared(rows: Rows) -> Rows:
    """The rows, filled with empty cells to the length of the longest row."""
    most = max(len(row) for row in rows)
    return tuple((*row, *[""] * (most - len(row))) for row in rows)


@lru_cache(maxsize=64)
def column_widths(rows: Rows, width: float, size: int) -> tuple[float, ...] | None:
    """Column widths with the sum ``width``, in canvas units; None if the columns cannot be made narrow enough.

    Each column is at least as wide as its longest word and its longest short cell. If the table is too wide with
    every cell on one line, the width is divided in two ways: columns with short cells first, or all in proportion to
    what they need. The division that makes the table lower is returned.
    """
    columns = list(zip(*rows, strict=True))
    least = [_column(column, size, words=True) for column in columns]
    natural = [_column(column, size, words=False) for column in columns]
    if sum(least) > width:
        return None
    if sum(natural) <= width:
        return tuple(one * width / sum(natural) for one in natural)
    part = (width - sum(least)) / (sum(natural) - sum(least))
    even = [low + (high - low) * part for low, high in zip(least, natural, strict=True)]
    ways = [TableLayout(rows, size, tuple(way), PADDINGS[-1]) for way in (share(least, natural, width), even)]
    return min(ways, key=lambda layout: sum(layout.height(at) for at in range(len(rows)))).widths


def share(least: list[float], natural: list[float], width: float) -> list[float]:
    """Divides ``width``: each column gets its ``least`` width and an equal share of the rest, ``natural`` at most.

    The sum is ``width`` if the columns need that much.
    """
    given = list(least)
    left = width - sum(least)
    order = sorted(range(len(least)), key=lambda at: natural[at] - least[at])
    for served, at in enumerate(order):
        more = min(natural[at] - least[at], left / (len(order) - served))
        given[at] += more
        left -= more
    return given


def unbroken(cell: str, weight: int) -> float:
    """The smallest width of a cell in ems: the width of its longest line if it is short, else of its longest word."""
    return _longest_line(cell, weight) if len(cell) <= SHORT_CELL else longest_word(cell, weight)


def _column(cells: Sequence[str], size: int, *, words: bool) -> float:
    """The width in canvas units that a column needs if no line of its cells is wrapped.

    With ``words``, the width that it needs if the head, ``cells[0]``, and long cells are wrapped between words.
    """
    head = longest_word(cells[0], HEAD_WEIGHT) if words else _longest_line(cells[0], HEAD_WEIGHT)
    measure = unbroken if words else _longest_line
    widest = max([head, *(measure(cell, BODY_WEIGHT) for cell in cells[1:])])
    # 1 % more, so that rounding does not break a cell that fits exactly on one line.
    return (max(widest, 1.0) * 1.01 + BETWEEN) * size


def _longest_line(cell: str, weight: int) -> float:
    return max((em_width(line, weight) for line in cell.split("\n")), default=0.0)


def split(layout: TableLayout, first: float, later: float) -> list[tuple[int, ...]] | None:
    """Distributes the rows over the fewest pages, of about equal height; returns the indices of each page's rows.

    Index 0, the head, is not included: every page repeats it. ``first`` is the height of the first page, ``later``
    that of the others, in canvas units. Returns None if a row together with the head is higher than a page.
    """
    heights = [layout.height(at) for at in range(len(layout.rows))]
    first, later = first - heights[0], later - heights[0]
    if len(heights) > 1 and (heights[1] > first or max(heights[1:]) > later):
        return None
    pages = _filled(heights, first, later)
    tallest = max((sum(heights[at] for at in page) for page in pages), default=0.0)
    while len(pages) > 1:
        tighter = tallest - 1
        if max(heights[1:]) > tighter:
            break
        evener = _filled(heights, min(first, tighter), min(later, tighter))
        if len(evener) > len(pages):
            break
        pages, tallest = evener, max(sum(heights[at] for at in page) for page in evener)
    return pages


def _filled(heights: list[float], first: float, later: float) -> list[tuple[int, ...]]:
    pages: list[tuple[int, ...]] = []
    page: tuple[int, ...] = ()
    used = 0.0
    for at, height in enumerate(heights[1:], start=1):
        if page and used + height > (later if pages else first):
            pages.append(page)
            page, used = (), 0.0
        page, used = (*page, at), used + height
    return [*pages, page] if page else pages
