"""Whether a renewed lap says anything new, and when to renew; called by the director and by the forecast, alike."""

from __future__ import annotations

from server.core.lap.airing import Lap, renewal

# A lap older than this is written anew even where nothing changed, because windows are cut to 48 h.
FRESH_MS = 3_600_000


def renews(lap: Lap, after: int) -> int:
    """When to compose the next lap, ms: as the last slide of a round begins, first such instant after ``after``.

    Where nothing will air for as long as the lap knows, in an hour: what opens later than in 48 h is not in it.
    """
    at = renewal(lap, max(lap.start, after))
    return max(lap.start, after) + FRESH_MS if at is None else at


def stays(before: Lap, after: Lap, now: int) -> bool:
    """True where the lap that runs may go on, because the renewed one would show the same."""
    return now - before.start < FRESH_MS and same_round(before, after)


def same_round(before: Lap, after: Lap) -> bool:
    """True where the new lap is the old one's round, begun at another of its slides."""
    old = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in before.slots]
    new = [(slot.hash, slot.key, slot.page, slot.dwell) for slot in after.slots]
    if len(old) != len(new) or before.filler != after.filler or not _known(after) <= _known(before):
        return False
    if not new:
        return True
    turns = (place for place, one in enumerate(old) if one == new[0])
    return any(old[place:] + old[:place] == new for place in turns) and _ends(before) == _ends(after)


def _known(lap: Lap) -> set[str]:
    """Items whose waiting the lap remembers, also those that will only come in a following one."""
    return {*lap.last, *lap.seen}


def _ends(lap: Lap) -> dict[str, object]:
    """Each item's windows, but for an end that is only the horizon: that moves on without anything having changed."""
    far = lap.start + 40 * FRESH_MS
    return {s.key: tuple((a, None if b is None or b > far else b) for a, b in s.spans) for s in lap.slots}
