"""Token buckets that limit how much a client, screen or IP address may send; used by live.broadcast and live.glass.

A bucket holds at most ``most`` tokens and gains ``per_second`` tokens each second. Each message takes tokens out of
its sender's bucket, and is refused if the bucket holds too few. A bucket is two floats, and its gain is computed when
it is used: there is no timer.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """The size of a bucket in tokens, and the number of tokens that it gains per second."""

    most: float
    per_second: float


class TokenBuckets:
    """A set of buckets for every owner, one bucket for each of ``limits``. New buckets are full.

    An owner is any hashable value, such as a client's id or an IP address. If there are more than ``most_owners``,
    the one that was used least recently is removed. ``monotonic`` returns seconds.
    """

    def __init__(self, limits: Sequence[Limit], monotonic: Callable[[], float], most_owners: int = 100_000) -> None:
        self._limits, self._monotonic, self._most_owners = tuple(limits), monotonic, most_owners
        # Owner -> [tokens, time of the last change in seconds] of each limit, one after the other in one array.
        self._held: OrderedDict[Hashable, array[float]] = OrderedDict()

    def __len__(self) -> int:
        """The number of owners that are remembered."""
        return len(self._held)

    def take(self, owner: Hashable, index: int, cost: float) -> bool:
        """Takes ``cost`` tokens out of an owner's bucket for ``limits[index]``.

        Returns False and takes none if the bucket holds fewer.
        """
        held, at = self._filled(owner, index), 2 * index
        if held[at] < cost:
            return False
        held[at] -= cost
        return True

    def has(self, owner: Hashable, index: int, cost: float) -> bool:
        """Whether ``take`` would return True; takes no tokens."""
        return self._filled(owner, index)[2 * index] >= cost

    def _filled(self, owner: Hashable, index: int) -> array[float]:
        """The owner's array of buckets, after the bucket of ``limits[index]`` got the tokens that it has gained."""
        now, limit, at = self._monotonic(), self._limits[index], 2 * index
        held = self._held.get(owner)
        if held is None:
            held = self._held[owner] = self._full(now)
        else:
            self._held.move_to_end(owner)
        held[at] = min(limit.most, held[at] + (now - held[at + 1]) * limit.per_second)
        held[at + 1] = now
        return held

    def forget(self, owner: Hashable) -> None:
        """Removes an owner's buckets."""
        self._held.pop(owner, None)

    def _full(self, now: float) -> array[float]:
        while len(self._held) >= self._most_owners:
            self._held.popitem(last=False)
        return array("d", [value for limit in self._limits for value in (limit.most, now)])
