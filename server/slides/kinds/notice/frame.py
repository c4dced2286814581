"""Data types of the fixed parts around a notice (its frame), and measures of all frames; used by frames, arrange.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.core.model import Format
from server.core.typesetting.formats import HEADLINE_LEADING, scale
from server.core.typesetting.paging import em_width
from server.slides.layout.fitting import BOLD, sizes

LEADING = HEADLINE_LEADING
TAG_GROWTH = 1.5
BAND_GROWTH = 2.0
GAP = 36
# The gap between the parts of a line.
PART_GAP = 40
# The share of a width that text may fill when it is measured: a browser may set it slightly wider than the font
# table.
SURE = 0.985
# The factor by which the measured width of a line that must not be broken is enlarged, for the same reason.
LINE_SLACK = 1.02

Form = Literal["band", "column", "stage"]


@dataclass(frozen=True, slots=True)
class FixedTexts:
    """The texts around headline and instructions; a text that is unknown is "".

    Examples: ``tag`` "KHẨN CẤP", ``danger`` "Bão", ``risk`` "rủi ro cấp 4", ``hazard`` (danger and risk together)
    "Bão · rủi ro thiên tai cấp 4", ``issued`` and ``until`` "13:40 ngày 06/09/2026", after ``issued_label`` and
    ``until_label``. ``deadline``, which only urgent notices have, is "ĐẾN 17 GIỜ HÔM NAY". ``brief_tag`` is the tag
    for narrow lines.
    """

    tag: str
    hazard: str
    danger: str
    risk: str
    issued: str
    until: str
    deadline: str
    sender: str
    issued_label: str = "Ban hành"
    until_label: str = "Hiệu lực đến"
    brief_tag: str = "KHẨN"
    is_over: bool = False
    brief_over: str = "ĐÃ HẾT"

    @property
    def issued_line(self) -> str:
        """The time of issue after its label, as one text."""
        return f"{self.issued_label} {self.issued}"

    @property
    def until_line(self) -> str:
        """The end after its label, as one text."""
        return f"{self.until_label} {self.until}" if self.until else ""


@dataclass(frozen=True, slots=True)
class Field:
    """The space for headline and instructions, in canvas units.

    ``wide`` is whether the instructions may stand beside the headline.
    """

    width: float
    height: float
    wide: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The type sizes of the fixed parts in canvas units, 0 for a part that is left out, and the ``field`` they leave.

    ``step`` is from 0 to 3; with each step tag and small print are smaller or left out. ``stacked`` says that the
    hazard's text stands below the tag instead of beside it. ``joined`` says that the tag stands in the line that
    opens each page instead of above the pages. ``unsigned``: the sender is left out. ``signed`` says that the sender
    stands below the instructions, as large as they are, because the frame has no space for it in a type that is read
    from the same distance.
    """

    form: Form
    step: int
    tag: int
    hazard: int
    pictogram: int
    clock: int
    sender: int
    issued: int
    stacked: bool
    exercise: int
    field: Field
    joined: bool = False
    unsigned: bool = False
    signed: bool = False


def line_width(text: str, size: int) -> float:
    """The width in canvas units that a bold text of ``size`` needs on one line."""
    return em_width(text, BOLD) * size * LINE_SLACK


def exercise_size(format: Format) -> int:
    """The type size in the band that marks an exercise; it is the same in every step."""
    kicker = scale(format).kicker
    return sizes(kicker, kicker * BAND_GROWTH)[0]


def exercise_height(format: Format) -> float:
    """The height in canvas units of the band that marks an exercise."""
    return exercise_size(format) * 1.7 + 8


# urgent: the band
