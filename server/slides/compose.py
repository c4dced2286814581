"""Chooses the composition of a headline with text: picture, code, ornament; called by stories and announcements."""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.core.formats import scale
from server.core.paging import count_lines, em_width, reading_time
from server.slides.fitting import BOLD, REGULAR, Words, fit, numbered, one_page
from server.slides.rooms import KICKER_WEIGHT, PICTURE_ROW_LEAST, Composition, room, words_width

# Words that reach less far than this leave a hole at their right, which a drawing fills.
NARROW = 0.62
# Room in the kicker for "· 12/12" of a text with many pages.
PART_MARK = " · 12/12"
# More pages than this beside a picture: it stands on the first alone, and the text has the whole width.
MOST_BESIDE_PICTURE = 2


@dataclass(frozen=True, slots=True)
class Page:
    """One page's words in the composition that was chosen for it."""

    words: Words
    made: Composition


def arrange(title: str, text: str, made: Composition) -> tuple[Page, ...]:
    """Fits a tidy title and text into a composition, or into the better one that they call for; at least one page.

    On wide glass, short words without picture or code get a drawing beside them. Where a picture leaves the words
    too little room, it stands on the first page with the title, and the text follows in full width.
    """
    pages = _fitted(title, text, made)
    if made.picture and (len(pages) > MOST_BESIDE_PICTURE or not pages[0].text) and text:
        lead, rest = replace(made, code=False), replace(made, picture=False)
        first, *more = _fitted(title, "", lead)
        if not more:
            following = _fitted(title, text, _marked(rest))
            parts = numbered([first, *following])
            return (Page(parts[0], lead), *(Page(part, rest) for part in parts[1:]))
    lonely = not (made.portrait or made.picture or made.code) and len(pages) == 1
    if lonely and _reach(pages[0], made) < NARROW * words_width(made):
        beside = replace(made, ornament=True)
        refit = _fitted(title, text, beside)
        if len(refit) == 1:
            return (Page(refit[0], beside),)
    return tuple(Page(words, made) for words in pages)


def shown_time(words: Words) -> int:
    """How long a page of words stays, in milliseconds (rule 8)."""
    return reading_time(f"{words.headline} {words.text}")


def _fitted(title: str, text: str, made: Composition) -> tuple[Words, ...]:
    pages = _tried(title, text, made)
    return pages if len(pages) == 1 else _tried(title, text, _marked(made))


def _marked(made: Composition) -> Composition:
    return made if made.kicker.endswith(PART_MARK) else replace(made, kicker=made.kicker + PART_MARK)


def _tried(title: str, text: str, made: Composition) -> tuple[Words, ...]:
    sizes, with_text = scale(made.format), bool(text)
    offered = room(made, with_text=with_text)
    if made.picture and made.portrait:
        single = one_page(title, text, offered, sizes)
        if single and single.headline_size >= sizes.headline:
            return (single,)
        offered = room(made, with_text=with_text, picture_row=PICTURE_ROW_LEAST)
    return fit(title, text, offered, sizes)


def _reach(words: Words, made: Composition) -> float:
    """How far to the right the widest of kicker, headline and text goes, in units; balanced lines count evenly."""
    width, sizes = words_width(made), scale(made.format)
    reaches = [em_width(made.kicker, KICKER_WEIGHT) * sizes.kicker]
    for text, size, weight in (
        (words.headline, words.headline_size, BOLD),
        (words.text, words.text_size, REGULAR),
    ):
        if text:
            reaches.append(em_width(text, weight) * size / count_lines(text, width, size, weight))
    return min(width, max(reaches))
