"""Widths of a table's columns, heights of its rows, and its split into pages; called by the table kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.typesetting.paging import count_lines, em_width, longest_word

Rows = tuple[tuple[str, ...], ...]
LEADING = 1.5
# Space between columns, and the choices for the padding above and below a cell, both in ems.
BETWEEN = 0.9
PADDINGS = (1.5, 1.0, 0.75, 0.5, 0.3)
RULE = 2
HEAD_WEIGHT = 700
BODY_WEIGHT = 400


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table set in type of ``size`` units: ``widths`` of its columns in units, ``padding`` of its rows in ems."""

    rows: Rows
    size: int
    widths: tuple[float, ...]
    padding: float

    def lines(self, at: int) -> int:
        """The number of lines of the highest cell of row ``at``, at least 1."""
        weight = HEAD_WEIGHT if at == 0 else BODY_WEIGHT
        cells = zip(self.rows[at], self.widths, strict=True)
        return max(1, *(count_lines(cell, width - BETWEEN * self.size, self.size, weight) for cell, width in cells))

    def most_lines(self) -> int:
        """The largest number of lines of all rows."""
        return max(self.lines(at) for at in range(len(self.rows)))

    def height(self, at: int) -> float:
        """The height of row ``at`` in units."""
        return self.lines(at) * self.size * LEADING + 2 * self.padding * self.size + RULE


def squared(rows: Rows) -> Rows:
    """The rows, filled with empty cells to the length of the longest."""
    most = max(len(row) for row in rows)
    return tuple((*row, *[""] * (most - len(row))) for row in rows)


def column_widths(rows: Rows, width: float, size: int) -> tuple[float, ...] | None:
    """Column widths that add up to ``width`` units, each at least its longest word; None if that is impossible.

    If the natural widths do not fit, the width is divided in two ways, and the one that makes the table lower is
    used.
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
    ways = [TableLayout(rows, size, tuple(way), PADDINGS[-1]) for way in (_shared(least, natural, width), even)]
    return min(ways, key=lambda layout: sum(layout.height(at) for at in range(len(rows)))).widths


def _shared(least: list[float], natural: list[float], width: float) -> list[float]:
    """Short columns get their natural width; long ones share the rest, which keeps rows low."""
    given = list(least)
    left = width - sum(least)
    for at in sorted(range(len(least)), key=lambda at: natural[at] - least[at]):
        waiting = sum(1 for other in range(len(least)) if natural[other] - least[other] >= natural[at] - least[at])
        more = min(natural[at] - least[at], left / waiting)
        given[at] += more
        left -= more
    return given


def _column(cells: Sequence[str], size: int, *, words: bool) -> float:
    measure = longest_word if words else _longest_line
    widest = max(measure(cell, HEAD_WEIGHT if at == 0 else BODY_WEIGHT) for at, cell in enumerate(cells))
    # 1 % more, so that a cell of exactly one line stays on one line.
    return (max(widest, 1.0) * 1.01 + BETWEEN) * size


def _longest_line(cell: str, weight: int) -> float:
    return max((em_width(line, weight) for line in cell.split("\n")), default=0.0)


def split(layout: TableLayout, height: float) -> list[tuple[int, ...]] | None:
    """Distributes the rows over the fewest pages, of about equal height; returns the indices of each page's rows.

    Index 0, the head, is not included: every page repeats it. ``height`` is a page's, in units. None if a row
    together with the head is higher than a page.
    """
    heights = [layout.height(at) for at in range(len(layout.rows))]
    left = height - heights[0]
    if max(heights[1:], default=0.0) > left:
        return None
    pages = _filled(heights, left)
    tallest = max((sum(heights[at] for at in page) for page in pages), default=0.0)
    while len(pages) > 1:
        tighter = tallest - 1
        if max(heights[1:]) > tighter or len(evener := _filled(heights, tighter)) > len(pages):
            break
        pages, tallest = evener, max(sum(heights[at] for at in page) for page in evener)
    return pages


def _filled(heights: list[float], left: float) -> list[tuple[int, ...]]:
    pages: list[tuple[int, ...]] = []
    page: tuple[int, ...] = ()
    used = 0.0
    for at, height in enumerate(heights[1:], start=1):
        if page and used + height > left:
            pages.append(page)
            page, used = (), 0.0
        page, used = (*page, at), used + height
    return [*pages, page] if page else pages
