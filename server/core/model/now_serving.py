"""What a hall's counters are serving now, as another program reports it; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ServingTurn = Literal["off", "lap", "always"]
"""When a board shows the numbers: never, as a slide of its lap, or instead of its lap."""
MOST_COUNTERS = 12
MOST_COMING = 5


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter (quầy) of a hall: its ``name`` ("3"), the ``service`` it gives, the ``number`` that it serves.

    ``number`` is "" while nobody is served. ``coming`` are the next numbers, at most `MOST_COMING`.
    """

    name: str
    service: str = ""
    number: str = ""
    coming: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class NowServing:
    """All counters of the hall of ``board`` (a slug) as of ``at``; boards show them until ``until``, not longer.

    ``version`` grows with each report, so that a screen knows whether it has the latest. ``actor`` is the program.
    """

    board: str
    counters: tuple[Counter, ...]
    at: datetime
    until: datetime
    version: int
    actor: str = ""
