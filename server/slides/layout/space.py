"""Computes the space that a slide's text has in each format and arrangement; called by the kinds of slides.

Lengths and type sizes are in canvas units (server.core.typesetting.formats). shared/style.css has the same lengths as
custom properties; tests/web/test_layout.py renders every combination in a browser and fails if they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.model import Format, Size
from server.core.typesetting.formats import TEXT_LEADING, margins, scale, stage
from server.core.typesetting.paging import count_lines
from server.slides.layout.fitting import Space

PAD_LANDSCAPE = 30
PAD_PORTRAIT = 52
GUTTER = 68
KICKER_WEIGHT = 600
KICKER_LEADING = 1.5
KICKER_GAP = 12
FOOT_GAP = 24
CAPTION = "Quét mã để đọc toàn văn"
CAPTION_GAP = 26
# The factor by which a QR code beside the text is larger than one below it.
CODE_BESIDE = 1.7
CODE_GAP = 84
PICTURE_SHARE: Mapping[Size, float] = {"S": 0.44, "M": 0.44, "L": 0.40, "XL": 0.34, "LED": 0.0}
# The share of the height that a picture takes in portrait, where it stands above the text; the lesser share is used
# if the text needs more space.
PICTURE_ROW = 0.40
PICTURE_ROW_LEAST = 0.28
ORNAMENT_SHARE = 0.34
# In portrait the ornament stands above the text and takes this share of the height.
ORNAMENT_ROW = 0.5
# Text with bold parts or lists is measured in a column that is narrower by this factor, because bold text is wider
# and lists are indented.
STYLED_WIDTH = 0.93
# The gap between two paragraphs of a story, in lines; shared/style.css has the same.
BETWEEN_PARAGRAPHS = 0.5
# The largest type size of a title without text, in canvas units: (without a picture, with a picture).
MOST_ALONE = (540, 300)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The parts around a slide's text: a line above (``kicker``) and below it (``foot``), a picture, a QR ``code``.

    ``share`` is the share of the width that a picture takes in landscape, 0 for PICTURE_SHARE of the size class;
    ``row`` is the share of the height in portrait. ``styled`` says that the text has bold parts, headings or lists
    and so is wider than plain text. ``story`` says that each page has the headline, and that half a line is left
    between paragraphs. ``above`` is the height of a band above all of these, in canvas units.
    """

    format: Format
    kicker: str
    picture: bool = False
    code: bool = False
    foot: str = ""
    ornament: bool = False
    share: float = 0.0
    row: float = PICTURE_ROW
    styled: bool = False
    story: bool = False
    above: float = 0.0

    @property
    def portrait(self) -> bool:
        """Whether the format is portrait: picture and ornament then stand above the text, otherwise beside it."""
        return self.format.layout == "portrait"

    @property
    def code_beside(self) -> bool:
        """Whether the QR code has a column of its own beside the text: in landscape without a picture."""
        return self.code and not self.portrait and not self.picture


def column_width(arrangement: Arrangement) -> float:
    """The width of the text column, in canvas units."""
    stage_size, (side, _) = stage(arrangement.format), margins(arrangement.format)
    if arrangement.portrait:
        return stage_size.width - 2 * side
    if arrangement.picture:
        return stage_size.width * (1 - (arrangement.share or PICTURE_SHARE[arrangement.format.size])) - GUTTER - side
    width = stage_size.width - 2 * side
    if arrangement.code_beside:
        width -= scale(arrangement.format).qr * CODE_BESIDE + CODE_GAP
    return width - (stage_size.width * ORNAMENT_SHARE - side + GUTTER if arrangement.ornament else 0)


def column_height(arrangement: Arrangement, *, picture_row: float = PICTURE_ROW) -> float:
    """The height for headline and text between the kicker and the foot, in canvas units.

    ``picture_row`` is the share of the height that a picture or ornament takes in portrait.
    """
    height = stage(arrangement.format).height - arrangement.above
    if arrangement.portrait and (arrangement.picture or arrangement.ornament):
        height *= 1 - picture_row
    height -= 2 * (PAD_PORTRAIT if arrangement.portrait else PAD_LANDSCAPE)
    kicker = kicker_height(arrangement.kicker, column_width(arrangement), arrangement.format)
    return height - kicker - foot_height(arrangement)


def kicker_height(kicker: str, width: float, format: Format) -> float:
    """The height of the kicker, the line with label, source and time above the headline, in canvas units.

    0 if ``kicker`` is "". ``width`` is the width of the column, in canvas units.
    """
    size = scale(format).kicker
    if not kicker:
        return 0.0
    return count_lines(kicker, width, size, KICKER_WEIGHT) * size * KICKER_LEADING + KICKER_GAP


def foot_height(arrangement: Arrangement) -> float:
    """The height of the foot below the text, in canvas units.

    The foot is a QR code with its caption, or a line of small print; without both the height is 0.
    """
    sizes, width = scale(arrangement.format), column_width(arrangement)
    code = arrangement.code and not arrangement.code_beside
    lines = 0
    if code:
        width -= sizes.qr + CAPTION_GAP
        lines += count_lines(CAPTION, width, sizes.small)
    lines += count_lines(arrangement.foot, width, sizes.small)
    return max(sizes.qr if code else 0, lines * sizes.small * TEXT_LEADING) + FOOT_GAP if lines else 0.0


def space_for(arrangement: Arrangement, *, with_text: bool, picture_row: float = PICTURE_ROW) -> Space:
    """The space for headline and text, and the largest type sizes that short texts may have in it.

    ``picture_row`` is the share of the height that a picture or ornament takes in portrait.
    """
    sizes = scale(arrangement.format)
    height = column_height(arrangement, picture_row=picture_row)
    growth, text_growth = (1.7, 1.45) if arrangement.picture else (2.3, 1.9)
    return Space(
        width=column_width(arrangement) * (STYLED_WIDTH if arrangement.styled else 1),
        height=height,
        most_headline=sizes.headline * growth if with_text else MOST_ALONE[arrangement.picture],
        most_text=sizes.text * text_growth,
        between=BETWEEN_PARAGRAPHS if arrangement.story else 0.0,
    )
