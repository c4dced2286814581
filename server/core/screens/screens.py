"""Screens and how one joins: values and the rules of codes and keys; called by store, live, pages and command line.

A code is eight of twenty letters without vowels, so that no word can come of it; it lives for ten minutes, and five
wrong tries are the end (GLASS, "A device joins"). All instants are aware datetimes in UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8
CODE_LIVES = timedelta(minutes=10)
MOST_TRIES = 5
KEY_BYTES = 32
# A screen that was heard within this time counts as live, whichever server says so.
LIVE_FOR = timedelta(seconds=90)

CommandName = Literal["reload", "identify", "screenshot", "handover", "takeback", "test"]


@dataclass(frozen=True, slots=True)
class Screen:
    """One device paired to a board. ``slot`` is its place there (0, 1, …), which a replacement takes over.

    ``key_hash`` is None until the device has fetched its key. ``phone`` is of whoever is near it. ``changed`` is the
    number of the last change of any screen: a reader that knows it needs only what is above.
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
    """What is known of a screen's connection: heard last at ``seen``, connected then or not; its last health."""

    screen: int
    up: bool
    seen: datetime
    shown: str = ""
    cold: bool | None = None
    errors: int = 0

    def live(self, now: datetime) -> bool:
        return self.up and now - self.seen <= LIVE_FOR


@dataclass(frozen=True, slots=True)
class Command:
    """What a screen is asked to do that is not state; worth nothing after ``until``."""

    id: int
    screen: int
    name: CommandName
    until: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Collected:
    """What a device gets, once: its key is kept nowhere else than on the device."""

    screen: int
    key: str
    board: str


def hash_of(secret: str) -> str:
    """64 hex of SHA-256: keys and secrets hold 256 random bits, so a slow hash would protect nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def normal_code(text: str) -> str:
    """The code as it is stored, of what somebody typed; empty where it cannot be one."""
    letters = "".join(text.split()).replace("-", "").upper()
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(LETTERS) else ""
