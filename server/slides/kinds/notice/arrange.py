"""Type sizes and pages of a notice, with headline and acts beside or below each other; called by the notice kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from server.core.model import Format
from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, canvas, margins, scale, stage
from server.core.typesetting.paging import Budget, count_lines, em_width, longest_word, paginate
from server.slides.layout.fitting import BOLD, sizes

ACT_WEIGHT = 700
SMALL_PRINT_WEIGHT = 600
# The share of the width for the headline where the acts stand beside it.
HEADLINE_SHARE = 0.53
COLUMN_GAP = 72
ACT_GAP = 0.5
ROW_GAP = 36
# Margins and gaps of a priority notice, which has less space.
STAGE_EDGE = 30
STAGE_GAP = 20
# The width of an act's number in its circle and the gap after it, in ems of the act.
NUMBER = 2.0
TAG_GROWTH = 1.5
# The least width between tag and clock, in ems of the hazard line; with less, the clock is left out.
LEAST_BESIDE_CLOCK = 4
TAG_PADDING = 0.9
PART_GAP = 40
# The share of a width that is filled: text may be slightly wider in a browser than by the font table.
SURE = 0.985
BAND_GROWTH = 2.0


@dataclass(frozen=True, slots=True)
class NoticeFrame:
    """The fixed parts around headline and acts: tag, hazard line, small print, and the band of an exercise."""

    format: Format
    urgent: bool
    tag: str
    hazard: str
    small_print: tuple[str, ...]
    exercise: bool

    @property
    def tag_size(self) -> int:
        """The type size of the tag ("KHẨN CẤP")."""
        kicker = scale(self.format).kicker
        return sizes(kicker * 1.2, kicker * TAG_GROWTH)[0]

    @property
    def tag_width(self) -> float:
        """The width of the tag with its padding, in units."""
        return (em_width(self.tag, BOLD) + 2 * TAG_PADDING) * self.tag_size

    @property
    def small_print_size(self) -> int:
        """The type size of the small print, larger in urgent notices of sizes S and M, which have the space."""
        type_scale = scale(self.format)
        return type_scale.kicker if self.urgent and self.format.size in ("S", "M") else type_scale.small

    @property
    def band_size(self) -> int:
        """The type size of the band that marks an exercise."""
        kicker = scale(self.format).kicker
        return sizes(kicker, kicker * BAND_GROWTH)[0]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of a notice. ``first`` is the number of the first act on it.

    If ``beside`` is True, the acts stand beside the headline, otherwise below it.
    """

    headline: str
    headline_size: int
    acts: tuple[str, ...]
    act_size: int
    first: int = 1
    beside: bool = False


@dataclass(frozen=True, slots=True)
class _Space:
    """The space for headline and acts, in units; ``wide``: not portrait."""

    width: float
    height: float
    wide: bool


def notice_pages(frame: NoticeFrame, headline: str, acts: tuple[str, ...]) -> tuple[NoticePage, ...]:
    """The pages of a notice: one at the largest sizes that fit, else the headline first, then the acts."""
    space = _space_for(frame)
    single = next(_single_pages(frame, space, headline, acts), None)
    if single:
        return (single,)
    least, act_size = _least_sizes(frame)
    lines = max(1, int(space.height / (least * HEADLINE_LEADING)))
    heads = paginate(headline, Budget(space.width, lines, least, BOLD))
    alone = [next(_single_pages(frame, space, head, ()), NoticePage(head, least, (), act_size)) for head in heads]
    return (*alone, *_act_pages(acts, act_size, space))


def _least_sizes(frame: NoticeFrame) -> tuple[int, int]:
    type_scale = scale(frame.format)
    return (type_scale.urgent if frame.urgent else type_scale.headline), type_scale.text


def _single_pages(frame: NoticeFrame, space: _Space, headline: str, acts: tuple[str, ...]) -> Iterator[NoticePage]:
    """All single pages that fit, those with the largest acts first, then by the largest headline."""
    least, least_act = _least_sizes(frame)
    for act_size in sizes(least_act, least_act * (1.7 if len(acts) > 1 else 2.2)) if acts else (least_act,):
        for size in sizes(max(least, act_size * 1.25), least * (2.0 if acts else 4.8)):
            if _fits(space, headline, size, acts, act_size):
                yield NoticePage(headline, size, acts, act_size, beside=_acts_beside(space, acts))


def _acts_beside(space: _Space, acts: tuple[str, ...]) -> bool:
    """True for several acts on a wide screen; a single act stands below the headline."""
    return space.wide and len(acts) > 1


def _fits(space: _Space, headline: str, size: int, acts: tuple[str, ...], act_size: int) -> bool:
    beside = _acts_beside(space, acts)
    head_width = space.width * HEADLINE_SHARE - COLUMN_GAP / 2 if beside else space.width
    act_width = space.width * (1 - HEADLINE_SHARE) - COLUMN_GAP / 2 if beside else space.width
    if longest_word(headline, BOLD) * size > head_width:
        return False
    head = count_lines(headline, head_width, size, BOLD) * size * HEADLINE_LEADING
    listed = acts_height(acts, act_width, act_size)
    if beside:
        return max(head, listed) <= space.height
    return head + (ROW_GAP + listed if acts else 0) <= space.height


def acts_height(acts: tuple[str, ...], width: float, size: int) -> float:
    """The height of acts one below the other, in units; several are numbered."""
    lines = sum(count_lines(act, width - (NUMBER * size if len(acts) > 1 else 0), size, ACT_WEIGHT) for act in acts)
    return lines * size * TEXT_LEADING + max(0, len(acts) - 1) * ACT_GAP * size


def _act_pages(acts: tuple[str, ...], size: int, space: _Space) -> Iterator[NoticePage]:
    """Pages of acts only; an act longer than a page continues on the next one under its number."""
    lines = max(1, int(space.height / (size * TEXT_LEADING)))
    waiting: list[tuple[int, str]] = [
        (number, part)
        for number, act in enumerate(acts, start=1)
        for part in paginate(act, Budget(space.width - NUMBER * size, lines, size, ACT_WEIGHT))
    ]
    while waiting:
        first = waiting[0][0]
        taken = 1
        while (
            taken < len(waiting)
            and waiting[taken][0] == first + taken
            and acts_height(tuple(part for _, part in waiting[: taken + 1]), space.width, size) <= space.height
        ):
            taken += 1
        yield NoticePage("", size, tuple(part for _, part in waiting[:taken]), size, first=first)
        waiting = waiting[taken:]


@dataclass(frozen=True, slots=True)
class HazardLine:
    """Place and type size of the hazard's text, beside or ``below`` the tag.

    ``height`` includes the tag; ``clock``: there is space for a clock.
    """

    size: int
    below: bool
    height: float
    clock: bool


def hazard_line(frame: NoticeFrame) -> HazardLine:
    """Beside the tag in one line of text size, else in two smaller lines, else below the tag.

    An urgent notice covers the board's frame with its clock, so it has a clock of its own at the right end if there
    is space (display/stage/frame.js sets it).
    """
    type_scale, width = scale(frame.format), margins(frame.format)[0]
    width = (canvas if frame.urgent else stage)(frame.format).width - 2 * width
    tag, left = frame.tag_size * 2.0, width - frame.tag_width - PART_GAP
    text_size = sizes(type_scale.text, type_scale.text * 1.1)[0]
    clock = em_width("00:00", ACT_WEIGHT) * text_size * 1.02 + PART_GAP
    with_clock = frame.urgent and left - clock >= LEAST_BESIDE_CLOCK * text_size
    if with_clock:
        left -= clock
    if em_width(frame.hazard, ACT_WEIGHT) * text_size * 1.01 <= left:
        return HazardLine(text_size, below=False, height=tag, clock=with_clock)
    if left > 0 and count_lines(frame.hazard, left * SURE, type_scale.kicker, ACT_WEIGHT) <= 2:
        height = max(tag, 2 * type_scale.kicker * HEADLINE_LEADING)
        return HazardLine(type_scale.kicker, below=False, height=height, clock=with_clock)
    lines = count_lines(frame.hazard, width * SURE, type_scale.kicker, ACT_WEIGHT)
    height = tag + 12 + lines * type_scale.kicker * HEADLINE_LEADING
    return HazardLine(type_scale.kicker, below=True, height=height, clock=with_clock)


def _space_for(frame: NoticeFrame) -> _Space:
    """What the fixed parts leave of the whole screen (urgent) or of the space within the frame (priority)."""
    whole, (side, edge) = (canvas if frame.urgent else stage)(frame.format), margins(frame.format)
    edge, gap = (edge, ROW_GAP) if frame.urgent else (STAGE_EDGE, STAGE_GAP)
    width = whole.width - 2 * side
    height = whole.height - 2 * edge - hazard_line(frame).height - _small_print_height(frame, width) - 2 * gap
    if frame.exercise:
        height -= frame.band_size * 1.7 + 8 + gap
    return _Space(width, height, wide=frame.format.layout != "portrait")


def _small_print_height(frame: NoticeFrame, width: float) -> float:
    """The height of the rule and of the small print, whose parts share a line where they fit."""
    used, lines = 0.0, 1
    for part in filter(None, frame.small_print):
        wide = em_width(part, SMALL_PRINT_WEIGHT + 100) * frame.small_print_size * 1.02
        if used and used + PART_GAP + wide > width:
            lines, used = lines + 1, 0.0
        extra = ceil(wide / width) - 1
        lines, used = lines + extra, used + (PART_GAP if used else 0) + wide
    return lines * frame.small_print_size * 1.5 + 28
