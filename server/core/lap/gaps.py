"""Rule 3 of the lap: a statutory posting is repeated before its longest gap has passed.

A posting is an item with a ``longest_gap``. Called by composition.py and alternation.py; `smallest_possible_gap` by
server/content/gap_promise.py. Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.lap.airing import Slot
from server.core.lap.items import Item
from server.core.lap.panel_hours import OnSpan, after_on_time, is_on


@dataclass(frozen=True, slots=True)
class Unit:
    """Slots that stay together: all pages of a posting, or one page of another item."""

    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, slot: Slot) -> Unit:
        """Returns a unit of a single slot."""
        return cls((slot,))

    @property
    def time(self) -> int:
        """The total dwell of the unit's slots, in ms."""
        return sum(slot.dwell for slot in self.slots)

    @property
    def key(self) -> str:
        """The key of the item to which the unit's slots belong."""
        return self.slots[0].key


def smallest_gap(own_time: int, other_postings: Sequence[int], other_pages: Sequence[int]) -> int:
    """The smallest ``longest_gap`` (ms) that can be kept for a posting.

    In the worst case, between two of its starts, the posting itself (``own_time``), all ``other_postings`` and the
    longest of ``other_pages`` (the pages of all other items) are shown; all are times in ms.
    """
    return own_time + sum(other_postings) + max(other_pages, default=0)


def smallest_possible_gap(items: Sequence[Item], posting: Item) -> int:
    """The smallest ``longest_gap`` (ms) that a board can keep for ``posting`` while it also shows ``items``."""
    others = [item for item in items if item.key != posting.key]
    pages = [page.dwell for item in others if item.longest_gap is None for page in item.pages]
    return smallest_gap(posting.time, [i.time for i in others if i.longest_gap is not None], pages)


class _Placer:
    """Places units one after another and tracks the deadline by which each posting must begin again."""

    def __init__(self, postings: Mapping[str, Unit], gaps: Mapping[str, int], last: Mapping[str, int],
                 start: int, panel_on: Sequence[OnSpan]) -> None:  # fmt: skip
        self._postings, self._gaps, self._on, self._start = postings, gaps, panel_on, start
        self._now = start
        self._due = {key: after_on_time(panel_on, last.get(key, start), gap) for key, gap in gaps.items()}
        self._first: dict[str, int] = {}
        self.units: list[Unit] = []

    def place(self, unit: Unit) -> None:
        """Places ``unit`` next; a posting gets a new deadline if the board's panel is on when it begins."""
        key = unit.key
        if key in self._gaps and unit.slots[0].page == 0:
            self._first.setdefault(key, self._now)
            if is_on(self._on, self._now) or not self._on:
                self._due[key] = after_on_time(self._on, self._now, self._gaps[key])
        self.units.append(unit)
        self._now += unit.time

    def place_after_due(self, unit: Unit) -> None:
        """Places ``unit`` after every posting that would miss its deadline otherwise, earliest deadline first."""
        for key in sorted(self._due, key=self._due.__getitem__):
            if self._fits(unit):
                break
            if key != unit.key:
                self.place(self._postings[key])
        self.place(unit)

    def _fits(self, unit: Unit) -> bool:
        """True if every other posting could still begin in time, one after another, after ``unit``."""
        begins = self._now + unit.time
        for key in sorted(self._due, key=self._due.__getitem__):
            if key == unit.key:
                continue
            if begins > self._due[key]:
                return False
            begins += self._postings[key].time
        return True

    def close_round(self) -> bool:
        """Repeats at the lap's end every posting whose gap to its first airing in the next round would be too long.

        A repeated posting delays the next round for the other postings, so postings are added until all gaps hold.
        Returns False if a gap is still too long.
        """
        repeated: set[str] = set()
        grown = True
        while grown:
            end = self._now + sum(self._postings[key].time for key in repeated)
            late = {key for key, first in self._first.items() if end + first - self._start > self._due[key]}
            grown = not late <= repeated
            repeated |= late
        in_time = True
        for key in sorted(repeated, key=self._due.__getitem__):
            in_time &= self._now <= self._due[key]
            self.place(self._postings[key])
        across = (self._now + first - self._start <= self._due[key] for key, first in self._first.items())
        return in_time and all(across)


def with_repeats(
    opening: Sequence[Unit], units: Sequence[Unit], postings: Mapping[str, Unit], gaps: Mapping[str, int],
    last: Mapping[str, int], start: int, panel_on: Sequence[OnSpan],
) -> list[Unit]:  # fmt: skip
    """Returns ``units`` with postings repeated wherever their gap requires it.

    ``opening`` are the units before ``units``; they are not returned. ``gaps`` holds the longest gap of each posting
    in ms, ``last`` the start of its latest airing. Gaps also hold across the lap's end, because a lap may repeat: if
    a posting first airs too late for that, all postings are moved to the front.
    """
    for head in (False, True):
        placer = _Placer(postings, gaps, last, start, panel_on)
        for unit in opening:
            placer.place(unit)
        body = list(units)
        if head:
            moved = [unit for unit in body if unit.key in postings and unit.slots[0].page == 0]
            body = [*moved, *(unit for unit in body if unit not in moved)]
        for unit in body:
            placer.place_after_due(unit)
        if placer.close_round():
            break
    return placer.units[len(opening) :]
