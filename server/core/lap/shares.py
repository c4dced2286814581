"""Rule 4 of the lap: all items of the board's own area air, those of higher areas up to their share of the time.

Called by composition.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.core.lap.carry_over import CarriedOver
from server.core.lap.items import Item
from server.core.lap.order import WaitTimes, by_waiting
from server.core.model import Board


def chosen_items(board: Board, items: Sequence[Item], first: Sequence[Item], carried: CarriedOver,
                 usable: Mapping[str, Item], waits: WaitTimes) -> list[Item]:  # fmt: skip
    """Returns all items of the board's own area, and as many of higher areas as fit into their share of the time.

    Beyond that share, statutory postings are always taken, and one item that is too long if nothing else of a higher
    area is in the lap. Items that have waited longest are chosen and returned first; ``waits`` tells how long each
    has waited. ``first`` are the new priority items. The caller places them, so they are not returned, but the time
    of those of the board's own area counts as own time, so that items of higher areas may take more. ``carried`` are
    the slots that are kept from the previous lap, ``usable`` all items by key. If no item is of the board's own area,
    nothing is limited.
    """
    own = [item for item in (*items, *first) if not item.upper]
    upper = [item for item in items if item.upper]
    patience = sum([item.time for item in items])
    if upper and (own or any(not usable[slot.key].upper for slot in carried.frozen)):
        upper = _within_share(board, own, by_waiting(upper, waits, patience), carried, usable)
    kept = {item.key for item in upper}
    in_order = [item for item in items if not item.upper or item.key in kept]
    return by_waiting(in_order, waits, sum([item.time for item in in_order]))


def _within_share(board: Board, own: Sequence[Item], waiting: Sequence[Item], carried: CarriedOver,
                  usable: Mapping[str, Item]) -> list[Item]:  # fmt: skip
    slots = carried.slots
    carried_upper = sum(slot.dwell for slot in slots if usable[slot.key].upper)
    own_time = sum(item.time for item in own) + sum(slot.dwell for slot in slots) - carried_upper
    share = board.upper_share
    # With U/(U+O) <= share the budget is U <= share/(1-share) * O.
    budget = float("inf") if share >= 1 else share / (1 - share) * own_time
    taken: list[Item] = []
    time = carried_upper
    for item in waiting:
        # An item longer than the whole budget would never be shown. Therefore one of them is taken if the lap holds
        # nothing else from a higher area (docs/decisions/0003).
        alone = not taken and not carried_upper and share > 0
        if item.longest_gap is not None or time + item.time <= budget or alone:
            taken.append(item)
            time += item.time
    return taken


def capped(items: Sequence[Item], most_slots: int) -> list[Item]:
    """The items that fit into ``most_slots`` slots, one for each page; statutory postings are always included.

    The other items come in the following laps, because by then they will have waited longer.
    """
    kept = []
    for item in items:
        if item.longest_gap is None and len(item.pages) > most_slots:
            continue
        most_slots -= len(item.pages)
        kept.append(item)
    return kept
