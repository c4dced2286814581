"""Rule 10 of the lap: the numbers of a hall's counters take a turn after every so many slides; for composition.py.

The item of these numbers has ``every`` set. It is no news, so waiting times, shares and the mixing of lanes do not
apply to it: it is put between the slides after these have been ordered. Turns of urgent alerts (alternation.py) do
not count as slides. All instants and durations are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from server.core.lap.airing import Slot
from server.core.lap.items import Item, slots_of

SERVING = "now_serving"
"""The key of the item of a hall's numbers; it is no item of the store, so it has no number."""


def most_slides(most: int, items: Sequence[Item]) -> int:
    """Returns how many of the ``most`` slots of a lap are left for slides if ``items`` take their turns."""
    for item in items:
        # With n slides a lap has at most n/every turns and one at its end.
        most = max(1, (most - 1) * _every(item) // (_every(item) + 1))
    return most


def with_turns(slots: Sequence[Slot], items: Sequence[Item], uncounted: Collection[str], now: int) -> list[Slot]:
    """Returns ``slots`` with the slots of each of ``items`` after every ``every`` slides, and at least once a round.

    ``slots`` may begin with a turn that is running or fixed as the next one; the count goes on from there. Slots with
    a key in ``uncounted`` do not count, and a turn of an item does not separate the slot of such a key from the slide
    that it follows.
    """
    made = list(slots)
    for item in items:
        made = _with_turns_of(item, made, uncounted, now)
    return made


def _with_turns_of(item: Item, slots: Sequence[Slot], uncounted: Collection[str], now: int) -> list[Slot]:
    made: list[Slot] = []
    counts = [0]  # slides before the first turn, between each two turns, and after the last one
    for slot in slots:
        if slot.key == item.key:
            counts.append(0)
        elif slot.key not in uncounted:
            # Pages of one item that follow each other stay together.
            if counts[-1] >= _every(item) and (slot.page == 0 or made[-1].key != slot.key):
                made += slots_of(item, now)
                counts.append(0)
            counts[-1] += 1
        made.append(slot)
    # The lap repeats, so what follows the last turn goes on with what precedes the first.
    if len(counts) == 1 or counts[-1] + counts[0] > _every(item):
        made += slots_of(item, now)
    return made


def _every(item: Item) -> int:
    return max(1, item.every or 1)
