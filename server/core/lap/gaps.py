"""Rule 3 of the lap: a statutory posting is shown again before its longest gap is over; called by the composer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.lap.airing import Slot
from server.core.lap.panel_hours import OnSpan, after_on_time, is_on


@dataclass(frozen=True, slots=True)
class Unit:
    """Slots that stay together: a posting's pages, or one page of anything else."""

    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, slot: Slot) -> Unit:
        return cls((slot,))

    @property
    def time(self) -> int:
        return sum(slot.dwell for slot in self.slots)

    @property
    def key(self) -> str:
        return self.slots[0].key


def smallest_gap(own_time: int, other_postings: Sequence[int], other_pages: Sequence[int]) -> int:
    """Start to start, ms: the posting, every other posting, and one page of something else between them."""
    return own_time + sum(other_postings) + max(other_pages, default=0)


class _Placer:
    """Lays units along the lap and keeps, for every posting, the latest instant at which it must begin again."""

    def __init__(self, postings: Mapping[str, Unit], gaps: Mapping[str, int], last: Mapping[str, int],
                 start: int, on: Sequence[OnSpan]) -> None:  # fmt: skip
        self._postings, self._gaps, self._on, self._start = postings, gaps, on, start
        self._now = start
        self._due = {key: after_on_time(on, last.get(key, start), gap) for key, gap in gaps.items()}
        self._first: dict[str, int] = {}
        self.units: list[Unit] = []

    def place(self, unit: Unit) -> None:
        key = unit.key
        if key in self._gaps and unit.slots[0].page == 0:
            self._first.setdefault(key, self._now)
            if is_on(self._on, self._now) or not self._on:
                self._due[key] = after_on_time(self._on, self._now, self._gaps[key])
        self.units.append(unit)
        self._now += unit.time

    def place_after_due(self, unit: Unit) -> None:
        """Places ``unit``, but first every posting that could not wait for it, earliest deadline first."""
        for key in sorted(self._due, key=self._due.__getitem__):
            if self._fits(unit):
                break
            if key != unit.key:
                self.place(self._postings[key])
        self.place(unit)

    def _fits(self, unit: Unit) -> bool:
        """True where every other posting could still begin in time, one after another, behind ``unit``."""
        begins = self._now + unit.time
        for key in sorted(self._due, key=self._due.__getitem__):
            if key == unit.key:
                continue
            if begins > self._due[key]:
                return False
            begins += self._postings[key].time
        return True

    def close_round(self) -> bool:
        """Repeats postings at the end whose gap across the lap's end would be too long; False where one still is.

        One repeated posting pushes the next round back for the others, so the set grows until it holds.
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
    last: Mapping[str, int], start: int, on: Sequence[OnSpan],
) -> list[Unit]:  # fmt: skip
    """``units`` with postings put in again wherever their gap asks for it; ``opening`` stays in front, not returned.

    A gap is kept across the lap's end too, should the lap repeat: where the first showing comes too late for
    that, postings are moved to the head.
    """
    for head in (False, True):
        placer = _Placer(postings, gaps, last, start, on)
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
