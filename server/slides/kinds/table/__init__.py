"""Renders a table, split between rows, with the head on every slide; called by the story and announcement kinds.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from server.core.model import Format, Slide
from server.core.typesetting.formats import HEADLINE_LEADING, Scale, scale
from server.core.typesetting.paging import count_lines, loosened, reading_time, tidy
from server.slides.kinds import led
from server.slides.kinds.table.columns import PADDINGS, Rows, TableLayout, column_widths, split, squared
from server.slides.kinds.table.records import row_records
from server.slides.layout.arrangement import PART_MARK, arrange
from server.slides.layout.fitting import BOLD, TextBlock, gap, sizes
from server.slides.layout.space import (
    CAPTION_GAP,
    KICKER_GAP,
    KICKER_LEADING,
    Arrangement,
    column_height,
    column_width,
    kicker_height,
)
from server.slides.templating import render_slide

_HOST = re.compile(r"https?://([\w.-]+)")
MOST_LED_PAGES = 12
"""The most pages of a table on an LED module, which take at least 72 s; the title has further pages."""
MOST_TITLE_LINES = 2
MOST_GROWTH = 1.9
# The type is enlarged only as long as no cell has more lines than this: high rows are hard to read in any size.
MOST_GROWN_LINES = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """The texts above a table or a story's text: label, sources, time and title.

    ``time_text`` is shown as the HTML ``<time>`` of ``instant``, or as plain text if ``instant`` is None.
    """

    label: str
    sources: tuple[str, ...]
    time_text: str
    instant: datetime | None
    title: str
    language: str

    def kicker(self, format: Format) -> str:
        """The text of the kicker, the line above the title, for measuring its width."""
        return " · ".join(filter(None, [self.label, *self.shown_sources(format), self.time_text]))

    def shown_sources(self, format: Format) -> tuple[str, ...]:
        """The sources named in the kicker; none in sizes L and XL, where the kicker has only label and time."""
        return () if format.size in ("L", "XL") else self.sources


def pages(
    heading: Heading, rows: Rows, qr: Markup | None, format: Format, *, source: str, kind: str, plain_title: str
) -> tuple[Slide, ...]:
    """The slides of a table whose first row is its head.

    If the columns are too wide for this format, the slides have a card for each row instead of columns. Empty if even
    cards do not fit in this format. ``plain_title`` is the title of the slides in lists.
    """
    tidy_rows = squared(tuple(tuple(tidy(cell) for cell in row) for row in rows))
    found = [
        (title_block, layout, parts)
        for title_block in _title_blocks(heading, qr is not None, format)
        for layout, parts in _layouts(tidy_rows, title_block, scale(format))
    ]
    if not found:
        return _records(heading, tidy_rows, format, source=source, kind=kind, plain_title=plain_title)
    title_block, layout, parts = min(found, key=lambda setting: len(setting[2]))
    return tuple(
        render_slide(
            "table/template.html",
            {
                "heading": heading,
                "sources": heading.shown_sources(format),
                "size": format.size,
                "qr": qr,
                "continued": title_block.once and number > 1,
                "text_block": TextBlock(
                    title_block.title, title_block.title_size, "", layout.size, number, len(parts)
                ),
                "head": layout.rows[0],
                "rows": [layout.rows[at] for at in part],
                "columns": [f"{width / sum(layout.widths) * 100:.2f}%" for width in layout.widths],
                "padding": PADDINGS.index(layout.padding),
            },
            dwell=reading_time(
                " ".join([heading.title, *layout.rows[0], *(cell for at in part for cell in layout.rows[at])]),
                extra_rows=len(part),
            ),
            title=plain_title,
            source=source,
            kind=kind,
        )
        for number, part in enumerate(parts, start=1)
    )


def _records(
    heading: Heading, rows: Rows, format: Format, *, source: str, kind: str, plain_title: str
) -> tuple[Slide, ...]:
    """The slides of a table with a card for each row; empty if the cards do not fit.

    The title is in the line above the cards, the kicker, or on a page before them if that needs fewer pages. In sizes
    L and XL, where a line takes much of the space, the cards may have no kicker at all.
    """
    kickers = [f"{heading.label} · {heading.title}", heading.label, *([""] if format.size in ("L", "XL") else [])]
    found = [
        (len(one.pages) + bool(at), at, one)
        for at, kicker in enumerate(kickers)
        if (one := row_records(rows, Arrangement(format, kicker and kicker + PART_MARK)))
    ]
    if not found:
        return ()
    _, way, chosen = min(found, key=lambda choice: choice[:2])
    lead = arrange(heading.title, "", Arrangement(format, heading.label + PART_MARK)) if way else ()
    titled = () if way else (heading.title,)
    pages = [
        *((page.text_block, (), page.arrangement.ornament) for page in lead),
        *((TextBlock("", 0, "", chosen.size), cards, False) for cards in chosen.pages),
    ]
    return tuple(
        render_slide(
            "table/records.html",
            {
                "heading": heading,
                "sources": titled,
                "has_kicker": bool(text_block.headline) or bool(kickers[way]),
                "size": format.size,
                "text_block": replace(text_block, part=number, of=len(pages)),
                "cards": cards,
                "columns": chosen.columns,
                "ornament": ornament,
            },
            dwell=reading_time(
                " ".join([heading.title, *(word for card in cards for cell in card for word in cell)]),
                extra_rows=len(cards),
            ),
            title=plain_title,
            source=source,
            kind=kind,
        )
        for number, (text_block, cards, ornament) in enumerate(pages, start=1)
    )


def as_text(rows: Rows) -> str:
    """Returns a table as text, one line for each row ("Ngày: 15/06; Giờ: 8."), for formats too small for it."""
    if not rows:
        return ""
    head, *body = squared(rows)
    return "\n".join(
        "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell) + "."
        for row in body
    )


def led_text(rows: Rows, format: Format, link: str) -> str:
    """Returns a table as text for an LED module: the rows that fit on MOST_LED_PAGES, and a sentence on the others.

    The sentence says how many rows are left out and where to find them; ``link`` is the URL of a page with the whole
    table, or "".
    """
    whole = tidy(as_text(rows))
    if len(led.lines_of(whole, format)) <= MOST_LED_PAGES:
        return whole

    def first(many: int) -> str:
        left = len(rows) - 1 - many
        host = _HOST.match(link)
        place = host[1] if host else "trụ sở"
        rest = f"Còn {left} dòng, xem tiếp tại {place}." if many else f"Bảng có {left} dòng, xem tại {place}."
        return tidy("\n".join(filter(None, (as_text(rows[: many + 1]), rest))))

    counts = range(1, len(rows) - 1)
    return first(bisect_right(counts, MOST_LED_PAGES, key=lambda many: len(led.lines_of(first(many), format))))


@dataclass(frozen=True, slots=True)
class _TitleBlock:
    """One possible type size of the title above a table, and the space that it leaves, in canvas units.

    ``width`` is the width of the table. ``left`` is the height for rows on the first page, ``later`` on other pages.
    With ``once`` only the first page has the title in this size and the QR code; the others repeat the title in small
    type on one line.
    """

    width: float
    left: float
    later: float
    title: str
    title_size: int
    once: bool = False


def _title_blocks(heading: Heading, code: bool, format: Format) -> list[_TitleBlock]:
    """The possible sizes of the title, each with the height that it leaves for rows, in the order of preference.

    First come title blocks that stand on every page, with the QR code if there is a ``code``; then those that stand
    on the first page only (``once``). In both groups the largest title comes first.
    """
    type_scale = scale(format)
    kicker = heading.kicker(format) + PART_MARK
    arrangement = Arrangement(format, kicker)
    width = column_width(arrangement)
    height = column_height(arrangement) + kicker_height(kicker, width, format)
    narrow = width - (type_scale.qr + CAPTION_GAP if code else 0)
    later = height - type_scale.kicker * KICKER_LEADING - KICKER_GAP - gap(type_scale)
    found = []
    for size in sizes(type_scale.text, type_scale.headline):
        title = loosened(heading.title, narrow, size, BOLD)
        lines = count_lines(title, narrow, size, BOLD)
        block = lines * size * HEADLINE_LEADING + kicker_height(kicker, narrow, format)
        if lines <= MOST_TITLE_LINES or size == type_scale.text:
            left = height - max(block, type_scale.qr if code else 0) - gap(type_scale)
            found.append(_TitleBlock(width, left, left, title, size))
    return [*found, *(replace(one, later=later, once=True) for one in found)]


def _layouts(
    rows: Rows, title_block: _TitleBlock, type_scale: Scale
) -> Iterator[tuple[TableLayout, list[tuple[int, ...]]]]:
    """Yields the best layout below ``title_block``, with the indices of the rows on each of its pages.

    The best layout has the largest type with which the table fits on one page or, if none does, the largest type that
    needs no more pages than the smallest type. Yields nothing if the columns are too wide.
    """
    paged: list[tuple[TableLayout, list[tuple[int, ...]]]] = []
    for size in sizes(type_scale.text, type_scale.text * MOST_GROWTH):
        widths = column_widths(rows, title_block.width, size)
        smallest = size == type_scale.text
        for padding in PADDINGS if widths else ():
            layout = TableLayout(rows, size, widths or (), padding)
            grown = smallest or layout.most_lines() <= MOST_GROWN_LINES
            parts = split(layout, title_block.left, title_block.later) if grown else None
            if parts and len(parts) == 1:
                yield layout, parts
                return
            if parts and padding == PADDINGS[-1]:
                paged.append((layout, parts))
    for layout, parts in [one for one in paged if len(one[1]) == len(paged[-1][1])][:1]:
        yield _with_most_padding(layout, parts, title_block), parts


def _with_most_padding(layout: TableLayout, parts: list[tuple[int, ...]], title_block: _TitleBlock) -> TableLayout:
    """Returns ``layout`` with the largest padding at which the rows of every page (``parts``) still fit on it."""
    for padding in PADDINGS:
        padded = TableLayout(layout.rows, layout.size, layout.widths, padding)
        heights = [padded.height(0) + sum(padded.height(at) for at in part) for part in parts]
        if heights[0] <= title_block.left and all(height <= title_block.later for height in heights[1:]):
            return padded
    return layout
