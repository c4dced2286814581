"""Chooses the composition of a headline with text: picture, code, ornament; called by stories and announcements."""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.core.typesetting.formats import scale
from server.core.typesetting.paging import count_lines, em_width, reading_time
from server.slides.layout.fitting import BOLD, REGULAR, Words, fit, numbered, one_page
from server.slides.layout.space import KICKER_WEIGHT, ORNAMENT_ROW, PICTURE_ROW_LEAST, Composition, room, words_width

# Words that reach less far than this leave a hole at their right, which a drawing fills.
NARROW = 0.75
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

    Few words without picture or code get a drawing beside or above them. Where a picture leaves the words
    too little room, it stands on the first page with the title, and the text follows in full width.
    """
    pages = _fitted(title, text, made)
    if made.picture and len(pages) > 1 and (len(pages) > MOST_BESIDE_PICTURE or not pages[0].text):
        return _led_by_picture(title, text, made)
    return tuple(_with_drawing(words, made) for words in pages)


def _with_drawing(words: Words, made: Composition) -> Page:
    """The page as it is, or with a drawing where its few words would leave a hole."""
    if not (made.picture or made.code) and leaves_a_hole(words, made):
        drawn = replace(_marked(made) if words.of > 1 else made, ornament=True)
        offered = room(drawn, with_text=bool(words.text), picture_row=ORNAMENT_ROW)
        refit = one_page(words.headline, words.text, offered, scale(made.format))
        if refit:
            return Page(replace(refit, part=words.part, of=words.of), drawn)
    return Page(words, made)


def _led_by_picture(title: str, text: str, made: Composition) -> tuple[Page, ...]:
    """The picture with the title on a page of its own, the text after it; no picture where even the title is long."""
    lead, rest = _marked(replace(made, code=False)), _marked(replace(made, picture=False))
    first, *more = _fitted(title, "", lead)
    following = _fitted(title, text, rest)
    if more:
        return tuple(Page(words, rest) for words in following)
    parts = numbered([first, *(words for words in following if words.text)])
    return (Page(parts[0], lead), *(Page(part, rest) for part in parts[1:]))


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
    offered = room(made, with_text=with_text, picture_row=made.row)
    if made.picture and made.portrait:
        single = one_page(title, text, offered, sizes)
        if single and single.headline_size >= sizes.headline:
            return (single,)
        offered = room(made, with_text=with_text, picture_row=PICTURE_ROW_LEAST)
    return fit(title, text, offered, sizes)


def leaves_a_hole(words: Words, made: Composition) -> bool:
    """Wide glass is empty at the right of short words, high glass above and below a single line."""
    if made.portrait:
        return not words.text and count_lines(words.headline, words_width(made), words.headline_size, BOLD) == 1
    return _reach(words, made) < NARROW * words_width(made)


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
