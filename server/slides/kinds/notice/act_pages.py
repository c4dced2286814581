"""Pages of a notice's instructions (acts), and the heights of the parts of a page; called by arrange.

Lengths and type sizes are in canvas units (server.core.typesetting.formats).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING
from server.core.typesetting.paging import Budget, count_lines, em_width, paginate
from server.slides.kinds.notice.frame import GAP, SURE, Field
from server.slides.layout.fitting import BOLD, sizes

ACT_WEIGHT = 700
COLUMN_GAP = 72
ACT_GAP = 0.5
# The width of an instruction's number in its circle and of the gap after it, in ems of the instruction's type.
NUMBER = 2.0
# The height in ems of a repeated headline, so that diacritics on its capitals are not cut at the screen's edge;
# style.css has the same number.
REPEATED_LEADING = 1.65
# The largest type size of the deadline as a share of the headline's; its padding and the gap above it in ems.
DEADLINE_SHARE = 0.5
DEADLINE_PADDING = 0.6
DEADLINE_GAP = 0.5
ACTS_GROWTH = 1.7


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of a notice: its texts and their type sizes in canvas units.

    ``first`` is the number of the page's first instruction (``acts``). In a ``signed`` frame the last of ``acts`` is
    the sender. ``deadline_size`` is 0 on a page without the deadline. ``share`` is the headline's share of the width
    if the instructions stand beside it, 0 if they stand below it. ``repeated_size`` is the type size of the line at
    the top that has headline or hazard and the page's number. It is 0 on a page without this line: the first page of
    an editor's notice, and a single page, unless the frame is ``joined``.
    """

    headline: str
    headline_size: int
    acts: tuple[str, ...]
    act_size: int
    first: int = 1
    share: float = 0.0
    deadline_size: int = 0
    repeated_size: int = 0


@dataclass(frozen=True, slots=True)
class Least:
    """The smallest type sizes of a notice, in canvas units, and what its pages have to contain.

    ``repeated`` is the type size of the line that repeats the headline at the top of further pages, 0 if there is no
    such line; ``opened``: the first page has such a line, too. ``deadline`` is the deadline's text, "" without one.
    ``numbered``: there are several instructions, and each is shown with its number.
    """

    headline: int
    act: int
    repeated: int
    deadline: str
    numbered: bool
    opened: bool = False


def head_width(field: Field, share: float) -> float:
    """The width in canvas units of a headline that takes this ``share`` of the field's width; 0 means the whole."""
    return field.width * share - COLUMN_GAP / 2 if share else field.width


def deadline_size_of(least: Least, field: Field, headline_size: int, share: float) -> int:
    """The type size of the deadline, 0 without one.

    The deadline is at least as large as instructions, so that it can be read from the same distance, and larger below
    a large headline as long as it fits on one line.
    """
    if not least.deadline:
        return 0
    one_line = head_width(field, share) * SURE / (em_width(least.deadline, BOLD) + 2 * DEADLINE_PADDING)
    return sizes(least.act, max(least.act, min(one_line, headline_size * DEADLINE_SHARE)))[0]


def deadline_height(deadline: str, width: float, size: int, gap: float = DEADLINE_GAP) -> float:
    """The height in canvas units of the box with the deadline and of the gap above it, which is ``gap`` ems."""
    lines = count_lines(deadline, (width - 2 * DEADLINE_PADDING * size) * SURE, size, BOLD)
    return (lines * HEADLINE_LEADING + gap) * size


def acts_height(acts: tuple[str, ...], width: float, size: int, *, numbered: bool) -> float:
    """The height in canvas units of instructions below each other in a column of ``width``, in type of ``size``."""
    lines = sum(count_lines(act, width - (NUMBER * size if numbered else 0), size, ACT_WEIGHT) for act in acts)
    return lines * size * TEXT_LEADING + max(0, len(acts) - 1) * ACT_GAP * size


def repeated_height(least: Least) -> float:
    """The height in canvas units of the line that repeats the headline, with the gap below it; 0 if there is none."""
    return least.repeated * REPEATED_LEADING + GAP if least.repeated else 0.0


def act_pages(acts: tuple[str, ...], least: Least, field: Field, first: int) -> tuple[NoticePage, ...]:
    """Returns pages of instructions, numbered from ``first``, below the repeated headline.

    Their type is the largest that needs no more pages than the smallest. If ``least`` has a deadline, the first page
    shows it. An instruction longer than a page continues on the next page under the same number.
    """
    field = replace(field, height=field.height - repeated_height(least))
    found: tuple[NoticePage, ...] = ()
    for size in reversed(sizes(least.act, least.act * ACTS_GROWTH)):
        pages = tuple(_paged_acts(acts, size, field, first, least))
        if found and len(pages) > len(found):
            break
        found = pages
    return found


def _paged_acts(acts: tuple[str, ...], size: int, field: Field, first: int, least: Least) -> Iterator[NoticePage]:
    waiting = [part for number, act in enumerate(acts, start=first) for part in _parts(number, act, size, field)]
    deadline = deadline_size_of(least, field, 0, 0.0)
    while waiting or deadline:
        head = deadline_height(least.deadline, field.width, deadline, 0.0) + GAP if deadline else 0.0
        space = replace(field, height=field.height - head)
        parts = _taken(waiting, size, space, at_least=0 if deadline else 1)
        if not parts and waiting and space.height >= size * TEXT_LEADING:
            # An instruction that does not fit below the deadline is split, so that its first part is shown there.
            waiting = [*_parts(*waiting[0], size, space), *waiting[1:]]
            parts = _taken(waiting, size, space, at_least=1)
        begin = waiting[0][0] if waiting else first
        yield NoticePage("", 0, parts, size, begin, deadline_size=deadline, repeated_size=least.repeated)
        waiting, deadline = waiting[len(parts) :], 0


def _parts(number: int, act: str, size: int, field: Field) -> list[tuple[int, str]]:
    """Splits the instruction ``act`` into parts that each fit in ``field``; returns (``number``, part) for each."""
    lines = max(1, int(field.height / (size * TEXT_LEADING)))
    return [
        (number, part)
        for part in paginate(act, Budget(field.width - NUMBER * size, lines, size, ACT_WEIGHT), tidied=True)
    ]


def _taken(waiting: list[tuple[int, str]], size: int, field: Field, *, at_least: int) -> tuple[str, ...]:
    """The first parts of ``waiting`` for the next page: as many as fit and have consecutive numbers.

    At least ``at_least`` parts are taken, even if they do not fit.
    """
    taken = at_least
    while (
        taken < len(waiting)
        and waiting[taken][0] == waiting[0][0] + taken
        and acts_height(tuple(part for _, part in waiting[: taken + 1]), field.width, size, numbered=True)
        <= field.height
    ):
        taken += 1
    return tuple(part for _, part in waiting[:taken])
