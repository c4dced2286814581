"""What a board showed or will show in a time span, and why; called by desk.boards.timeline.

For the past it reads the stored laps, which are what the screens were sent. For the future it composes laps with the
code that also composes those of the live boards, and assumes that nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.content.board_content import SlideMaker, board_content, notice_slides, notices_for
from server.content.lap_rows import lap_of
from server.content.store_snapshot import StoreSnapshot
from server.core.lap.airing import Lap
from server.core.lap.airing_history import Shown, shown
from server.core.lap.composition import compose
from server.core.lap.forecast import Reason, coming_laps, why
from server.core.lap.panel_hours import is_on, on_spans
from server.core.model import Board, Notice
from server.core.notices.glass_turns import covering
from server.core.times import from_ms, to_ms
from server.store.boards import laps
from server.store.database.engine import Database
from server.store.notices import notices

FARTHEST_MS = 10 * 86_400_000


class TooFar(ValueError):  # noqa: N818 - the name says what is wrong
    """Raised if a time span is too far in the future to be computed; ``str()`` is a Vietnamese text for the user."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What a board shows in [since, until), ms since 1970 UTC: items in order of airing, and urgent notices.

    An urgent notice covers the items until its ``holds_until`` and is an item itself afterwards; without
    ``holds_until`` it covers them until its end. ``covering`` is the notice that covers the whole screen at
    ``since``, None if none does. ``on`` is True if the panel is on at any time of the span. ``reasons`` say why each
    item is shown or not at ``since``, or now if that is later; they are empty for a span in the past.
    """

    board: Board
    since: int
    until: int
    items: tuple[Shown, ...]
    notices: tuple[Notice, ...]
    covering: Notice | None
    on: bool
    reasons: tuple[Reason, ...]


def look(
    db: Database, maker: SlideMaker, snapshot: StoreSnapshot, board: Board, since: int, until: int, now: datetime
) -> Hour:
    """Returns what ``board`` showed or will show in [since, until), in ms since 1970 UTC.

    Raises TooFar if ``until`` is more than ten days ahead of ``now``.
    """
    at = to_ms(now)
    if until - at > FARTHEST_MS:
        raise TooFar("Chỉ tính trước được 10 ngày.")
    past = _aired(db, board, since, min(until, at)) if since < at else ()
    made = board_content(maker, snapshot, board)
    coming: tuple[Lap, ...] = ()
    reasons: tuple[Reason, ...] = ()
    if until > at:
        stored = laps.load(db, board.slug)
        lap = (lap_of(stored) if stored else None) or compose(board, made.items, None, at, filler=made.filler.hash)
        coming = tuple(coming_laps(board, made.items, lap, until - 1))
        running = [each for each in coming if each.start <= max(since, at)]
        reasons = tuple(why(made.items, running[-1], max(since, at))) if running else ()
    # The running lap is the first of ``coming`` and also the last of ``past``: it must count once.
    before = [each for each in past if not coming or each.number < coming[0].number]
    every = [*before, *coming]
    items = tuple(shown(every, since, until))
    on_air = notices_for(board, snapshot.tree, notices.between(db, from_ms(since), from_ms(until)))
    urgent = [one for one in on_air if one.shown_level == "urgent"]
    return Hour(
        board,
        since,
        until,
        items,
        tuple(sorted(urgent, key=lambda one: one.issued)),
        _covering(maker, board, urgent, every, since),
        _panel_on(board, since, until),
        reasons,
    )


def _covering(
    maker: SlideMaker, board: Board, urgent: Sequence[Notice], known: Iterable[Lap], at: int
) -> Notice | None:
    """Returns the notice of ``urgent`` that covers the whole screen at ``at`` (ms since 1970 UTC); None if none does.

    ``known`` are the board's laps, oldest first.
    """
    begun = [replace(one, until=one.ended or one.until) for one in urgent if to_ms(one.issued) <= at]
    unknown = Lap(0, at, ())  # without a lap, a notice that no longer holds the glass would not be seen
    *_, lap = (unknown, *(each for each in known if each.start <= at))
    found = covering(notice_slides(maker, board, begun), lap, at)
    return next((one for one in urgent if found is not None and one.id == found.id), None)


def _aired(db: Database, board: Board, since: int, until: int) -> tuple[Lap, ...]:
    found: Iterable[str] = laps.aired(db, board.slug, since=since, until=until)
    return tuple(Lap.loads(body) for body in found)


def _panel_on(board: Board, since: int, until: int) -> bool:
    spans = on_spans(board.hours, board.zone, since, until)
    return not board.hours or is_on(spans, since) or any(since < begin < until for begin, _ in spans)
