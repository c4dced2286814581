"""Computes the laps that will follow if nothing changes, and why an item is or is not shown.

Called by server/content/board_timeline.py and cli.inspect (``run.py show``). All instants are whole milliseconds
since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.core.lap.airing import Airing, Lap, airing_at, walk
from server.core.lap.composition import compose
from server.core.lap.items import Item
from server.core.lap.renewal import may_continue, renewal_time
from server.core.model import Board


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is or is not shown at an instant.

    ``at`` is when that changes or, for "over", when the last window ended; None if it is not known. ``word`` "too
    short": the open window is too short to show the whole item; "next laps": the item waits for a later lap.
    """

    key: str
    title: str
    word: Literal["on", "coming", "not yet", "over", "too short", "next laps"]
    at: int | None = None


def forecast(board: Board, items: Sequence[Item], lap: Lap, until: int) -> Lap:
    """Returns the lap that will run at ``until`` if nothing changes; ``lap`` is the present one."""
    *_, last = coming_laps(board, items, lap, until)
    return last


def coming_laps(board: Board, items: Sequence[Item], lap: Lap, until: int) -> Iterator[Lap]:
    """Yields ``lap`` and the laps that will follow it up to ``until`` if nothing changes.

    Each begins when server/live would renew the lap before it.
    """
    yield lap
    at = renewal_time(lap, lap.start)
    while at <= until:
        renewed = compose(board, items, lap, at, filler=lap.filler)
        if not may_continue(lap, renewed, at):
            lap = renewed
            yield lap
        at = renewal_time(lap, at)


def why(items: Sequence[Item], lap: Lap, instant: int) -> list[Reason]:
    """Returns why each of ``items`` is or is not shown at ``instant`` (ms): one `Reason` each.

    The items in the lap come first, in its order.
    """
    airing = airing_at(lap, instant)
    running = lap.slots[airing.index].key if airing and airing.index is not None else None
    coming: dict[str, int] = {}
    for later in walk(lap, instant + sum(slot.dwell for slot in lap.slots), since=instant):
        if later.index is not None and later.start >= instant:
            coming.setdefault(lap.slots[later.index].key, later.start)
    order = {slot.key: place for place, slot in reversed(list(enumerate(lap.slots)))}
    placed = sorted(items, key=lambda item: order.get(item.key, len(order) + len(lap.slots)))
    return [_reason(item, running, airing, coming, instant) for item in placed]


def _reason(item: Item, running: str | None, airing: Airing | None, coming: Mapping[str, int],
            instant: int) -> Reason:  # fmt: skip
    if item.key == running and airing:
        return Reason(item.key, item.title, "on", airing.until)
    if item.key in coming:
        return Reason(item.key, item.title, "coming", coming[item.key])
    opening = [begin for begin, _ in item.spans if begin > instant]
    is_open = any(begin <= instant and (end is None or instant < end) for begin, end in item.spans)
    if is_open and not any(end is None or end - instant >= item.time for _, end in item.spans):
        return Reason(item.key, item.title, "too short")
    if is_open:
        return Reason(item.key, item.title, "next laps")
    if opening:
        return Reason(item.key, item.title, "not yet", min(opening))
    ends = [end for _, end in item.spans if end is not None]
    return Reason(item.key, item.title, "over", max(ends, default=None))
