"""Aggregates receipts into proof of play, one row per board, item and day.

Called by store.screens, live.screens and desk.records. A screen sends receipts of notices (by id) and of slides (by
hash). Days and hours are in the board's zone. Bit h of ``hours`` is set if the item was shown in that hour; bit n of
``screens`` if the screen in slot n showed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["sent", "received", "shown", "ended"]


@dataclass(frozen=True, slots=True)
class Play:
    """One slide of ``item`` painted at ``at`` by one screen, which has place ``slot`` on its board.

    ``day`` (YYYY-MM-DD) and ``hour`` are those of ``at`` in the board's zone. ``dwell`` is the slide's time in ms.
    """

    screen: int
    board: str
    slot: int
    item: str
    title: str
    hash: str
    at: datetime
    day: str
    hour: int
    dwell: int = 0


@dataclass(frozen=True, slots=True)
class NoticeReceipt:
    """A screen's receipt of a notice. Receipts of kind "sent" do not come from the screen: the server writes them."""

    notice: int
    screen: int
    kind: Kind
    at: datetime


@dataclass(slots=True)
class Proof:
    """The airings of one item on one board on one day: their ``count``, and the times of the first and the last.

    ``hours`` and ``screens`` are the bitmaps that the module describes, ``hashes`` counts the airings by slide hash.
    ``milliseconds`` is the sum of the dwells, over all screens; 0 for airings that were stored before it was counted.
    `add` and `merge` change an instance.
    """

    board: str
    day: str
    item: str
    title: str
    count: int
    first: datetime
    last: datetime
    hours: int
    screens: bytes
    hashes: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0

    @classmethod
    def of(cls, play: Play) -> Proof:
        """The proof of a single play."""
        places = with_bit(b"", play.slot)
        day, hours = play.day, 1 << play.hour
        hashes = {play.hash: 1}
        return cls(play.board, day, play.item, play.title, 1, play.at, play.at, hours, places, hashes, play.dwell)

    def add(self, play: Play) -> None:
        """Adds a play, like ``merge(Proof.of(play))``, but creates no object: called 10,000 times a second."""
        if play.at >= self.last:
            self.title, self.last = play.title, play.at
        if play.at < self.first:
            self.first = play.at
        self.count += 1
        self.milliseconds += play.dwell
        self.hours |= 1 << play.hour
        byte, bit = divmod(play.slot, 8)
        if byte >= len(self.screens) or not self.screens[byte] >> bit & 1:
            self.screens = with_bit(self.screens, play.slot)
        self.hashes[play.hash] = self.hashes.get(play.hash, 0) + 1

    def merge(self, other: Proof) -> None:
        """Adds another proof of the same board, item and day to this one; of two titles the later one is kept."""
        if other.last >= self.last:
            self.title = other.title
        self.count += other.count
        self.milliseconds += other.milliseconds
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.hours |= other.hours
        self.screens = joined(self.screens, other.screens)
        for hash, count in other.hashes.items():
            self.hashes[hash] = self.hashes.get(hash, 0) + count

    @property
    def places(self) -> tuple[int, ...]:
        """The slots (places on the board) of the screens that showed the item."""
        return tuple(bits(self.screens))


def fold(plays: Iterable[Play]) -> list[Proof]:
    """Returns ``plays`` grouped by board, day and item, as one proof each."""
    found: dict[tuple[str, str, str], Proof] = {}
    for play in plays:
        key = play.board, play.day, play.item
        if key in found:
            found[key].add(play)
        else:
            found[key] = Proof.of(play)
    return list(found.values())


def with_bit(bitmap: bytes, place: int) -> bytes:
    """Returns a copy of ``bitmap`` with bit ``place`` set, longer if needed."""
    return joined(bitmap, bytes(place // 8) + bytes((1 << place % 8,)))


def joined(one: bytes, other: bytes) -> bytes:
    """The union of two bitmaps, as long as the longer one."""
    size = max(len(one), len(other))
    whole = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return whole.to_bytes(size, "little")


def bits(bitmap: bytes) -> Iterable[int]:
    """The indices of the bits that are set, ascending."""
    return (byte * 8 + bit for byte, value in enumerate(bitmap) for bit in range(8) if value >> bit & 1)


def hours_of(bitmap: int) -> tuple[int, ...]:
    """The hours 0 to 23 whose bit is set."""
    return tuple(hour for hour in range(24) if bitmap >> hour & 1)
