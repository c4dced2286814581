"""Receipts folded into proof of play: a row per board, item and day; pure, called by the store's and live's receipts.

A screen's word is a receipt: of a notice (its number) or of a slide (its hash). Days and hours are those of the
board's zone. ``hours`` has bit h set where it was shown in that hour; ``screens`` has bit n set for the screen in
place n of the board.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["sent", "received", "shown", "ended"]


@dataclass(frozen=True, slots=True)
class Play:
    """One slide painted by one screen: the item it belongs to, and the local day and hour of the board."""

    screen: int
    board: str
    slot: int
    item: str
    title: str
    hash: str
    at: datetime
    day: str
    hour: int


@dataclass(frozen=True, slots=True)
class Said:
    """A screen's word about a notice; ``sent`` is the server's own."""

    notice: int
    screen: int
    kind: Kind
    at: datetime


@dataclass(slots=True)
class Proof:
    """What is known of one item on one board on one day; grows by ``add`` and ``merge``."""

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

    @classmethod
    def of(cls, play: Play) -> Proof:
        places = with_bit(b"", play.slot)
        day, hours = play.day, 1 << play.hour
        return cls(play.board, day, play.item, play.title, 1, play.at, play.at, hours, places, {play.hash: 1})

    def add(self, play: Play) -> None:
        """The same as ``merge(Proof.of(play))``, without making one: this is done ten thousand times a second."""
        if play.at >= self.last:
            self.title, self.last = play.title, play.at
        if play.at < self.first:
            self.first = play.at
        self.count += 1
        self.hours |= 1 << play.hour
        byte, bit = divmod(play.slot, 8)
        if byte >= len(self.screens) or not self.screens[byte] >> bit & 1:
            self.screens = with_bit(self.screens, play.slot)
        self.hashes[play.hash] = self.hashes.get(play.hash, 0) + 1

    def merge(self, other: Proof) -> None:
        """Takes in another proof of the same board, item and day; the later title stays."""
        if other.last >= self.last:
            self.title = other.title
        self.count += other.count
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.hours |= other.hours
        self.screens = joined(self.screens, other.screens)
        for hash, count in other.hashes.items():
            self.hashes[hash] = self.hashes.get(hash, 0) + count

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(bits(self.screens))


def fold(plays: Iterable[Play]) -> list[Proof]:
    """One proof for each board, item and day among ``plays``."""
    found: dict[tuple[str, str, str], Proof] = {}
    for play in plays:
        key = play.board, play.day, play.item
        if key in found:
            found[key].add(play)
        else:
            found[key] = Proof.of(play)
    return list(found.values())


def with_bit(bitmap: bytes, place: int) -> bytes:
    return joined(bitmap, bytes(place // 8) + bytes((1 << place % 8,)))


def joined(one: bytes, other: bytes) -> bytes:
    size = max(len(one), len(other))
    whole = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return whole.to_bytes(size, "little")


def bits(bitmap: bytes) -> Iterable[int]:
    """The places whose bit is set, in order."""
    return (byte * 8 + bit for byte, value in enumerate(bitmap) for bit in range(8) if value >> bit & 1)


def hours_of(bitmap: int) -> tuple[int, ...]:
    return tuple(hour for hour in range(24) if bitmap >> hour & 1)
