"""Computes what a new lap takes over from the previous one: slides that must not be cut, and when items aired.

Called by composition.py, whose rules 2 and 5 need this, and by shares.py. ``usable`` is always a result of
`usable_items`: items by key. Instants are whole milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.core.lap.airing import Lap, Slot, airing_at, can_air, walk
from server.core.lap.items import Item, slots_of
from server.core.lap.panel_hours import is_on, on_spans
from server.core.model import Board

NEAR = 2_000
"""The shortest time in ms from now to the slide boundary at which new content may air (rule 2, no cut)."""
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The slots of the previous lap that the new one has to keep. The new lap begins at ``start``.

    ``frozen`` are the running slot and, if it begins too soon to be changed, the next one. ``remaining`` are the
    later pages of the items that have begun; they follow next. ``earlier`` are the pages of these items that were
    already shown; they go to the end of the round.
    """

    start: int
    frozen: list[Slot]
    remaining: list[Slot]
    earlier: list[Slot]

    @property
    def slots(self) -> list[Slot]:
        """All kept slots: ``frozen``, then ``remaining``, then ``earlier``."""
        return [*self.frozen, *self.remaining, *self.earlier]


def carried_over(previous: Lap | None, usable: Mapping[str, Item], now: int) -> CarriedOver:
    """Returns what the lap composed at ``now`` keeps of ``previous``; empty lists if no usable item is running."""
    nothing = CarriedOver(now, [], [], [])
    airing = airing_at(previous, now) if previous else None
    if previous is None or airing is None or airing.index is None or airing.until is None:
        return nothing
    running = previous.slots[airing.index]
    if running.key not in usable:
        return nothing
    slot = _with_current_spans(running, usable[running.key])
    if not can_air(slot, airing.start):
        return nothing
    frozen = [slot]
    if airing.until - now < NEAR:
        after = airing_at(previous, airing.until)
        if after and after.index is not None and previous.slots[after.index].key in usable:
            follower = previous.slots[after.index]
            frozen.append(_with_current_spans(follower, usable[follower.key]))
    begun = _begun(previous, usable, airing.start)
    remaining, earlier = _other_pages(frozen, begun, usable, now)
    return CarriedOver(airing.start, frozen, remaining, earlier)


def _with_current_spans(slot: Slot, item: Item) -> Slot:
    """Returns ``slot`` with the windows that ``item`` has now.

    The slot's body stays as it is, even if the item was edited after the slot was made.
    """
    return replace(slot, spans=item.spans)


def _begun(previous: Lap, usable: Mapping[str, Item], now: int) -> list[Slot]:
    """The latest page of each item that has begun to air and has not reached its last page.

    There may be several such items, because a statutory posting can come between the pages of another item.
    """
    latest: dict[str, Slot] = {}
    for airing in list(walk(previous, now))[-_LOOK_BACK:]:
        if airing.index is not None:
            latest[previous.slots[airing.index].key] = previous.slots[airing.index]
    return [s for s in latest.values() if s.key in usable and s.page < len(usable[s.key].pages) - 1]


def _other_pages(
    frozen: Sequence[Slot], begun: Sequence[Slot], usable: Mapping[str, Item], now: int
) -> tuple[list[Slot], list[Slot]]:
    """Returns (remaining pages, earlier pages) of the items that have begun, as in `CarriedOver`.

    Items that are leaving have no earlier pages.
    """
    remaining: list[Slot] = []
    earlier: list[Slot] = []
    latest = {slot.key: slot for slot in (*begun, *frozen)}
    pages = {(slot.key, slot.page) for slot in frozen}
    last = frozen[-1].key
    for slot in sorted(latest.values(), key=lambda slot: slot.key != last):
        others = [s for s in slots_of(usable[slot.key], now) if (s.key, s.page) not in pages]
        remaining += [s for s in others if s.page > slot.page]
        if not usable[slot.key].leaving:
            earlier += [s for s in others if s.page <= slot.page]
    return remaining, earlier


def last_airings(previous: Lap | None, usable: Mapping[str, Item], board: Board, before: int) -> dict[str, int]:
    """Returns item key -> start of the item's latest airing before ``before``.

    Airings of statutory postings count only while the panel was on.
    """
    if previous is None:
        return {}
    last = {key: at for key, at in previous.last.items() if key in usable}
    airings = [a for a in walk(previous, before - 1) if a.index is not None]
    spans = on_spans(board.hours, board.zone, airings[0].start, before) if airings else []
    for airing in airings:
        slot = previous.slots[airing.index or 0]
        item = usable.get(slot.key)
        if item is None or (item.longest_gap is not None and not is_on(spans, airing.start)):
            continue
        if slot.page == 0 or slot.key not in last:
            last[slot.key] = airing.start
    return last
