"""The limits of channels: pauses after failures, how often a channel may be used, how long a message may be.

Called by worker.deliveries.alarms_sender and alarms_chats.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
"""How long to wait after each failure in a row; after the last one always as long. Nothing is ever given up."""
PAUSES = {"person": timedelta(minutes=1), "mail": timedelta(minutes=1), "telegram": timedelta(seconds=3),
          "zalo": timedelta(minutes=1)}  # fmt: skip
"""Between two messages to one target. Telegram allows one a second to a chat and 20 a minute to a group."""
ZALO_MOST, ZALO_WITHIN = 8, timedelta(hours=48)


def retry_after(failures: int, asked: timedelta | None = None) -> timedelta:
    """Returns how long to wait after this number of failures in a row, at least what the other side has asked for."""
    return max(RETRIES[min(max(failures, 1), len(RETRIES)) - 1], asked or timedelta(0))


def free_at(
    sent: Sequence[datetime], now: datetime, most: int = ZALO_MOST, within: timedelta = ZALO_WITHIN
) -> datetime:
    """Returns when the next message may be sent if only ``most`` are allowed ``within`` a time; now if it may be.

    ``sent`` are the times of earlier messages; those in the future were written by a wrong clock and do not count.
    """
    recent = sorted(at for at in sent if now - within < at <= now)
    return now if len(recent) < most else recent[len(recent) - most] + within


def split(text: str, most: int) -> tuple[str, ...]:
    """Splits a text into parts of at most ``most`` UTF-16 units, at line ends, else at spaces, else anywhere."""
    parts, rest = [], text.strip()
    while _units(rest) > most:
        fits = _fitting(rest, most)
        cut = max(rest.rfind("\n", 0, fits + 1), 0) or max(rest.rfind(" ", 0, fits + 1), 0) or fits
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def _units(text: str) -> int:
    """The length as Telegram counts it: characters outside the basic plane are two."""
    return len(text) + sum(1 for one in text if ord(one) > 0xFFFF)


def _fitting(text: str, most: int) -> int:
    """How many characters of ``text`` have at most ``most`` units."""
    units = 0
    for at, one in enumerate(text):
        units += 2 if ord(one) > 0xFFFF else 1
        if units > most:
            return at
    return len(text)
