"""The fixed parts (the frame) around a notice's headline and instructions, and the space that they leave.

There are three forms: ``band`` (urgent: a white band at the top, the sender at the bottom), ``column`` (urgent on
wide screens: a white column at the left, which leaves more height) and ``stage`` (priority: between the board's
header and footer). Lengths and type sizes are in canvas units (server.core.typesetting.formats). Called by arrange
and the notice kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from server.core.model import Format
from server.core.typesetting.formats import HEADLINE_LEADING, Canvas, Scale, canvas, margins, scale, stage
from server.core.typesetting.paging import count_lines, em_width, longest_word
from server.slides.layout.fitting import BOLD, sizes

LEADING = HEADLINE_LEADING
COLUMN_WIDTH = 380
COLUMN_PADDING = 24
GAP = 36
# The gap between the parts of a line.
PART_GAP = 40
TAG_GROWTH = 1.5
PICTOGRAM_GROWTH = 1.7
BAND_GROWTH = 2.0
BAND_PADDING = 20
# Space above the tag ("KHẨN CẤP"), because the diacritics of its capitals are higher than its line.
TAG_ROOM = 10
RULE = 24
# Margins and gaps of a priority notice, which has less space.
STAGE_EDGE = 30
STAGE_GAP = 20
TAG_PADDING = 0.9
# The share of a width that text may fill when it is measured: a browser may set it slightly wider than the font
# table.
SURE = 0.985
# The factor by which the measured width of a line that must not be broken is enlarged, for the same reason.
LINE_SLACK = 1.02
STEPS = 4
# Space is reserved for a text of this width: which of several urgent notices is shown. display/stage/overlay.js
# writes it.
PLACE = "2/2"

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

    @property
    def issued_line(self) -> str:
        """The time of issue with its label."""
        return f"{self.issued_label} {self.issued}"

    @property
    def until_line(self) -> str:
        """The end with its label."""
        return f"{self.until_label} {self.until}"


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
    opens each page instead of above the pages. ``signed`` says that the sender stands below the instructions, as
    large as they are, because the frame has no space for it in a type that is read from the same distance.
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
    signed: bool = False


def frames(
    format: Format, texts: FixedTexts, *, urgent: bool, exercise: bool, received: bool = False
) -> Iterator[Frame]:
    """Yields the frames to try for a notice, those with the largest fixed parts first; at least one.

    In each of them a ``received`` alert names its sender and its end.
    """
    if not urgent:
        yield _stage(format, texts, exercise=exercise)
        if received:
            yield _stage(format, texts, exercise=exercise, step=1)
        return
    for step in range(STEPS):
        yield _band(format, texts, step, exercise=exercise)
        if format.layout == "landscape" and format.size in ("L", "XL"):
            column = _column(format, texts, step, exercise=exercise)
            if column and (column.sender or not received):
                yield column


def _line_width(text: str, size: int) -> float:
    """The width in canvas units that a bold text of ``size`` needs on one line."""
    return em_width(text, BOLD) * size * LINE_SLACK


def exercise_size(format: Format) -> int:
    """The type size in the band that marks an exercise; it is the same in every step."""
    kicker = scale(format).kicker
    return sizes(kicker, kicker * BAND_GROWTH)[0]


def _exercise_height(format: Format, *, exercise: bool) -> float:
    return exercise_size(format) * 1.7 + 8 if exercise else 0.0


# urgent: the band


@dataclass(frozen=True, slots=True)
class _Header:
    """The type sizes of the parts in the white band, and the ``height`` of its content, all in canvas units."""

    tag: int
    hazard: int
    pictogram: int
    clock: int
    stacked: bool
    height: float


def _band(format: Format, texts: FixedTexts, step: int, *, exercise: bool) -> Frame:
    panel, (side, edge), width = canvas(format), margins(format), _width(format)
    header = _header(texts, width, scale(format), step)
    sender, issued, below = _print_sizes(texts, width, scale(format), step)
    above = _exercise_height(format, exercise=exercise) + (BAND_PADDING if exercise else 0)
    height = panel.height - edge - above - TAG_ROOM - header.height - BAND_PADDING - GAP - below - GAP - edge
    return Frame(
        "band",
        step,
        tag=header.tag,
        hazard=header.hazard,
        pictogram=header.pictogram,
        clock=header.clock,
        sender=sender,
        issued=issued,
        stacked=header.stacked,
        exercise=exercise_size(format) if exercise else 0,
        field=Field(panel.width - 2 * side, height, wide=format.layout != "portrait"),
        signed=not sender,
    )


def _width(format: Format) -> float:
    return canvas(format).width - 2 * margins(format)[0]


def _header(texts: FixedTexts, width: float, type_scale: Scale, step: int) -> _Header:
    """The white band with the hazard's text beside the tag if both fit on one line, else below the tag.

    The clock is left out if there is no space for it. In the last step the hazard has only its pictogram, no text.
    """
    kicker = type_scale.kicker
    tag = sizes(kicker, kicker * TAG_GROWTH)[0] if step == 0 else kicker
    largest = sizes(type_scale.text, type_scale.text * 1.1)[0]
    hazard_sizes = ((largest, kicker), (kicker,), (type_scale.small,), (0,))[step]
    picture = sizes(tag, tag * PICTOGRAM_GROWTH)[0]
    beside = picture + PART_GAP + _line_width(texts.tag, tag) + PART_GAP
    beside += em_width(PLACE, BOLD) * tag + PART_GAP
    clock = _line_width("00:00", tag) + PART_GAP
    for hazard in hazard_sizes:
        if beside + _line_width(texts.hazard, hazard) + clock <= width:
            height = max(picture, tag * LEADING)
            return _Header(tag, hazard, pictogram=picture, clock=tag, stacked=False, height=height)
    hazard = hazard_sizes[-1]
    for shown in (tag, 0):
        left = (width - picture * 1.4 - PART_GAP - (clock if shown else 0)) * SURE
        if left >= max(_line_width(texts.tag, tag), 8 * hazard):
            break
    # Tag and PLACE share a line if there is space for both.
    marks = 1 if _line_width(texts.tag, tag) + _line_width(PLACE, tag) + PART_GAP <= left else 2
    lines = count_lines(texts.hazard, left, hazard, BOLD) if hazard else 0
    height = (marks * tag + lines * hazard) * LEADING
    picture = sizes(tag, min(height, tag * 2.4))[0]
    return _Header(tag, hazard, pictogram=picture, clock=shown, stacked=True, height=height)


def _print_sizes(texts: FixedTexts, width: float, type_scale: Scale, step: int) -> tuple[int, int, float]:
    """(type size of the sender or 0, type size of the time of issue or 0, height of both) in canvas units."""
    sender = (type_scale.text, type_scale.text, type_scale.text, 0)[step]
    issued = (type_scale.kicker, type_scale.small, 0, 0)[step]
    return sender, issued, print_height(texts, width, sender, issued)


def print_height(texts: FixedTexts, width: float, sender: int, issued: int) -> float:
    """The height of rule, time of issue and sender, which share a line if they fit; ``issued`` 0 leaves the time out.

    ``width``, ``sender`` and ``issued`` (type sizes) and the result are in canvas units.
    """
    if not sender and not issued:
        return 0.0
    time = texts.issued_line if issued else ""
    apart = _line_width(time, issued) + PART_GAP + _line_width(texts.sender, sender)
    if apart <= width:
        return max(sender if texts.sender else 0, issued) * LEADING + RULE
    lines = count_lines(texts.sender, width * SURE, sender, BOLD) * sender
    return (lines + (count_lines(time, width * SURE, issued, BOLD) * issued if issued else 0)) * LEADING + RULE


# urgent: the column


def _column(format: Format, texts: FixedTexts, step: int, *, exercise: bool) -> Frame | None:
    """The frame with the fixed parts in a column at the left; None if they do not fit in it."""
    panel, (side, edge), type_scale = canvas(format), margins(format), scale(format)
    inner = COLUMN_WIDTH - side - COLUMN_PADDING
    height = panel.height - 2 * edge - _exercise_height(format, exercise=exercise)
    tag = sizes(type_scale.small, inner / max(_line_width(word, 1) for word in texts.tag.split()))[0]
    size = type_scale.kicker if step == 0 else type_scale.small
    clock = sizes(size, min(inner / _line_width("00:00", 1), size * 1.5))[0]
    kept = (texts.danger, texts.risk, texts.sender, texts.issued_line)
    words = kept if step == 0 else kept[:3] if step == 1 else kept[:1]
    lines = sum(count_lines(one, inner * SURE, size, BOLD) for one in words)
    used = len(texts.tag.split()) * tag * 1.25 + (lines + 1) * size * 1.3 + clock * LEADING + 3 * BAND_PADDING
    picture = sizes(tag, max(tag, min(inner, height - used)))[0]
    too_wide = max(longest_word(one, BOLD) for one in (*words, texts.tag)) * size * LINE_SLACK > inner
    if too_wide or len(texts.tag.split()) > 2 or used + picture > height:
        return None
    return Frame(
        "column",
        step,
        tag=tag,
        hazard=size,
        pictogram=picture,
        clock=clock,
        sender=size if step < 2 else 0,
        issued=size if step == 0 else 0,
        stacked=True,
        exercise=exercise_size(format) if exercise else 0,
        field=Field(panel.width - COLUMN_WIDTH - 1.5 * GAP - side, height, wide=True),
        signed=True,
    )


# priority


def _stage(format: Format, texts: FixedTexts, *, exercise: bool, step: int = 0) -> Frame:
    """The frame of a priority notice: tag and hazard above, the small print below.

    In step 1 they are ``joined`` with the pages, and the time of issue is left out.
    """
    space: Canvas = stage(format)
    side, type_scale = margins(format)[0], scale(format)
    width = space.width - 2 * side
    joined = step > 0
    if joined:
        tag, hazard, stacked, head = type_scale.kicker, type_scale.kicker, False, 0.0
    else:
        tag = sizes(type_scale.kicker * 1.2, type_scale.kicker * TAG_GROWTH)[0]
        left = width - (em_width(texts.tag, BOLD) + 2 * TAG_PADDING) * tag - PART_GAP
        hazard, stacked, head = _stage_hazard(texts.hazard, left, width, tag, type_scale)
    below = stage_print_height(texts, width, type_scale.small, issued=not joined)
    height = space.height - 2 * STAGE_EDGE - head - below - (1 if joined else 2) * STAGE_GAP
    if exercise:
        height -= _exercise_height(format, exercise=True) + STAGE_GAP
    return Frame(
        "stage",
        step=step,
        tag=tag,
        hazard=hazard,
        pictogram=0,
        clock=0,
        sender=type_scale.small,
        issued=0 if joined else type_scale.small,
        stacked=stacked,
        exercise=exercise_size(format) if exercise else 0,
        field=Field(width, height, wide=format.layout != "portrait"),
        joined=joined,
    )


def _stage_hazard(text: str, left: float, width: float, tag: int, type_scale: Scale) -> tuple[int, bool, float]:
    """(type size, whether it stands below the tag, height together with the tag) of the hazard's text.

    The text stands beside the tag on one line, else on two, else below the tag. ``left`` is the width beside the tag.
    """
    size = sizes(type_scale.text, type_scale.text * 1.1)[0]
    if em_width(text, BOLD) * size * 1.01 <= left:
        return size, False, tag * 2.0
    size = type_scale.kicker
    if left > 0 and count_lines(text, left * SURE, size, BOLD) <= 2:
        return size, False, max(tag * 2.0, 2 * size * LEADING)
    return size, True, tag * 2.0 + 12 + count_lines(text, width * SURE, size, BOLD) * size * LEADING


def stage_print_height(texts: FixedTexts, width: float, size: int, *, issued: bool = True) -> float:
    """The height in canvas units of the rule and the small print of a priority notice, in type of ``size``.

    The parts of the small print (time of issue unless ``issued`` is false, end, sender) share a line if they fit.
    """
    used, lines = 0.0, 1
    for part in filter(None, (texts.issued_line if issued else "", texts.until_line, texts.sender)):
        wide = _line_width(part, size)
        if used and used + PART_GAP + wide > width:
            lines, used = lines + 1, 0.0
        extra = ceil(wide / width) - 1
        lines, used = lines + extra, used + (PART_GAP if used else 0) + wide
    return lines * size * 1.5 + 28
