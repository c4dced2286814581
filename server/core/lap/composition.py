"""Composes a board's next lap from its items; pure, called by the director, lap_agreement.py and previews.

The eight rules are in DESIGN (The lap). Where two of them conflict, the one named first wins; details are in
docs/decisions/0003-the-lap.md. Each rule has its module here: carry_over.py (rule 2), gaps.py (3), shares.py (4),
order.py (5 and 6). All instants and durations are whole milliseconds (server/core/times.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from server.core.lap.airing import Lap, Slot
from server.core.lap.carry_over import CarriedOver, carried_over, last_airings
from server.core.lap.gaps import Unit, with_repeats
from server.core.lap.items import HORIZON, Item, slots_of, usable_items
from server.core.lap.order import WaitTimes, interleave
from server.core.lap.panel_hours import on_spans
from server.core.lap.shares import capped, chosen_items
from server.core.model import Board

MOST_SLOTS = 200


def compose(board: Board, items: Sequence[Item], previous: Lap | None, now: int, *, filler: str | None = None) -> Lap:
    """The board's next lap as of ``now``; ``filler`` is the hash of the slide that airs when nothing else can.

    The lap begins with the slide that is running (rule 2), so it may replace ``previous`` at any moment without a
    jump. The result depends on the arguments alone: servers that read the same store agree, and a preview is the
    same call. Costs O(n log n) for n items.
    """
    usable = usable_items(items, now, {slot.key for slot in previous.slots} if previous else ())
    carried = carried_over(previous, usable, now)
    last = last_airings(previous, usable, board, carried.start)
    before = previous.seen if previous else {}
    seen = {key: before.get(key, now) for key in usable if key not in last}
    carried_keys = {slot.key for slot in carried.slots}
    free = [item for item in usable.values() if item.key not in carried_keys and not item.leaving]
    first = [item for item in free if item.priority and item.key not in last]
    others = [item for item in free if not (item.priority and item.key not in last)] if first else free
    chosen = chosen_items(board, others, first, carried, usable, WaitTimes(last, seen, now))
    chosen = capped(chosen, MOST_SLOTS - len(carried.slots) - sum(len(item.pages) for item in first))
    units = _units_in_order(board, usable, carried, first, interleave(chosen), {**seen, **last}, now)
    slots = [slot for unit in units for slot in unit.slots]
    slots += _edited_version(slots, usable, now)
    number = previous.number + 1 if previous else 1
    return Lap(number, carried.start, tuple(slots), filler, last, seen)


def _units_in_order(board: Board, usable: Mapping[str, Item], carried: CarriedOver, first: Sequence[Item],
                    others: Sequence[Item], last: Mapping[str, int], now: int) -> list[Unit]:  # fmt: skip
    """The whole round, with statutory postings repeated as often as their gap requires (rule 3)."""
    statutory = {item.key: item for item in usable.values() if item.longest_gap is not None}
    opening = [Unit.of(slot) for slot in carried.frozen]
    # A priority item does not wait for the remaining pages of the item it follows; other items do.
    units = [
        *_units(first, statutory, now),
        *map(Unit.of, carried.remaining),
        *_units(others, statutory, now),
        *map(Unit.of, carried.earlier),
    ]
    if statutory:
        panel_on = on_spans(board.hours, board.zone, now - HORIZON, now + HORIZON)
        postings = {
            key: Unit(tuple(slots_of(item, now)))
            for key, item in statutory.items()
            if any(begin <= now for begin, _ in item.spans)
        }
        gaps = {key: statutory[key].longest_gap or 0 for key in postings}
        units = with_repeats(opening, units, postings, gaps, last, carried.start, panel_on)
    return [*opening, *units]


def _edited_version(slots: Sequence[Slot], usable: Mapping[str, Item], now: int) -> list[Slot]:
    """The slots of an edited item whose old slide is the only slot of the lap; otherwise an empty list.

    Without them the lap would repeat the old slide.
    """
    if len(slots) != 1 or usable[slots[0].key].leaving:
        return []
    own = slots_of(usable[slots[0].key], now)
    return [] if slots[0].hash in {slot.hash for slot in own} else own


def _units(items: Iterable[Item], statutory: Mapping[str, Item], now: int) -> list[Unit]:
    """One unit for all pages of a statutory posting, one per page of other items, so that a posting fits between."""
    units: list[Unit] = []
    for item in items:
        slots = slots_of(item, now)
        units += [Unit(tuple(slots))] if item.key in statutory else [Unit.of(slot) for slot in slots]
    return units
