"""Composes a board's next lap from its items; pure; called by live/rotation, content, cli and forecast.py.

The lap has ten rules: 1 nothing false, 2 no cut, 3 longest gaps, 4 shares, 5 longest waiting first, 6 even, 7
agreed, 8 dwell, 9 every second slide to urgent alerts, 10 a hall's numbers after every so many slides. Where two
of the first eight conflict, the lower number wins; docs/decisions/0003-the-lap.md, 0029, 0043 explain them. Modules
of this package: airing.py (rule 1), carry_over.py (2), gaps.py (3), shares.py (4), order.py (5 and 6), alternation.py
(9), regular_turns.py (10). All instants and durations are whole milliseconds (server/core/times.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from server.core.lap.airing import Lap, Slot
from server.core.lap.alternation import alternated, padded, slots_a_slide, without_pads
from server.core.lap.carry_over import CarriedOver, carried_over, last_airings
from server.core.lap.gaps import Unit, with_repeats
from server.core.lap.items import HORIZON, Item, slots_of, usable_items
from server.core.lap.order import WaitTimes, interleave
from server.core.lap.panel_hours import on_spans
from server.core.lap.regular_turns import most_slides, with_turns
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
    turns = [item for item in usable.values() if item.alternates]
    regular = [item for item in usable.values() if item.every]
    placed = {slot.key for slot in carried.slots}.union(item.key for item in (*turns, *regular))
    free = [item for item in usable.values() if item.key not in placed and not item.leaving]
    first = [item for item in free if item.priority and item.key not in last]
    others = [item for item in free if not (item.priority and item.key not in last)] if first else free
    waits = WaitTimes(last, seen, now)
    chosen = chosen_items(board, others, first, _without(carried, [*turns, *regular]), usable, waits)
    most = most_slides(MOST_SLOTS // slots_a_slide(turns) if turns else MOST_SLOTS, regular)
    chosen = capped(chosen, most - len(carried.slots) - sum(len(item.pages) for item in first))
    units = _units_in_order(board, usable, carried, first, interleave(chosen), {**seen, **last}, now)
    slots = without_pads(units)
    slots += _edited_version(slots, usable, now)
    slots = alternated(slots, turns, last, {item.key for item in usable.values() if item.leaving}, now)
    slots = with_turns(slots, regular, {item.key for item in turns}, now)
    number = previous.number + 1 if previous else 1
    return Lap(number, carried.start, tuple(slots), filler, last, seen)


def _without(carried: CarriedOver, turns: Sequence[Item]) -> CarriedOver:
    """Returns ``carried`` without ``turns``.

    In computing shares, these count neither as time of the board's own area nor as time of higher areas.
    """
    keys = {item.key for item in turns}
    return replace(carried, frozen=[slot for slot in carried.frozen if slot.key not in keys])


def _units_in_order(board: Board, usable: Mapping[str, Item], carried: CarriedOver, first: Sequence[Item],
                    others: Sequence[Item], last: Mapping[str, int], now: int) -> list[Unit]:  # fmt: skip
    """Returns all units of the round in order; statutory postings recur as often as their gap requires (rule 3).

    ``first`` are the new priority items, ``others`` the other chosen items in order. ``last`` maps the key of an
    item to the start of its latest airing or, if it never aired, to the time when it was first seen.
    """
    statutory = {item.key: item for item in usable.values() if item.longest_gap is not None}
    turns = [item for item in usable.values() if item.alternates or item.every]
    opening = [Unit.of(slot) for slot in carried.frozen]
    # A priority item does not wait for the remaining pages of the item it follows; other items do.
    units = [
        *_units(first, statutory, now),
        *map(Unit.of, carried.remaining),
        *_units(others, statutory, now),
        *map(Unit.of, carried.earlier),
    ]
    if statutory:
        units = [padded(unit, turns) for unit in units]
        panel_on = on_spans(board.hours, board.zone, now - HORIZON, now + HORIZON)
        postings = {
            key: padded(Unit(tuple(slots_of(item, now))), turns)
            for key, item in statutory.items()
            if any(begin <= now for begin, _ in item.spans)
        }
        gaps = {key: statutory[key].longest_gap or 0 for key in postings}
        units = with_repeats(opening, units, postings, gaps, last, carried.start, panel_on)
    return [*opening, *units]


def _edited_version(slots: Sequence[Slot], usable: Mapping[str, Item], now: int) -> list[Slot]:
    """Returns the slots of the edited item if the new lap ``slots`` consists only of its slide from before the edit.

    Otherwise the list is empty. Without the added slots the lap would only repeat the old slide.
    """
    if len(slots) != 1 or usable[slots[0].key].leaving:
        return []
    own = slots_of(usable[slots[0].key], now)
    return [] if slots[0].hash in {slot.hash for slot in own} else own


def _units(items: Iterable[Item], statutory: Mapping[str, Item], now: int) -> list[Unit]:
    """Returns one unit for all pages of a statutory posting, and one unit for each page of another item.

    Therefore a posting can be placed between two pages of another item, but never the other way round.
    """
    units: list[Unit] = []
    for item in items:
        slots = slots_of(item, now)
        units += [Unit(tuple(slots))] if item.key in statutory else [Unit.of(slot) for slot in slots]
    return units
