"""Rules 5 and 6 of the lap: longest waiting first, lanes evenly mixed; called by composition.py and shares.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Protocol, TypeVar


class Waiting(Protocol):
    """The fields of an item that ordering needs."""

    @property
    def key(self) -> str: ...
    @property
    def lane(self) -> str: ...


T = TypeVar("T", bound=Waiting)


@dataclass(frozen=True, slots=True)
class WaitTimes:
    """When each item last began to air (``last``) or, if it never aired, when it was first seen (``seen``); ms."""

    last: Mapping[str, int]
    seen: Mapping[str, int]
    now: int


def by_waiting(items: Sequence[T], waits: WaitTimes, patience: int) -> list[T]:
    """The items sorted by waiting time, longest first; ties keep the given order.

    An item that never aired counts as waiting longest, except that items waiting for over ``patience`` ms come
    before it: otherwise a stream of news would keep older items off the board.
    """

    last, seen, now = waits.last, waits.seen, waits.now
    overdue = now - patience

    def rank(item: T) -> tuple[int, int]:
        aired = last.get(item.key)
        if aired is not None:
            return (0, aired) if aired < overdue else (2, aired)
        since = seen.get(item.key, now)
        return (0, since) if since < overdue else (1, 0)

    return sorted(items, key=rank)


def interleave(items: Sequence[T]) -> list[T]:
    """The items with their lanes evenly mixed; the order within a lane is kept and the first item stays first.

    Among the first k of N items, a lane with n items has k*n/N of them, give or take one (rule 6). Therefore the j-th
    item of the lane may take places ceil((j-1)N/n) to floor(jN/n)+1; scheduling these unit jobs by earliest deadline
    meets all deadlines (Steiner and Yeomans 1993, level schedules). In the rare cases in which a deadline cannot be
    met with the first item first, another item comes first.
    """
    lanes: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        lanes.setdefault(item.lane, []).append(place)
    if len(lanes) < 2:
        return list(items)
    columns = list(lanes.values())
    order = _spread(columns, len(items), head=0) or _spread(columns, len(items), head=None)
    return [items[place] for place in order or range(len(items))]


def _spread(columns: list[list[int]], total: int, head: int | None) -> list[int] | None:
    """Mixes lanes evenly; returns the indices of the items in their new order, None if a deadline was missed.

    ``columns`` holds the indices of each lane's items, ``total`` is the number of all items. ``head`` is the index of
    the lane that comes first, None for any.
    """
    taken = [0] * len(columns)
    order: list[int] = []
    ready: list[tuple[int, int, int]] = []
    coming: list[tuple[int, int]] = [(0, lane) for lane in range(len(columns))]
    heapify(coming)
    for place in range(1, total + 1):
        while coming and coming[0][0] <= place:
            _, lane = heappop(coming)
            column = columns[lane]
            deadline = (taken[lane] + 1) * total // len(column) + 1
            heappush(ready, (deadline, column[taken[lane]], lane))
        if not ready:
            return None
        if place == 1 and head is not None:
            chosen = next(job for job in ready if job[2] == head)
            ready.remove(chosen)
            heapify(ready)
        else:
            chosen = heappop(ready)
        deadline, original, lane = chosen
        if deadline < place:
            return None
        order.append(original)
        taken[lane] += 1
        size = len(columns[lane])
        if taken[lane] < size:
            heappush(coming, (-(-taken[lane] * total // size), lane))
    return order
