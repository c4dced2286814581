"""Computes how the counters of a hall stand on a slide: columns, type sizes, pages; called by this kind.

Lengths and type sizes are in canvas units (server.core.typesetting.formats). The result depends on the letters of the
numbers, not on their digits, so that the slide does not move when a number changes, and is cached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from server.core.model import Counter, Format
from server.core.typesetting.formats import scale, stage
from server.core.typesetting.paging import count_lines, em_width
from server.slides.layout.fitting import BOLD, sizes
from server.slides.layout.space import PAD_LANDSCAPE, PAD_PORTRAIT, Arrangement, column_width

NUMBER_LEADING, TEXT_LEADING, HEAD_LEADING = 1.15, 1.4, 1.5
GAP = 0.6  # between the columns of a row, in ems of its text
ROW_PADDING = 0.25  # above and below a row, in ems of its text
BETWEEN_COLUMNS = 64
MOST_SERVICE_LINES = 2
SERVICE_WEIGHT = 600  # a little wider than it is drawn
MOST_LARGE = 4
"""So many counters stand in one column, in large type."""
LARGEST_NUMBER, LARGEST_BARE = 300, 540
NUMBER_GROWTH, TEXT_GROWTH, DENSE_TEXT_GROWTH = 1.4, 1.75, 1.3
HEADS = ("Mời số", "Lĩnh vực", "Đến quầy")
COMING = "Tiếp theo "
NOBODY = "–"
STACKED_WEIGHT, STACKED_GROWTH = 0.75, 1.1
_SURE = 1.02
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class CountersLayout:
    """How counters are arranged: type sizes of numbers and texts, columns a page, ``rows`` a column, and pages.

    ``stacked``: the texts stand below the number and the counter, not between them; ``bare``: there are no texts.
    ``coming`` is, for each counter, how many of its next numbers are shown.
    """

    number: int
    text: int
    columns: int
    rows: int
    pages: int
    stacked: bool
    coming: tuple[int, ...]
    bare: bool = False


def layout(counters: Sequence[Counter], format: Format) -> CountersLayout:
    """Returns the layout with the fewest pages and, of these, the most legible one, for a format that is not LED."""
    return _layout(tuple(_shape(one) for one in counters), format)


def _legibility(one: CountersLayout) -> float:
    """Returns a score by which layouts are compared: the larger the type, the higher it is.

    The type of numbers counts less if texts are below them: texts between number and counter lead the eye along the
    row.
    """
    return one.number * (STACKED_WEIGHT if one.stacked else 1) + one.text


def _shape(counter: Counter) -> Counter:
    """Returns the counter with zeros for the digits of its numbers, "000" if it serves nobody.

    So counters with numbers of the same length have the same layout.
    """
    number = _DIGIT.sub("0", counter.number) or "000"
    coming = tuple(_DIGIT.sub("0", one) for one in counter.coming)
    return Counter(counter.name, counter.service, number, coming, counter.note)


@lru_cache(maxsize=1024)
def _layout(counters: tuple[Counter, ...], format: Format) -> CountersLayout:
    for pages in range(1, len(counters) + 1):
        found = list(_of_pages(counters, format, pages))
        if found:
            return max(found, key=_legibility)
    # Limits on the lengths of texts (desk.api) make this unreachable; the texts are cut at the edge then.
    least = scale(format).text
    return CountersLayout(least, least, 1, 1, len(counters), stacked=True, coming=(0,) * len(counters))


def _of_pages(counters: tuple[Counter, ...], format: Format, pages: int) -> Iterator[CountersLayout]:
    """Yields the layouts with this number of pages: for each text size the one with the largest numbers."""
    on_page = ceil(len(counters) / pages)
    dense = len(counters) > MOST_LARGE
    portrait = format.layout == "portrait"
    least = scale(format).text
    bare = not any(one.service or one.coming or one.note for one in counters)
    for columns in (2, 1) if dense and not portrait and on_page > 1 else (1,):
        rows = ceil(on_page / columns)
        room = _Room.of(format, columns, rows)
        for text in sizes(least, least * (DENSE_TEXT_GROWTH if dense else TEXT_GROWTH)):
            for stacked in (False,) if bare else (False, True):
                least_number = text * (STACKED_GROWTH if stacked else NUMBER_GROWTH)
                for number in sizes(least_number, LARGEST_BARE if bare else LARGEST_NUMBER):
                    coming = room.fits(counters, number, text, stacked=stacked, bare=bare)
                    if coming is not None:
                        yield CountersLayout(number, text, columns, rows, pages, stacked, coming, bare)
                        break


@dataclass(frozen=True, slots=True)
class _Room:
    """The space for one counter, in canvas units; ``head`` is the type size of the line above the columns."""

    width: float
    height: float
    head: int

    @classmethod
    def of(cls, format: Format, columns: int, rows: int) -> _Room:
        pad = PAD_PORTRAIT if format.layout == "portrait" else PAD_LANDSCAPE
        head = scale(format).kicker
        width = (column_width(Arrangement(format, "")) - BETWEEN_COLUMNS * (columns - 1)) / columns
        return cls(width, (stage(format).height - 2 * pad - head * HEAD_LEADING) / rows, head)

    def fits(
        self, counters: Sequence[Counter], number: int, text: int, *, stacked: bool, bare: bool
    ) -> tuple[int, ...] | None:
        """Returns how many next numbers of each counter fit in these sizes; None if anything else does not fit."""
        gap = GAP * text
        numbers = self._column(HEADS[0], [one.number for one in counters], number)
        names = self._column(HEADS[2], [one.name for one in counters], number)
        middle = self.width if stacked else self.width - numbers - names - 2 * gap
        if stacked and numbers + names + gap > self.width:
            return None
        # An arrow with half its width on each side stands in the middle, so both columns have the same room.
        if bare and 2 * (max(numbers, names) + number + gap) > self.width:
            return None
        coming: list[int] = []
        lines = 0
        for one in counters:
            service = count_lines(one.service, middle, text, SERVICE_WEIGHT) if one.service else 0
            second = _second_line(one, middle, text)
            if service > MOST_SERVICE_LINES or second is None or not _unbroken(one.service, middle, text):
                return None
            coming.append(second)
            lines = max(lines, service + bool(second or one.note))
        texts, large = lines * text * TEXT_LEADING, number * NUMBER_LEADING
        height = texts + large if stacked else max(texts, large)
        return tuple(coming) if height + 2 * ROW_PADDING * text + 2 <= self.height else None

    def _column(self, head: str, cells: Sequence[str], size: int) -> float:
        """The width of a column of ``cells`` in this size, under its head in small type."""
        return max(em_width(head, BOLD) * self.head, *(em_width(one, BOLD) * size for one in cells)) * _SURE


def _second_line(counter: Counter, width: float, text: int) -> int | None:
    """Returns how many next numbers fit on a line; 0 if there are none, or a note instead of them.

    Returns None if not even one of the numbers fits, or the note does not.
    """
    if counter.note:
        return 0 if em_width(counter.note) * text * _SURE <= width else None
    if not counter.coming:
        return 0
    fitting = (
        count
        for count in range(len(counter.coming), 0, -1)
        if em_width(coming_text(counter.coming[:count])) * text * _SURE <= width
    )
    return next(fitting, None)


def _unbroken(service: str, width: float, text: int) -> bool:
    return all(em_width(word, SERVICE_WEIGHT) * text <= width for word in service.split())


def coming_text(numbers: Sequence[str]) -> str:
    """The line that names the next numbers: "Tiếp theo 106, 107"."""
    return COMING + ", ".join(numbers)
