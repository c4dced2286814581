"""When to compose a board's next lap, and whether it differs; called by the director, lap_agreement and forecast."""

from __future__ import annotations

from server.core.lap.airing import Lap, last_slide_start

# A lap older than this is replaced even if nothing changed, because its windows are cut to 48 h.
FRESH_MS = 3_600_000


def renewal_time(lap: Lap, after: int) -> int:
    """When to compose the next lap, ms: the first instant after ``after`` at which the last slide of a round begins.

    If the lap will show only its filler from then on, the time is an hour after ``after``: items whose windows begin
    more than 48 h ahead are not in the lap yet.
    """
    at = last_slide_start(lap, max(lap.start, after))
    return max(lap.start, after) + FRESH_MS if at is None else at


def may_continue(before: Lap, after: Lap, now: int) -> bool:
    """True if the running lap ``before`` may go on, because the renewed one, ``after``, would show the same."""
    return now - before.start < FRESH_MS and same_round(before, after)


def same_round(before: Lap, after: Lap) -> bool:
    """True if ``after`` is the round of ``before``, begun at another of its slides."""
    old = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in before.slots]
    new = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in after.slots]
    if len(old) != len(new) or before.filler != after.filler or not _known(after) <= _known(before):
        return False
    if not new:
        return True
    starts = (place for place, one in enumerate(old) if one == new[0])
    return any(old[place:] + old[:place] == new for place in starts) and _ends(before) == _ends(after)


def _known(lap: Lap) -> set[str]:
    """The items whose waiting time the lap holds, including those that wait for a later lap."""
    return {*lap.last, *lap.seen}


def _ends(lap: Lap) -> dict[str, object]:
    """Each item's windows; an end at the horizon counts as open, because it moves although nothing changed."""
    far = lap.start + 40 * FRESH_MS
    return {s.key: tuple((a, None if b is None or b > far else b) for a, b in s.spans) for s in lap.slots}
