"""Notices, the priority and urgent messages of editors; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Level = Literal["normal", "priority", "urgent"]
NoticeState = Literal["drafted", "live", "corrected", "cleared", "expired"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that an editor pushes to areas until it expires or is cleared.

    ``danger`` names the hazard ("Bão"); ``risk`` is its level, 1 to 5, or 0 for none. ``acts`` are at most three
    instructions. ``areas`` is never empty: a notice without a known target reaches no board. Under four eyes
    ``signed_by`` is the editor who asked for confirmation, ``confirmed_by`` the one who gave it, and ``broke_glass``
    says that one editor sent it alone after the waiting time. ``replaces`` is the id of the notice that this one
    corrects; ``ended`` is when it left the boards.
    """

    id: int
    level: Level
    headline: str
    areas: tuple[str, ...]
    issued: datetime
    until: datetime
    acts: tuple[str, ...] = ()
    danger: str = ""
    risk: int = 0
    sender: str = ""
    exercise: bool = False
    state: NoticeState = "live"
    created_by: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    confirmed_by: str = ""
    broke_glass: bool = False
    replaces: int | None = None
    ended: datetime | None = None
