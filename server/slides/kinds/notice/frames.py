"""The fixed parts (the frame) around a notice's headline and instructions, and the space that they leave.

There are three forms: ``band`` (urgent: a white band at the top, the sender at the bottom), ``column`` (urgent on
wide screens: a white column at the left, which leaves more height) and ``stage`` (priority: between the board's
header and footer). Lengths and type sizes are in canvas units (server.core.typesetting.formats). Called by arrange
and the notice kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.core.model import Format
from server.core.typesetting.formats import Scale, canvas, margins, scale
from server.core.typesetting.paging import count_lines, em_width, longest_word
from server.slides.kinds.notice.frame import (
    GAP,
    LEADING,
    LINE_SLACK,
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
from server.slides.kinds.notice.stage_frame import stage_frame
from server.slides.layout.fitting import BOLD, sizes

COLUMN_WIDTH = 380
COLUMN_PADDING = 24
PICTOGRAM_GROWTH = 1.7
BAND_PADDING = 20
# Space above the tag ("KHẨN CẤP"), because the diacritics of its capitals are higher than its line.
TAG_ROOM = 10
RULE = 24
STEPS = 4
# Space is reserved for a text of this width: which of several urgent notices is shown. display/stage/overlay.js
# writes it.
PLACE = "2/2"


def frames(
    format: Format, texts: FixedTexts, *, urgent: bool, exercise: bool, received: bool = False
) -> Iterator[Frame]:
    """Yields the frames to try for a notice, those with the largest fixed parts first; at least one.

    In each frame a ``received`` alert has its end, and unless it is an exercise also its sender.
    """
    if not urgent:
        yield stage_frame(format, texts, exercise=exercise)
        if received:
            yield stage_frame(format, texts, exercise=exercise, step=1)
            if exercise:
                yield stage_frame(format, texts, exercise=exercise, step=2)
        return
    for step in range(STEPS):
        yield _band(format, texts, step, exercise=exercise)
        if format.layout == "landscape" and format.size in ("L", "XL"):
            column = _column(format, texts, step, exercise=exercise)
            if column and (column.sender or not received):
                yield column


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
    above = exercise_height(format) + BAND_PADDING if exercise else 0.0
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
    beside = picture + PART_GAP + line_width(texts.tag, tag) + PART_GAP
    beside += em_width(PLACE, BOLD) * tag + PART_GAP
    clock = line_width("00:00", tag) + PART_GAP
    for hazard in hazard_sizes:
        if beside + line_width(texts.hazard, hazard) + clock <= width:
            height = max(picture, tag * LEADING)
            return _Header(tag, hazard, pictogram=picture, clock=tag, stacked=False, height=height)
    hazard = hazard_sizes[-1]
    for shown in (tag, 0):
        left = (width - picture * 1.4 - PART_GAP - (clock if shown else 0)) * SURE
        if left >= max(line_width(texts.tag, tag), 8 * hazard):
            break
    # Tag and PLACE share a line if there is space for both.
    marks = 1 if line_width(texts.tag, tag) + line_width(PLACE, tag) + PART_GAP <= left else 2
    lines = count_lines(texts.hazard, left, hazard, BOLD) if hazard else 0
    height = (marks * tag + lines * hazard) * LEADING
    picture = sizes(tag, min(height, tag * 2.4))[0]
    return _Header(tag, hazard, pictogram=picture, clock=shown, stacked=True, height=height)


def _print_sizes(texts: FixedTexts, width: float, type_scale: Scale, step: int) -> tuple[int, int, float]:
    """Returns (type size of the sender, type size of the time of issue, height of both) in canvas units.

    A size of 0 means that the text is left out.
    """
    sender = (type_scale.text, type_scale.text, type_scale.text, 0)[step]
    issued = (type_scale.kicker, type_scale.small, 0, 0)[step]
    return sender, issued, print_height(texts, width, sender, issued)


def print_height(texts: FixedTexts, width: float, sender: int, issued: int) -> float:
    """The height of the rule (a line) and of the time of issue and the sender below it, on one line if both fit.

    ``sender`` and ``issued`` are their type sizes; 0 for ``issued`` means that the time is left out. ``width``, type
    sizes and the result are in canvas units.
    """
    if not sender and not issued:
        return 0.0
    time = texts.issued_line if issued else ""
    apart = line_width(time, issued) + PART_GAP + line_width(texts.sender, sender)
    if apart <= width:
        return max(sender if texts.sender else 0, issued) * LEADING + RULE
    lines = count_lines(texts.sender, width * SURE, sender, BOLD) * sender
    return (lines + (count_lines(time, width * SURE, issued, BOLD) * issued if issued else 0)) * LEADING + RULE


# urgent: the column


def _column(format: Format, texts: FixedTexts, step: int, *, exercise: bool) -> Frame | None:
    """The frame with the fixed parts in a column at the left; None if they do not fit in it."""
    panel, (side, edge), type_scale = canvas(format), margins(format), scale(format)
    inner = COLUMN_WIDTH - side - COLUMN_PADDING
    height = panel.height - 2 * edge - (exercise_height(format) if exercise else 0.0)
    tag = sizes(type_scale.small, inner / max(line_width(word, 1) for word in texts.tag.split()))[0]
    size = type_scale.kicker if step == 0 else type_scale.small
    clock = sizes(size, min(inner / line_width("00:00", 1), size * 1.5))[0]
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
