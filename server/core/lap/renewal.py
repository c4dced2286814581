"""Decides when to compose a board's next lap, and whether the result differs from the running one.

Called by server/live/rotation and forecast.py.
"""

from __future__ import annotations

from server.core.lap.airing import Lap, last_slide_start

# A lap older than this (ms) is replaced even if nothing changed, because its windows are cut to 48 h.
FRESH_MS = 3_600_000


def renewal_time(lap: Lap, after: int) -> int:
    """Returns when to compose the next lap (ms): the first start after ``after`` of the last slide of a round.

    If the lap will show only its filler from then on, the time is an hour after ``after``: items whose windows begin
    more than 48 h ahead are not in the lap yet.
    """
    at = last_slide_start(lap, max(lap.start, after))
    return max(lap.start, after) + FRESH_MS if at is None else at


def may_continue(before: Lap, after: Lap, now: int) -> bool:
    """True if the running lap ``before`` may go on: it is younger than an hour, and ``after`` would show the same."""
    return now - before.start < FRESH_MS and same_round(before, after)


def same_round(before: Lap, after: Lap) -> bool:
    """True if ``after`` repeats the slides of ``before`` in the same cyclic order, possibly from another slide on.

    The filler and the windows have to be equal too, and ``after`` must not record the waiting time of an item for
    which ``before`` records none.
    """
    old = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in before.slots]
    new = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in after.slots]
    if len(old) != len(new) or before.filler != after.filler or not _known(after) <= _known(before):
        return False
    if not new:
        return True
    starts = (place for place, one in enumerate(old) if one == new[0])
    return any(old[place:] + old[:place] == new for place in starts) and _ends(before) == _ends(after)


def _known(lap: Lap) -> set[str]:
    """The keys of the items whose waiting time the lap records, including items that wait for a later lap."""
    return {*lap.last, *lap.seen}


def _ends(lap: Lap) -> dict[str, object]:
    """Returns item key -> when the item may air; None stands for an end more than 40 h after the lap's start.

    Such an end may only come from cutting all windows 48 h ahead, which moves with time although the item has not
    changed.
    """
    far = lap.start + 40 * FRESH_MS
    return {s.key: tuple((a, None if b is None or b > far else b) for a, b in s.spans) for s in lap.slots}
