"""Shifts a lap in time after the system's clock was set; called by server/live/rotation. All times are in ms."""

from __future__ import annotations

from dataclasses import replace

from server.core.lap.airing import Lap

AHEAD_MS = 5_000
"""How far ahead of now a lap may start, in ms.

A lap starts with the running slide. A later start means that the clock was ahead when the lap was composed.
"""


def shifted(lap: Lap, by: int) -> Lap:
    """The lap with its start and its recorded times of airings moved by ``by`` ms; slides keep their windows."""
    return replace(
        lap,
        start=lap.start + by,
        last={key: at + by for key, at in lap.last.items()},
        seen={key: at + by for key, at in lap.seen.items()},
    )


def begun(lap: Lap, now: int) -> Lap:
    """The lap, shifted to start at ``now`` if it would start more than `AHEAD_MS` later, else unchanged.

    Until its start a lap shows nothing.
    """
    return shifted(lap, now - lap.start) if lap.start > now + AHEAD_MS else lap
