"""The frame of a priority notice, which stands between the board's header and footer; called by frames.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from server.core.model import Format
from server.core.typesetting.formats import Canvas, Scale, margins, scale, stage
from server.core.typesetting.paging import count_lines, em_width
from server.slides.kinds.notice.frame import (
    LEADING,
    PART_GAP,
    SURE,
    TAG_GROWTH,
    Field,
    FixedTexts,
    Frame,
    exercise_height,
    exercise_size,
    line_width,
)
from server.slides.layout.fitting import BOLD, sizes

# Margins and gaps of a priority notice, which has less space.
STAGE_EDGE = 30
STAGE_GAP = 20
TAG_PADDING = 0.9


def stage_frame(format: Format, texts: FixedTexts, *, exercise: bool, step: int = 0) -> Frame:
    """The frame of a priority notice: tag and hazard above, the small print below.

    From step 1 on, the tag and the hazard stand in the line that opens each page (``Frame.joined``), and the time of
    issue is left out. From step 2 on, the sender is left out, too.
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
    printed = replace(texts, sender="") if step > 1 else texts
    below = stage_print_height(printed, width, type_scale.small, issued=not joined)
    height = space.height - 2 * STAGE_EDGE - head - below - (1 if joined else 2) * STAGE_GAP
    if exercise:
        height -= exercise_height(format) + STAGE_GAP
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
        unsigned=step > 1,
    )


def _stage_hazard(text: str, left: float, width: float, tag: int, type_scale: Scale) -> tuple[int, bool, float]:
    """Returns (type size of the hazard's text, whether it stands below the tag, height of text and tag together).

    The text stands beside the tag on one line or on two; if that does not fit, below the tag. ``left`` is the width
    beside the tag, ``tag`` the tag's type size. All lengths are in canvas units.
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
        wide = line_width(part, size)
        if used and used + PART_GAP + wide > width:
            lines, used = lines + 1, 0.0
        extra = ceil(wide / width) - 1
        lines, used = lines + extra, used + (PART_GAP if used else 0) + wide
    return lines * size * 1.5 + 28
