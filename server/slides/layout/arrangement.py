"""Arranges a headline and its text with a picture, a QR code or an ornament; called by the kinds of slides.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.core.typesetting.formats import scale
from server.core.typesetting.paging import count_lines, em_width, reading_time
from server.slides.layout.fitting import BOLD, REGULAR, TextBlock, fit, numbered, one_page
from server.slides.layout.space import (
    KICKER_WEIGHT,
    ORNAMENT_ROW,
    PICTURE_ROW_LEAST,
    Arrangement,
    column_width,
    space_for,
)

# Text that takes less than this share of the width leaves a gap to its right, which an ornament fills.
NARROW = 0.75
# Is added to the kicker to reserve space for the page number of a text with several pages.
PART_MARK = " · 12/12"
# If text beside a picture needs more pages than this, only the first page has the picture, and the text gets the full
# width.
MOST_BESIDE_PICTURE = 2


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page and the arrangement that was chosen for it."""

    text_block: TextBlock
    arrangement: Arrangement


def arrange(title: str, text: str, arrangement: Arrangement) -> tuple[Page, ...]:
    """The pages of a normalized title and text in ``arrangement``, or in a better variant of it; at least one.

    A short text without picture or QR code gets an ornament beside or above it. If a picture leaves too little space
    for the text, it stands on the first page with the title, and the text follows in full width.
    """
    pages = _fitted(title, text, arrangement)
    if arrangement.picture and len(pages) > 1 and (len(pages) > MOST_BESIDE_PICTURE or not pages[0].text):
        return _picture_first(title, text, arrangement)
    return tuple(_with_ornament(text_block, arrangement) for text_block in pages)


def _with_ornament(text_block: TextBlock, arrangement: Arrangement) -> Page:
    """The page with this text, and with an ornament if the text is so short that it leaves a gap."""
    if not (arrangement.picture or arrangement.code) and leaves_a_gap(text_block, arrangement):
        variant = replace(_with_part_mark(arrangement) if text_block.of > 1 else arrangement, ornament=True)
        space = space_for(variant, with_text=bool(text_block.text), picture_row=ORNAMENT_ROW)
        refit = one_page(text_block.headline, text_block.text, space, scale(arrangement.format))
        if refit:
            return Page(replace(refit, part=text_block.part, of=text_block.of), variant)
    return Page(text_block, arrangement)


def _picture_first(title: str, text: str, arrangement: Arrangement) -> tuple[Page, ...]:
    """Returns pages with picture and title on the first one and the text on the others.

    The picture is left out if it and the title do not fit on one page.
    """
    with_picture = _with_part_mark(replace(arrangement, code=False))
    without = _with_part_mark(replace(arrangement, picture=False))
    first, *more = _fitted(title, "", with_picture)
    following = _fitted(title, text, without)
    if more:
        return tuple(Page(text_block, without) for text_block in following)
    parts = numbered([first, *(text_block for text_block in following if text_block.text)])
    return (Page(parts[0], with_picture), *(Page(part, without) for part in parts[1:]))


def dwell_of(text_block: TextBlock) -> int:
    """Returns how long a page of text is shown, in milliseconds: its reading time, computed from its syllables."""
    return reading_time(f"{text_block.headline} {text_block.text}")


def _fitted(title: str, text: str, arrangement: Arrangement) -> tuple[TextBlock, ...]:
    pages = _fit_sizes(title, text, arrangement)
    return pages if len(pages) == 1 else _fit_sizes(title, text, _with_part_mark(arrangement))


def _with_part_mark(arrangement: Arrangement) -> Arrangement:
    """The arrangement with space for a page number in its kicker (the line above the title)."""
    if arrangement.kicker.endswith(PART_MARK):
        return arrangement
    return replace(arrangement, kicker=arrangement.kicker + PART_MARK)


def _fit_sizes(title: str, text: str, arrangement: Arrangement) -> tuple[TextBlock, ...]:
    """The pages of title and text; in portrait the picture is made lower if the text needs the height."""
    sizes, with_text = scale(arrangement.format), bool(text)
    space = space_for(arrangement, with_text=with_text, picture_row=arrangement.row)
    if arrangement.picture and arrangement.portrait:
        single = one_page(title, text, space, sizes)
        if single and single.headline_size >= sizes.headline:
            return (single,)
        space = space_for(arrangement, with_text=with_text, picture_row=PICTURE_ROW_LEAST)
    return fit(title, text, space, sizes, always_headed=arrangement.story)


def leaves_a_gap(text_block: TextBlock, arrangement: Arrangement) -> bool:
    """Whether much of the slide would stay empty: to the right of a short text, in portrait around a single line."""
    width = column_width(arrangement)
    if arrangement.portrait:
        return not text_block.text and count_lines(text_block.headline, width, text_block.headline_size, BOLD) == 1
    return _reach(text_block, arrangement) < NARROW * width


def _reach(text_block: TextBlock, arrangement: Arrangement) -> float:
    """Estimates the width of the widest of kicker, headline and text, in canvas units.

    The lines of each are assumed to be equally long. The result is at most the width of the column.
    """
    width, sizes = column_width(arrangement), scale(arrangement.format)
    reaches = [em_width(arrangement.kicker, KICKER_WEIGHT) * sizes.kicker]
    for text, size, weight in (
        (text_block.headline, text_block.headline_size, BOLD),
        (text_block.text, text_block.text_size, REGULAR),
    ):
        if text:
            reaches.append(em_width(text, weight) * size / count_lines(text, width, size, weight))
    return min(width, max(reaches))
