"""Widths of a table's columns, heights of its rows, and where it is split; called by table/__init__.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.typesetting.paging import count_lines, em_width, longest_word

Rows = tuple[tuple[str, ...], ...]
LEADING = 1.5
# Room between columns and above and below a cell's text, in ems; the rows of a short table breathe more.
BETWEEN = 0.9
PADDINGS = (1.5, 1.0, 0.75, 0.5, 0.3)
RULE = 2
HEAD_WEIGHT = 700
BODY_WEIGHT = 400


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in type of ``size`` units: the widths of its columns, how many paddings it can afford."""

    rows: Rows
    size: int
    widths: tuple[float, ...]
    padding: float

    def lines(self, at: int) -> int:
        """How many lines the highest cell of a row has, at least one."""
        weight = HEAD_WEIGHT if at == 0 else BODY_WEIGHT
        cells = zip(self.rows[at], self.widths, strict=True)
        return max(1, *(count_lines(cell, width - BETWEEN * self.size, self.size, weight) for cell, width in cells))

    def most_lines(self) -> int:
        """The same of the whole table."""
        return max(self.lines(at) for at in range(len(self.rows)))

    def height(self, at: int) -> float:
        """The height of a row in units."""
        return self.lines(at) * self.size * LEADING + 2 * self.padding * self.size + RULE


def squared(rows: Rows) -> Rows:
    """The same rows, all as long as the longest."""
    most = max(len(row) for row in rows)
    return tuple((*row, *[""] * (most - len(row))) for row in rows)


def column_widths(rows: Rows, width: float, size: int) -> tuple[float, ...] | None:
    """Columns that together are ``width`` units: each at least its longest word; None where that is impossible.

    Of two ways to share what is scarce, the one that makes the table lower.
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
    ways = [Sheet(rows, size, tuple(way), PADDINGS[-1]) for way in (_shared(least, natural, width), even)]
    return min(ways, key=lambda sheet: sum(sheet.height(at) for at in range(len(rows)))).widths


def _shared(least: list[float], natural: list[float], width: float) -> list[float]:
    """Short columns get what they ask for, the long ones share the rest: so rows are as low as can be."""
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
    # One hundredth more, so that a cell of exactly one line stays one.
    return (max(widest, 1.0) * 1.01 + BETWEEN) * size


def _longest_line(cell: str, weight: int) -> float:
    return max((em_width(line, weight) for line in cell.split("\n")), default=0.0)


def split(sheet: Sheet, height: float) -> list[tuple[int, ...]] | None:
    """The numbers of the rows of each page, without the head, as even as their number of pages allows.

    None where a row with the head above it is higher than a page.
    """
    heights = [sheet.height(at) for at in range(len(sheet.rows))]
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
