"""Chooses type sizes and pages of a notice, with instructions (acts) beside or below the headline.

Called by the notice kind. If there is too little space, the fixed parts (frames.py) around headline and instructions
become smaller first, then the type. A headline is split only if it does not fit even in the smallest type that is
readable at the board's distance. Instructions that do not fit on the first page stand on further pages, each of which
repeats the headline in one line. If a received alert has several pages, its first page has such a line, too. If the
frame is joined, every page has it, and the line contains the tag. Lengths and type sizes are in canvas units
(server.core.typesetting.formats).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf
from unicodedata import normalize

from server.core.model import Format
from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, scale
from server.core.typesetting.names import keep_names_whole
from server.core.typesetting.paging import Budget, count_lines, longest_word, paginate
from server.slides.kinds.notice.act_pages import (
    ACTS_GROWTH,
    COLUMN_GAP,
    Least,
    NoticePage,
    act_pages,
    acts_height,
    deadline_height,
    deadline_size_of,
    head_width,
    repeated_height,
)
from server.slides.kinds.notice.code import narrowed
from server.slides.kinds.notice.frame import GAP, Field, FixedTexts, Frame
from server.slides.kinds.notice.frames import STEPS, frames
from server.slides.layout.fitting import BOLD, sizes

# The shares of the width for a headline with instructions beside it; style.css has the same numbers.
HEADLINE_SHARES = (0.53, 0.49, 0.45)
# The largest type as a multiple of the smallest: of headlines, of a single instruction, of several instructions.
HEADLINE_GROWTH = 4.8
ACT_GROWTH = 2.2
# Up to this multiple of its smallest type a headline has precedence over the fixed parts, which become smaller first.
# The last step, in which the hazard has no words, is taken only if it saves a page or keeps a headline on one page.
USUAL = 1.25
# The space in ems that capitals with two marks need beyond their lines; half of it is above, because text is centred.
MARKS = 0.2
# The smallest ratio of the headline's type size to that of the instructions.
LEAST_RATIO = 1.25
LINES_TO_REPEAT = 5


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The pages of a notice and the frame around them; ``whole`` is whether the headline fits on one page.

    ``code``: a QR code stands beside or below the pages.
    """

    frame: Frame
    pages: tuple[NoticePage, ...]
    whole: bool = True
    code: bool = False


def arrange(
    format: Format,
    texts: FixedTexts,
    headline: str,
    acts: tuple[str, ...],
    *,
    urgent: bool,
    exercise: bool,
    received: bool = False,
    code: bool = False,
) -> Arrangement:
    """The arrangement with the fewest pages; of several, the one chosen by the sizes of fixed parts and headline.

    Fixed parts of the smallest size (the last step) are avoided first. Then a larger headline counts, up to USUAL
    times the smallest, then larger fixed parts, then an even larger headline.

    ``headline`` and ``acts`` must be normalized (``paging.tidy``). ``exercise`` adds a band at the top which says
    that the notice is an exercise. The instructions of a ``received`` alert have no numbers. ``code`` leaves space
    for a QR code.
    """
    type_scale = scale(format)
    tried = list(frames(format, texts, urgent=urgent, exercise=exercise, received=received))
    tried = [narrowed(frame, format) for frame in tried] if code else tried
    # A priority notice has no space for a repeated headline on boards that are seen from far away.
    repeats = urgent or received or tried[0].field.height >= LINES_TO_REPEAT * type_scale.text * TEXT_LEADING
    least = Least(
        type_scale.urgent if urgent else type_scale.headline,
        type_scale.text,
        type_scale.kicker if repeats else 0,
        texts.deadline,
        numbered=len(acts) > 1 and not received,
    )
    found = _best_whole(tried, least, headline, acts, texts.sender)
    if found and received and len(found.pages) > 1:
        found = _best_whole(tried, replace(least, opened=True), headline, acts, texts.sender)
    return replace(found or _split(tried[-1], least, headline, _signed(acts, tried[-1], texts.sender)), code=code)


def _signed(acts: tuple[str, ...], frame: Frame, sender: str) -> tuple[str, ...]:
    """The texts that the pages list: the instructions and, if the frame is ``signed``, the sender as the last one."""
    return (*acts, keep_names_whole(sender)) if frame.signed and sender else acts


def _best_whole(
    tried: Iterable[Frame], least: Least, headline: str, acts: tuple[str, ...], sender: str
) -> Arrangement | None:
    """The best arrangement with the headline on one page in one of the frames; None if there is none."""
    found = [
        one
        for frame in tried
        for wanted in [replace(least, opened=least.opened or frame.joined)]
        if (one := _whole(frame, wanted, headline, _signed(acts, frame, sender)))
    ]
    usual = least.headline * USUAL

    def rank(one: Arrangement) -> tuple[int, bool, float, int, int]:
        size, step = one.pages[0].headline_size, one.frame.step
        return len(one.pages), step == STEPS - 1, -min(size, usual), step, -size

    return min(found, key=rank, default=None)


def _whole(frame: Frame, least: Least, headline: str, acts: tuple[str, ...]) -> Arrangement | None:
    """The arrangement with the headline on one page; None if the headline does not fit in ``frame``.

    The first page has headline, deadline and as many instructions as fit, further pages have the others. If not even
    headline and deadline fit together, the deadline is on the second page.
    """
    line = repeated_height(least) if least.opened else 0.0
    field = replace(frame.field, height=frame.field.height - line)
    heads = _Heads(field, least, headline)
    for count in range(len(acts), -1, -1):
        first = _best(_pages(heads, acts[:count]))
        if first:
            rest = act_pages(acts[count:], replace(least, deadline=""), frame.field, count + 1)
            return Arrangement(frame, (_opened(first, least), *rest))
    bare = _best(_pages(_Heads(field, replace(least, deadline=""), headline), ()))
    return Arrangement(frame, (_opened(bare, least), *act_pages(acts, least, frame.field, 1))) if bare else None


def _opened(first: NoticePage, least: Least) -> NoticePage:
    return replace(first, repeated_size=least.repeated) if least.opened else first


def _split(frame: Frame, least: Least, headline: str, acts: tuple[str, ...]) -> Arrangement:
    """The arrangement of a headline that does not fit on one page: it is split at clauses, in the smallest type."""
    height = frame.field.height - repeated_height(least)
    lines = max(1, int(height / (least.headline * HEADLINE_LEADING)))
    heads = paginate(headline, Budget(frame.field.width, lines, least.headline, BOLD), tidied=True)
    pages = [NoticePage(head, least.headline, (), least.act, repeated_size=least.repeated) for head in heads]
    return Arrangement(frame, (*pages, *act_pages(acts, least, frame.field, 1)), whole=False)


def _best(pages: Iterable[NoticePage]) -> NoticePage | None:
    """The page on which both headline and instructions are large; None without pages.

    Pages are compared by the smaller of the headline's size and twice the instructions' size, then by the sum of both
    sizes.
    """

    def rank(page: NoticePage) -> tuple[int, int]:
        smaller = min(page.headline_size, page.act_size * 2) if page.acts else page.headline_size
        return smaller, page.headline_size + page.act_size

    return max(pages, key=rank, default=None)


def _pages(heads: _Heads, acts: tuple[str, ...]) -> Iterator[NoticePage]:
    """Yields candidates for a page with headline, deadline and ``acts``.

    There is at most one for each size of the instructions and each place for them (below the headline, or beside it
    with some share of the width): the page with the largest headline that fits.
    """
    field, least = heads.field, heads.least
    growth = ACTS_GROWTH if len(acts) > 1 else ACT_GROWTH
    for act_size in sizes(least.act, least.act * growth) if acts else (least.act,):
        for share in (*HEADLINE_SHARES, 0.0) if field.wide and len(acts) > 1 else (0.0,):
            act_width = field.width * (1 - share) - COLUMN_GAP / 2 if share else field.width
            listed = acts_height(acts, act_width, act_size, numbered=least.numbered)
            if share:
                space = field.height if listed <= field.height else -1
            else:
                space = field.height - (GAP + listed if acts else 0)
            found = heads.largest(max(least.headline, act_size * LEAST_RATIO), space, share)
            if found:
                yield NoticePage(heads.headline, found.size, acts, act_size, 1, share, found.deadline_size)


@dataclass(frozen=True, slots=True)
class _Head:
    """The measures of headline and deadline in a column, with the headline at ``size``.

    ``height`` is infinite if a word does not fit.
    """

    size: int
    height: float
    deadline_size: int


class _Heads:
    """Finds the largest headline that fits together with the deadline, and caches the measured heights.

    ``field`` is the space for headline, deadline and instructions.
    """

    def __init__(self, field: Field, least: Least, headline: str) -> None:
        self.field, self.least, self.headline = field, least, headline
        self._longest_word = longest_word(headline, BOLD)
        doubled = any(letter.isupper() and len(normalize("NFD", letter)) > 2 for letter in headline)
        self._marks = MARKS if doubled else 0
        self._most = least.headline * HEADLINE_GROWTH
        self._lower: dict[float, list[_Head]] = {}
        self._unmeasured: dict[float, Iterator[int]] = {}

    def largest(self, smallest: float, space: float, share: float) -> _Head | None:
        """The largest headline, of at least ``smallest``, that fits with the deadline in the height ``space``.

        None if no size fits. The headline takes a ``share`` of the width (0 means the whole width).
        """
        if smallest > self._most:
            head = self._measure(sizes(smallest, smallest)[0], share)
            return head if head.height <= space else None
        for head in self._lower_and_lower(share):
            if head.size < smallest:
                return None
            if head.height <= space:
                return head
        return None

    def _lower_and_lower(self, share: float) -> Iterator[_Head]:
        """Yields the headline in each size, from the largest on, but only if it is lower than in all larger sizes.

        The results are cached in ``_lower``, because a page is tried with many spaces and sizes of instructions.
        """
        known = self._lower.setdefault(share, [])
        left = self._unmeasured.setdefault(share, iter(sizes(self.least.headline, self._most)))
        yield from known
        for size in left:
            head = self._measure(size, share)
            if head.height < (known[-1].height if known else inf):
                known.append(head)
                yield head

    def _measure(self, size: int, share: float) -> _Head:
        width = head_width(self.field, share)
        if self._longest_word * size > width:
            return _Head(size, inf, 0)
        height = (count_lines(self.headline, width, size, BOLD) * HEADLINE_LEADING + self._marks) * size
        deadline_size = deadline_size_of(self.least, self.field, size, share)
        if deadline_size:
            height += deadline_height(self.least.deadline, width, deadline_size)
        return _Head(size, height, deadline_size)
