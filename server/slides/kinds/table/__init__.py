"""Slides of a table, split by rows with the head repeated; called by stories and announcements that carry one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from server.core.model import Format, Slide
from server.core.typesetting.formats import HEADLINE_LEADING, Scale, scale
from server.core.typesetting.paging import count_lines, reading_time, tidy
from server.slides.kinds.table.columns import PADDINGS, Rows, Sheet, column_widths, split, squared
from server.slides.kinds.table.records import records
from server.slides.layout.arrangement import PART_MARK, arrange
from server.slides.layout.fitting import BOLD, Words, gap, sizes
from server.slides.layout.space import CAPTION_GAP, Composition, kicker_height, words_height, words_width
from server.slides.templating import slide

MOST_TITLE_LINES = 2
MOST_GROWTH = 1.9
# Type grows only while cells stay this low: a tall thin table reads badly, however large.
MOST_GROWN_LINES = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a table: who speaks, from where, when (``instant`` None: in words only), the title."""

    label: str
    sources: tuple[str, ...]
    time_text: str
    instant: datetime | None
    title: str
    language: str

    def kicker(self, format: Format) -> str:
        """The line above the title, as it is measured."""
        return " · ".join(filter(None, [self.label, *self.shown_sources(format), self.time_text]))

    def shown_sources(self, format: Format) -> tuple[str, ...]:
        """Who said it; the larger classes, which show less, name only the label."""
        return () if format.size in ("L", "XL") else self.sources


def pages(
    heading: Heading, rows: Rows, qr: Markup | None, format: Format, *, source: str, kind: str, plain_title: str
) -> tuple[Slide, ...]:
    """The slides of a table whose first row is its head: columns, or a card for each row where they are too wide.

    None where even that cannot be set in this format's type.
    """
    tidy_rows = squared(tuple(tuple(tidy(cell) for cell in row) for row in rows))
    found = [
        (top, sheet, parts)
        for top in _tops(heading, qr is not None, format)
        for sheet, parts in _sheets(tidy_rows, top, scale(format))
    ]
    if not found:
        return _records(heading, tidy_rows, format, source=source, kind=kind, plain_title=plain_title)
    top, sheet, parts = min(found, key=lambda setting: len(setting[2]))
    return tuple(
        slide(
            "table/template.html",
            {
                "heading": heading,
                "sources": heading.shown_sources(format),
                "size": format.size,
                "qr": qr,
                "words": Words(heading.title, top.title_size, "", sheet.size, number, len(parts)),
                "head": sheet.rows[0],
                "rows": [sheet.rows[at] for at in part],
                "columns": [f"{width / sum(sheet.widths) * 100:.2f}%" for width in sheet.widths],
                "padding": PADDINGS.index(sheet.padding),
            },
            dwell=reading_time(
                " ".join([heading.title, *sheet.rows[0], *(cell for at in part for cell in sheet.rows[at])]),
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
    """Cards under the title; where that leaves too little room, the title on a page of its own before them.

    The larger the class, the dearer a line: there the cards may even do without the line that says who speaks.
    """
    kickers = [f"{heading.label} · {heading.title}", heading.label, *([""] if format.size in ("L", "XL") else [])]
    found = [
        (len(made.pages) + bool(at), at, made)
        for at, kicker in enumerate(kickers)
        if (made := records(rows, Composition(format, kicker and kicker + PART_MARK)))
    ]
    if not found:
        return ()
    _, way, made = min(found, key=lambda one: one[:2])
    lead = arrange(heading.title, "", Composition(format, heading.label + PART_MARK)) if way else ()
    titled = () if way else (heading.title,)
    pages = [
        *((page.words, (), page.made.ornament) for page in lead),
        *((Words("", 0, "", made.size), cards, False) for cards in made.pages),
    ]
    return tuple(
        slide(
            "table/records.html",
            {
                "heading": heading,
                "sources": titled,
                "told": bool(words.headline) or bool(kickers[way]),
                "size": format.size,
                "words": replace(words, part=number, of=len(pages)),
                "cards": cards,
                "columns": made.columns,
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
        for number, (words, cards, ornament) in enumerate(pages, start=1)
    )


def as_text(rows: Rows) -> str:
    """A table in sentences, one line a row, for formats in which its columns do not fit: "Ngày: 15/06; Giờ: 8"."""
    if not rows:
        return ""
    head, *body = squared(rows)
    return "\n".join(
        "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell) + "."
        for row in body
    )


@dataclass(frozen=True, slots=True)
class _Top:
    width: float
    left: float
    title_size: int


def _tops(heading: Heading, code: bool, format: Format) -> list[_Top]:
    """The sizes that the title can have, largest first, and what its block leaves of the stage for the rows."""
    kinds = scale(format)
    kicker = heading.kicker(format) + PART_MARK
    made = Composition(format, kicker)
    width, height = words_width(made), words_height(made) + kicker_height(kicker, words_width(made), format)
    narrow = width - (kinds.qr + CAPTION_GAP if code else 0)
    tops = []
    for size in sizes(kinds.text, kinds.headline):
        lines = count_lines(heading.title, narrow, size, BOLD)
        block = lines * size * HEADLINE_LEADING + kicker_height(kicker, narrow, format)
        if lines <= MOST_TITLE_LINES or size == kinds.text:
            tops.append(_Top(width, height - max(block, kinds.qr if code else 0) - gap(kinds), size))
    return tops


def _sheets(rows: Rows, top: _Top, kinds: Scale) -> Iterator[tuple[Sheet, list[tuple[int, ...]]]]:
    """The largest and airiest setting on one page, else the smallest type on as many as it takes; or none."""
    for size in sizes(kinds.text, kinds.text * MOST_GROWTH):
        widths = column_widths(rows, top.width, size)
        smallest = size == kinds.text
        for padding in PADDINGS if widths else ():
            sheet = Sheet(rows, size, widths or (), padding)
            parts = split(sheet, top.left) if smallest or sheet.most_lines() <= MOST_GROWN_LINES else None
            if parts and len(parts) == 1:
                yield sheet, parts
                return
            if parts and smallest and padding == PADDINGS[-1]:
                yield _aired(sheet, parts, top.left), parts


def _aired(sheet: Sheet, parts: list[tuple[int, ...]], left: float) -> Sheet:
    """The same pages with the widest padding that all of them can afford."""
    for padding in PADDINGS:
        aired = Sheet(sheet.rows, sheet.size, sheet.widths, padding)
        if all(aired.height(0) + sum(aired.height(at) for at in part) <= left for part in parts):
            return aired
    return sheet
