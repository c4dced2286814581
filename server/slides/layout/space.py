"""How much room a slide's words have in each format and composition; called by the kinds of slides.

The same lengths stand in shared/style.css as custom properties; tests/web/test_layout.py draws every combination
in a browser, so a number that is changed on one side alone turns a test red.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.model import Format, Size
from server.core.typesetting.formats import TEXT_LEADING, margins, scale, stage
from server.core.typesetting.paging import count_lines
from server.slides.layout.fitting import Room

PAD_LANDSCAPE = 30
PAD_PORTRAIT = 52
GUTTER = 68
KICKER_WEIGHT = 600
KICKER_LEADING = 1.5
KICKER_GAP = 12
FOOT_GAP = 24
CAPTION = "Quét mã để đọc toàn văn"
CAPTION_GAP = 26
# A code beside the words is larger than one below them, for there is width to spare.
CODE_BESIDE = 1.7
CODE_GAP = 84
PICTURE_SHARE: Mapping[Size, float] = {"S": 0.44, "M": 0.44, "L": 0.40, "XL": 0.34, "LED": 0.0}
# In portrait the picture stands above the words and takes what they leave, at least these shares of the stage.
PICTURE_ROW = 0.40
PICTURE_ROW_LEAST = 0.28
ORNAMENT_SHARE = 0.34
# In portrait the drawing stands above the words, on this share of the stage.
ORNAMENT_ROW = 0.5
# Bold letters are wider than regular ones, and lists are indented.
LOOSE = 0.93
# A title without text may grow to this, without and with a picture.
MOST_ALONE = (540, 300)


@dataclass(frozen=True, slots=True)
class Composition:
    """What stands beside and below the words: ``code`` a QR, ``foot`` a last line, ``ornament`` a drawing.

    ``share`` is the part of the width that a picture takes in landscape (0: as stories have it), ``row`` the part
    of the height in portrait. ``loose`` words need more room than their letters: bold ones, lists.
    """

    format: Format
    kicker: str
    picture: bool = False
    code: bool = False
    foot: str = ""
    ornament: bool = False
    share: float = 0.0
    row: float = PICTURE_ROW
    loose: bool = False

    @property
    def portrait(self) -> bool:
        return self.format.layout == "portrait"

    @property
    def code_beside(self) -> bool:
        """On wide glass without a picture the code has a column of its own."""
        return self.code and not self.portrait and not self.picture


def words_width(made: Composition) -> float:
    """The width of the column of words, in units."""
    room, (side, _) = stage(made.format), margins(made.format)
    if made.portrait:
        return room.width - 2 * side
    if made.picture:
        return room.width * (1 - (made.share or PICTURE_SHARE[made.format.size])) - GUTTER - side
    width = room.width - 2 * side
    if made.code_beside:
        width -= scale(made.format).qr * CODE_BESIDE + CODE_GAP
    return width - (room.width * ORNAMENT_SHARE - side + GUTTER if made.ornament else 0)


def words_height(made: Composition, *, picture_row: float = PICTURE_ROW) -> float:
    """The height that headline and text may take, between the kicker and what stands below."""
    height: float = stage(made.format).height
    if made.portrait and (made.picture or made.ornament):
        height *= 1 - picture_row
    height -= 2 * (PAD_PORTRAIT if made.portrait else PAD_LANDSCAPE)
    return height - kicker_height(made.kicker, words_width(made), made.format) - foot_height(made)


def kicker_height(kicker: str, width: float, format: Format) -> float:
    """The line above the headline: who speaks, from where, when."""
    size = scale(format).kicker
    if not kicker:
        return 0.0
    return count_lines(kicker, width, size, KICKER_WEIGHT) * size * KICKER_LEADING + KICKER_GAP


def foot_height(made: Composition) -> float:
    """What stands below the words: a code with its caption, or a line of small print, or nothing."""
    sizes, width = scale(made.format), words_width(made)
    code = made.code and not made.code_beside
    lines = 0
    if code:
        width -= sizes.qr + CAPTION_GAP
        lines += count_lines(CAPTION, width, sizes.small)
    lines += count_lines(made.foot, width, sizes.small)
    return max(sizes.qr if code else 0, lines * sizes.small * TEXT_LEADING) + FOOT_GAP if lines else 0.0


def room(made: Composition, *, with_text: bool, picture_row: float = PICTURE_ROW) -> Room:
    """The room of headline and text, and how large short ones may become in it."""
    sizes = scale(made.format)
    height = words_height(made, picture_row=picture_row)
    growth, text_growth = (1.7, 1.45) if made.picture else (2.3, 1.9)
    return Room(
        width=words_width(made) * (LOOSE if made.loose else 1),
        height=height,
        most_headline=sizes.headline * growth if with_text else MOST_ALONE[made.picture],
        most_text=sizes.text * text_growth,
    )
