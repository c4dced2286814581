"""Slides of a table, split by rows with the head repeated; called by the story and announcement kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from server.core.model import Format, Slide
from server.core.typesetting.formats import HEADLINE_LEADING, Scale, scale
from server.core.typesetting.paging import count_lines, reading_time, tidy
from server.slides.kinds.table.columns import PADDINGS, Rows, TableLayout, column_widths, split, squared
from server.slides.kinds.table.records import row_records
from server.slides.layout.arrangement import PART_MARK, arrange
from server.slides.layout.fitting import BOLD, TextBlock, gap, sizes
from server.slides.layout.space import CAPTION_GAP, Arrangement, column_height, column_width, kicker_height
from server.slides.templating import render_slide

MOST_TITLE_LINES = 2
MOST_GROWTH = 1.9
# Type grows only while no cell has more lines than this: tall, narrow tables are hard to read in any size.
MOST_GROWN_LINES = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a table or a story's text: label, sources, time (``instant`` None: as text only), title."""

    label: str
    sources: tuple[str, ...]
    time_text: str
    instant: datetime | None
    title: str
    language: str

    def kicker(self, format: Format) -> str:
        """The text of the line above the title, for measuring."""
        return " · ".join(filter(None, [self.label, *self.shown_sources(format), self.time_text]))

    def shown_sources(self, format: Format) -> tuple[str, ...]:
        """The sources for the kicker; none in sizes L and XL, which show only the label."""
        return () if format.size in ("L", "XL") else self.sources


def pages(
    heading: Heading, rows: Rows, qr: Markup | None, format: Format, *, source: str, kind: str, plain_title: str
) -> tuple[Slide, ...]:
    """The slides of a table with its head as first row: in columns, or one card per row if these are too wide.

    Empty if even cards do not fit in this format.
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
                "text_block": TextBlock(heading.title, title_block.title_size, "", layout.size, number, len(parts)),
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
    """Cards below the title; if that leaves too little space, after a page with the title.

    In sizes L and XL, where a line takes much of the space, the cards may even have no kicker.
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
    """A table as text, one line per row ("Ngày: 15/06; Giờ: 8."), for formats in which it does not fit."""
    if not rows:
        return ""
    head, *body = squared(rows)
    return "\n".join(
        "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell) + "."
        for row in body
    )


@dataclass(frozen=True, slots=True)
class _TitleBlock:
    """The title above a table: the ``width`` of the column, the height ``left`` for rows, the title's type size."""

    width: float
    left: float
    title_size: int


def _title_blocks(heading: Heading, code: bool, format: Format) -> list[_TitleBlock]:
    """The possible sizes of the title, largest first, each with the height that it leaves for rows."""
    type_scale = scale(format)
    kicker = heading.kicker(format) + PART_MARK
    arrangement = Arrangement(format, kicker)
    width = column_width(arrangement)
    height = column_height(arrangement) + kicker_height(kicker, width, format)
    narrow = width - (type_scale.qr + CAPTION_GAP if code else 0)
    found = []
    for size in sizes(type_scale.text, type_scale.headline):
        lines = count_lines(heading.title, narrow, size, BOLD)
        block = lines * size * HEADLINE_LEADING + kicker_height(kicker, narrow, format)
        if lines <= MOST_TITLE_LINES or size == type_scale.text:
            left = height - max(block, type_scale.qr if code else 0) - gap(type_scale)
            found.append(_TitleBlock(width, left, size))
    return found


def _layouts(
    rows: Rows, title_block: _TitleBlock, type_scale: Scale
) -> Iterator[tuple[TableLayout, list[tuple[int, ...]]]]:
    """The layouts to choose from, each with the rows of its pages.

    That is the largest one on a single page, or else the one in the smallest type; none if a column is too narrow.
    """
    for size in sizes(type_scale.text, type_scale.text * MOST_GROWTH):
        widths = column_widths(rows, title_block.width, size)
        smallest = size == type_scale.text
        for padding in PADDINGS if widths else ():
            layout = TableLayout(rows, size, widths or (), padding)
            parts = split(layout, title_block.left) if smallest or layout.most_lines() <= MOST_GROWN_LINES else None
            if parts and len(parts) == 1:
                yield layout, parts
                return
            if parts and smallest and padding == PADDINGS[-1]:
                yield _with_most_padding(layout, parts, title_block.left), parts


def _with_most_padding(layout: TableLayout, parts: list[tuple[int, ...]], left: float) -> TableLayout:
    """The same pages with the largest padding at which all of them fit."""
    for padding in PADDINGS:
        padded = TableLayout(layout.rows, layout.size, layout.widths, padding)
        if all(padded.height(0) + sum(padded.height(at) for at in part) <= left for part in parts):
            return padded
    return layout
