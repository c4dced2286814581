"""Rules 5 and 6 of the lap: longest waiting first, lanes evenly interleaved; called by the composer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Protocol, TypeVar


class Waiting(Protocol):
    """What ordering needs to know of an item."""

    @property
    def key(self) -> str: ...
    @property
    def lane(self) -> str: ...


T = TypeVar("T", bound=Waiting)


@dataclass(frozen=True, slots=True)
class Waits:
    """When each item last began to air (``last``) or, where it never did, was first placed (``seen``), ms."""

    last: Mapping[str, int]
    seen: Mapping[str, int]
    now: int


def by_waiting(items: Sequence[T], waits: Waits, patience: int) -> list[T]:
    """Longest waiting first; equal ones keep the order they came in.

    What never aired counts as longest, but not before what has waited over ``patience`` ms: a stream of news
    would otherwise starve the rest.
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
    """The items with their lanes spread out, each lane's own order kept; the first item stays first.

    In every prefix of k items each lane has its proportion of k, give or take one (rule 6). The j-th item of a
    lane with n of N items may stand at places ceil((j-1)N/n) to floor(jN/n)+1; earliest deadline first over such
    unit jobs meets them all (Steiner and Yeomans 1993, level schedules). Asking for the first item's lane at the
    head may spoil that in rare cases; then evenness goes before it.
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
    """Places in their new order, or None where a deadline was missed."""
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
