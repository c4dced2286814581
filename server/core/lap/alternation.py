"""Rule 9 of the lap: an urgent alert that no longer fills the screen takes every second slide; for composition.py.

The item of such an alert has ``alternates`` set, one page and one window with an end. While a screen shows the lap,
no urgent notice fills it, so all of these items have begun: they take turns, and when one ends, the others share its
turns. The windows of the slots are computed for these ends in advance, because a screen without a link must do the
same. All instants and durations are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from server.core.lap.airing import Slot, Span
from server.core.lap.gaps import Unit
from server.core.lap.items import Item, slots_of

MOST_ENDS = 4
"""With more different ends, the turns that an ended item leaves free stay free until the next composition."""
_PAD = "between"


def slots_a_slide(items: Sequence[Item]) -> int:
    """Returns the largest number of slots that one slide takes in a lap: its own and those of the turn after it."""
    ends = len({_end(item) for item in items})
    return 1 + (ends if ends <= MOST_ENDS else 1)


def padded(unit: Unit, items: Sequence[Item]) -> Unit:
    """Returns the unit with a pad after each slide, a slot as long as the longest turn of ``items``.

    The pads stand for the turns while gaps between statutory postings are computed; `without_pads` removes them.
    """
    if not items:
        return unit
    pad = Slot("", max(item.time for item in items), "", "", (), _PAD)
    return Unit(tuple(one for slot in unit.slots for one in (slot, pad)))


def without_pads(units: Iterable[Unit]) -> list[Slot]:
    """Returns all slots of ``units`` except the pads that `padded` added."""
    return [slot for unit in units for slot in unit.slots if slot.key != _PAD]


def alternated(
    slots: Sequence[Slot], items: Sequence[Item], last: Mapping[str, int], leaving: Collection[str], now: int
) -> list[Slot]:
    """Returns ``slots`` with a turn of one of ``items`` between each two slides, also across the lap's end.

    ``slots`` may hold a turn that is running or fixed as the next one. ``last`` says when items last aired: the turns
    continue with the item after the one that aired latest. If there are fewer slides than items, the slides are
    repeated, except those of the items whose keys are in ``leaving``. Without slides the turns follow each other.
    """
    if not items:
        return list(slots)
    keys = {item.key for item in items}
    given = [slot for slot in slots if slot.key in keys]
    latest = max(last.keys() & keys, key=lambda key: (last[key], key), default="")
    turns = _Turns(items, given[-1].key if given else latest)
    slides = [slot for slot in slots if slot.key not in keys]
    if not slides:
        begun = {slot.key for slot in given}
        return [*given, *(slot for item in turns.items if item.key not in begun for slot in slots_of(item, now))]
    again = [slot for slot in slides if slot.key not in leaving]
    missing = len(items) - len(slides) if again else 0
    every = [*slots, *again * -(-missing // max(1, len(again)))]
    made: list[Slot] = []
    for slot in every:
        if made and made[-1].key not in keys and slot.key not in keys:
            made += turns.next(now)
        made.append(slot)
    if made[0].key not in keys and made[-1].key not in keys:
        made += turns.next(now)
    return made


class _Turns:
    """Makes the slots of one turn after another; ``after`` is the key of the item that had the previous turn."""

    def __init__(self, items: Sequence[Item], after: str) -> None:
        first = next((place + 1 for place, item in enumerate(items) if item.key == after), 0) % len(items)
        self.items = [*items[first:], *items[:first]]
        ends = sorted({_end(item) for item in items})
        self._ends = ends if len(ends) <= MOST_ENDS else [ends[-1]]
        self._place = -1

    def next(self, now: int) -> list[Slot]:
        """Returns the slots of the next turn: one, or one for each of several alerts that take over as others end.

        Their windows do not overlap, so at most one of them can air at any instant.
        """
        self._place += 1
        if len(self._ends) == 1:
            return slots_of(self.items[self._place % len(self.items)], now)
        windows: dict[str, list[Span]] = {}
        since = 0
        for end in self._ends:
            alive = [item for item in self.items if _end(item) >= end]
            mine = windows.setdefault(alive[self._place % len(alive)].key, [])
            # Two windows in a row become one, because a turn over their border would have to fit into one of them.
            begin = mine.pop()[0] if mine and mine[-1][1] == since else since
            mine.append((begin, end))
            since = end
        return [slot for item in self.items if item.key in windows for slot in _within(item, windows[item.key], now)]


def _end(item: Item) -> int:
    return max(end or 0 for _, end in item.spans)


def _within(item: Item, windows: Sequence[Span], now: int) -> list[Slot]:
    """Returns the slots of an item, whose own windows are cut to ``windows``; empty if nothing is left of them."""
    spans = tuple(
        (max(begin, since), min(end, until))
        for begin, end in item.spans
        for since, until in windows
        if end and until and max(begin, since) < min(end, until)
    )
    return slots_of(Item(item.key, item.lane, item.pages, spans, item.title, item.source), now) if spans else []
