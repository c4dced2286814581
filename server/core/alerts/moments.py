"""Writes times of alerts in words: "16:00 ngày 28/8", "từ 16:00 ngày 28/8"; called by `wanted`."""

from __future__ import annotations

from datetime import datetime, tzinfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def moment(at: datetime, now: datetime, zone: tzinfo, language: str = "vi") -> str:
    """Returns ``at`` in the zone ``zone`` as words: the time, with the date if it is not today.

    The words are Vietnamese for ``language`` "vi", else English.
    """
    here, today = at.astimezone(zone), now.astimezone(zone)
    clock = f"{here:%H:%M}"
    if here.date() == today.date():
        return clock
    other_year = here.year != today.year
    if language == "vi":
        return f"{clock} ngày {here.day}/{here.month}" + (f"/{here.year}" if other_year else "")
    return f"{clock} on {here.day} {_MONTHS[here.month - 1]}" + (f" {here.year}" if other_year else "")


def from_moment(at: datetime, now: datetime, zone: tzinfo, language: str = "vi") -> str:
    """Returns the words for a beginning that is still to come: "từ 16:00 ngày 28/8", always with the date."""
    here, today = at.astimezone(zone), now.astimezone(zone)
    word = "từ" if language == "vi" else "from"
    if here.date() != today.date():
        return f"{word} {moment(at, now, zone, language)}"
    day = f"ngày {here.day}/{here.month}" if language == "vi" else f"on {here.day} {_MONTHS[here.month - 1]}"
    return f"{word} {here:%H:%M} {day}"
