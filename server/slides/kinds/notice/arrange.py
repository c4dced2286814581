"""The sizes and pages of a notice: headline and acts, side by side or one above the other; called by notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from server.core.model import Format
from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, canvas, margins, scale, stage
from server.core.typesetting.paging import Budget, count_lines, em_width, longest_word, paginate
from server.slides.layout.fitting import BOLD, sizes

ACT_WEIGHT = 700
LINE_WEIGHT = 600
# Shares of the width where headline and acts stand side by side.
HEADLINE_SHARE = 0.53
COLUMN_GAP = 72
ACT_GAP = 0.5
ROW_GAP = 36
# On the stage of a priority notice, edges and gaps are closer.
STAGE_EDGE = 30
STAGE_GAP = 20
# The number of an act in its circle, and the room behind it, in ems of the act.
NUMBER = 2.0
TAG_GROWTH = 1.5
# Room for words between tag and clock, in their own size; where there is less, the clock goes.
LEAST_BESIDE_CLOCK = 4
TAG_PADDING = 0.9
LINE_GAP = 40
# A browser's widths may be a hair larger than the table of the font's.
SURE = 0.985
BAND_GROWTH = 2.0


@dataclass(frozen=True, slots=True)
class Face:
    """What surrounds the words of a notice; ``line`` is the small print in its parts."""

    format: Format
    urgent: bool
    tag: str
    danger: str
    line: tuple[str, ...]
    exercise: bool

    @property
    def tag_size(self) -> int:
        kicker = scale(self.format).kicker
        return sizes(kicker * 1.2, kicker * TAG_GROWTH)[0]

    @property
    def tag_width(self) -> float:
        return (em_width(self.tag, BOLD) + 2 * TAG_PADDING) * self.tag_size

    @property
    def line_size(self) -> int:
        """Small print is larger where there is room: on the whole glass of a smaller class."""
        kinds = scale(self.format)
        return kinds.kicker if self.urgent and self.format.size in ("S", "M") else kinds.small

    @property
    def band_size(self) -> int:
        kicker = scale(self.format).kicker
        return sizes(kicker, kicker * BAND_GROWTH)[0]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a notice; ``acts`` count from ``first``, ``aside`` says that they stand beside the headline."""

    headline: str
    headline_size: int
    acts: tuple[str, ...]
    act_size: int
    first: int = 1
    aside: bool = False


@dataclass(frozen=True, slots=True)
class _Room:
    width: float
    height: float
    wide: bool


def sheets(face: Face, headline: str, acts: tuple[str, ...]) -> tuple[Sheet, ...]:
    """The pages of a notice: one at the largest sizes that fit, else the headline first and the acts after it."""
    room = _room(face)
    single = next(_singles(face, room, headline, acts), None)
    if single:
        return (single,)
    least, act_size = _least(face)
    lines = max(1, int(room.height / (least * HEADLINE_LEADING)))
    heads = paginate(headline, Budget(room.width, lines, least, BOLD))
    alone = [next(_singles(face, room, head, ()), Sheet(head, least, (), act_size)) for head in heads]
    return (*alone, *_act_sheets(acts, act_size, room))


def _least(face: Face) -> tuple[int, int]:
    kinds = scale(face.format)
    return (kinds.urgent if face.urgent else kinds.headline), kinds.text


def _singles(face: Face, room: _Room, headline: str, acts: tuple[str, ...]) -> Iterator[Sheet]:
    """Every pair of sizes at which all stands on one page, the largest acts first, then the largest headline."""
    least, least_act = _least(face)
    for act_size in sizes(least_act, least_act * (1.7 if len(acts) > 1 else 2.2)) if acts else (least_act,):
        for size in sizes(max(least, act_size * 1.25), least * (2.0 if acts else 4.8)):
            if _fits(room, headline, size, acts, act_size):
                yield Sheet(headline, size, acts, act_size, aside=_aside(room, acts))


def _aside(room: _Room, acts: tuple[str, ...]) -> bool:
    """Several acts stand beside the headline where the glass is wide; a single one goes on below it."""
    return room.wide and len(acts) > 1


def _fits(room: _Room, headline: str, size: int, acts: tuple[str, ...], act_size: int) -> bool:
    beside = _aside(room, acts)
    head_width = room.width * HEADLINE_SHARE - COLUMN_GAP / 2 if beside else room.width
    act_width = room.width * (1 - HEADLINE_SHARE) - COLUMN_GAP / 2 if beside else room.width
    if longest_word(headline, BOLD) * size > head_width:
        return False
    head = count_lines(headline, head_width, size, BOLD) * size * HEADLINE_LEADING
    listed = acts_height(acts, act_width, act_size)
    if beside:
        return max(head, listed) <= room.height
    return head + (ROW_GAP + listed if acts else 0) <= room.height


def acts_height(acts: tuple[str, ...], width: float, size: int) -> float:
    """The height of numbered acts, one below the other."""
    lines = sum(count_lines(act, width - (NUMBER * size if len(acts) > 1 else 0), size, ACT_WEIGHT) for act in acts)
    return lines * size * TEXT_LEADING + max(0, len(acts) - 1) * ACT_GAP * size


def _act_sheets(acts: tuple[str, ...], size: int, room: _Room) -> Iterator[Sheet]:
    """Acts on pages of their own; one that is longer than a page goes on under its number."""
    lines = max(1, int(room.height / (size * TEXT_LEADING)))
    waiting: list[tuple[int, str]] = [
        (number, part)
        for number, act in enumerate(acts, start=1)
        for part in paginate(act, Budget(room.width - NUMBER * size, lines, size, ACT_WEIGHT))
    ]
    while waiting:
        first = waiting[0][0]
        taken = 1
        while (
            taken < len(waiting)
            and waiting[taken][0] == first + taken
            and acts_height(tuple(part for _, part in waiting[: taken + 1]), room.width, size) <= room.height
        ):
            taken += 1
        yield Sheet("", size, tuple(part for _, part in waiting[:taken]), size, first=first)
        waiting = waiting[taken:]


@dataclass(frozen=True, slots=True)
class Hazard:
    """Where the words of what it is about stand: beside the tag or below it, at what size, how high with the tag."""

    size: int
    below: bool
    height: float
    clock: bool


def danger(face: Face) -> Hazard:
    """Beside the tag in text size where one line holds it, else smaller in two, else below the tag.

    An urgent notice has the time of day at the right end (display/stage/frame.js writes it), where the tag leaves
    room: it covers the frame, so this is the only clock.
    """
    kinds, width = scale(face.format), margins(face.format)[0]
    width = (canvas if face.urgent else stage)(face.format).width - 2 * width
    tag, left = face.tag_size * 2.0, width - face.tag_width - LINE_GAP
    text_size = sizes(kinds.text, kinds.text * 1.1)[0]
    clock = em_width("00:00", ACT_WEIGHT) * text_size * 1.02 + LINE_GAP
    with_clock = face.urgent and left - clock >= LEAST_BESIDE_CLOCK * text_size
    if with_clock:
        left -= clock
    if em_width(face.danger, ACT_WEIGHT) * text_size * 1.01 <= left:
        return Hazard(text_size, below=False, height=tag, clock=with_clock)
    if left > 0 and count_lines(face.danger, left * SURE, kinds.kicker, ACT_WEIGHT) <= 2:
        height = max(tag, 2 * kinds.kicker * HEADLINE_LEADING)
        return Hazard(kinds.kicker, below=False, height=height, clock=with_clock)
    lines = count_lines(face.danger, width * SURE, kinds.kicker, ACT_WEIGHT)
    height = tag + 12 + lines * kinds.kicker * HEADLINE_LEADING
    return Hazard(kinds.kicker, below=True, height=height, clock=with_clock)


def _room(face: Face) -> _Room:
    """What tag, small print and the band of an exercise leave of the glass (urgent) or of the stage (priority)."""
    glass, (side, edge) = (canvas if face.urgent else stage)(face.format), margins(face.format)
    edge, gap = (edge, ROW_GAP) if face.urgent else (STAGE_EDGE, STAGE_GAP)
    width = glass.width - 2 * side
    height = glass.height - 2 * edge - danger(face).height - _bottom(face, width) - 2 * gap
    if face.exercise:
        height -= face.band_size * 1.7 + 8 + gap
    return _Room(width, height, wide=face.format.layout != "portrait")


def _bottom(face: Face, width: float) -> float:
    """The rule and the small print, whose parts stand in one line where they fit."""
    used, lines = 0.0, 1
    for part in filter(None, face.line):
        wide = em_width(part, LINE_WEIGHT + 100) * face.line_size * 1.02
        if used and used + LINE_GAP + wide > width:
            lines, used = lines + 1, 0.0
        extra = ceil(wide / width) - 1
        lines, used = lines + extra, used + (LINE_GAP if used else 0) + wide
    return lines * face.line_size * 1.5 + 28
