"""Screens, their connection, commands, pairing codes and keys; called by store, live, desk and the command line.

A pairing code is eight of twenty letters without vowels, so that it cannot spell a word. It is valid for ten minutes
and five wrong tries end it. All instants are aware datetimes in UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8
CODE_LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
KEY_BYTES = 32
# A connected screen counts as live if its last message to any server is no older than this.
LIVE_FOR = timedelta(seconds=90)

CommandName = Literal["reload", "identify", "screenshot", "handover", "takeback", "test"]


@dataclass(frozen=True, slots=True)
class Screen:
    """A device paired to a board. ``slot`` is its place there (0, 1, …); a device that replaces it takes its slot.

    ``key_hash`` is None until the device has fetched its key. ``phone`` is the number of a person near it. Until
    ``handed_until`` it is handed over to a meeting, which uses it as an ordinary display. ``changed`` is the sequence
    number of its last change, counted over all screens: a reader that has seen number n needs only screens above n.
    """

    id: int
    name: str
    board: str
    slot: int
    key_hash: str | None
    paired_by: str
    paired: datetime
    revoked: datetime | None = None
    replaced_by: int | None = None
    notes: str = ""
    phone: str = ""
    handed_until: datetime | None = None
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A screen's connection: the time of its last message (``seen``), whether it was connected (``up``), its health.

    ``shown`` is the hash of the slide it showed last, ``cold`` whether it can start without a server (None: unknown),
    ``errors`` the number of errors that it reported.
    """

    screen: int
    up: bool
    seen: datetime
    shown: str = ""
    cold: bool | None = None
    errors: int = 0

    def live(self, now: datetime) -> bool:
        """True if the screen was connected within the last `LIVE_FOR`."""
        return self.up and now - self.seen <= LIVE_FOR


@dataclass(frozen=True, slots=True)
class Command:
    """A command to a screen, which is not part of the board's state; the screen ignores it after ``until``.

    ``number`` is the sequence number of the change that made it, counted as `Screen.changed`.
    """

    id: int
    screen: int
    name: CommandName
    until: datetime
    number: int


@dataclass(frozen=True, slots=True)
class CollectedKey:
    """The key that a device collects once after pairing; the server keeps only its hash."""

    screen: int
    key: str
    board: str


def hash_of(secret: str) -> str:
    """Returns the SHA-256 of ``secret`` as 64 hex digits.

    Keys and secrets hold 256 random bits, so a slow password hash would add no protection.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def foreign_letters(text: str) -> tuple[str, ...]:
    """The letters and digits of a typed code that no code has, each once in order: vowels, Đ, 0 to 9."""
    return tuple(dict.fromkeys(one for one in _letters(text) if one not in LETTERS))


def _letters(text: str) -> str:
    return "".join(text.split()).replace("-", "").upper()


def normal_code(text: str) -> str:
    """Returns a typed code in its stored form, upper case without separators; "" if it is not a possible code."""
    letters = _letters(text)
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(LETTERS) else ""
