"""Notices, the priority and urgent messages of editors; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.model.actors import SYSTEM
from server.core.model.announcements import Attachment

Level = Literal["normal", "priority", "urgent"]
NoticeState = Literal["drafted", "live", "corrected", "cleared", "expired"]


MESSAGE = "message"
"""The ``origin`` of a message that a key of the API shows on one board for some minutes ("board.message")."""
_GRAVITIES = {"minor": 0, "moderate": 1, "severe": 2, "extreme": 3}
_GRAVE_RISK = 4


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that an editor pushes to areas until it expires or is cleared.

    ``danger`` names the hazard ("Bão"); ``risk`` is its level, 1 to 5, or 0 for none. ``acts`` are instructions: at
    most three in an editor's notice, any number in one made from an alert. ``areas`` (slugs) is never empty, because
    a notice without an area would reach no board. If a second editor is required (four eyes), ``signed_by`` is the
    editor who asked for confirmation at ``signed_at`` and ``confirmed_by`` the one who gave it; ``broke_glass`` is
    True if one editor sent it alone after the waiting time. ``replaces`` is the id of the notice that this one
    corrects; ``ended`` is when it left the boards.

    If a notice is made from an alert of a source, ``origin`` identifies the alert (core.alerts.origin), and the
    official text is not edited. ``boards`` (slugs) then narrows the target to some of the boards of ``areas``, and
    ``language`` is the language of the text ("" is that of the board). An urgent notice from an alert fills the
    screens until ``holds_until`` and then alternates with the slides of the lap; ``holds_until`` None: it fills them
    until it ends. ``calm``: it says that a danger is over, so it never looks like an alarm. ``description``,
    ``pictures`` and ``link`` (an https address for a QR code, "" for none) are those of the alert; slides show them
    after headline and instructions.

    A message that another program sends to one board has the ``origin`` `MESSAGE`: it is no alarm and is never
    published.

    ``threat`` is how near and how grave the danger is, a key of core.alerts.threats.GRADES: the editor's choice for
    the alert that is published of the notice, or the words of a received alert; if it is "", level and risk decide.
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
    origin: str = ""
    boards: tuple[str, ...] = ()
    language: str = ""
    holds_until: datetime | None = None
    threat: str = ""
    calm: bool = False
    description: str = ""
    link: str = ""
    pictures: tuple[Attachment, ...] = ()

    @property
    def is_received(self) -> bool:
        """True if the program made it from an alert of a source: its words are official and are not edited.

        An editor's own notice that was written from a copy of an alert has an ``origin``, too, but the editor created
        it.
        """
        return self.origin != "" and self.created_by == SYSTEM

    @property
    def is_message(self) -> bool:
        """True if another program sent it as a message to one board; it is on no public page or feed."""
        return self.origin == MESSAGE

    @property
    def gravity(self) -> int:
        """Returns how grave the danger is: 0 minor, 1 moderate, 2 severe, 3 extreme; always 0 if the notice is calm.

        ``threat`` decides; without it an urgent notice is severe and any other one moderate. A risk level of 4 or 5
        raises an urgent notice to extreme and any other one to severe, if it is not graver already.
        """
        if self.calm:
            return 0
        urgent = self.level == "urgent"
        said = _GRAVITIES.get(self.threat.rpartition("-")[2], 2 if urgent else 1)
        return max(said, 3 if urgent else 2) if self.risk >= _GRAVE_RISK else said

    @property
    def shown_level(self) -> Level:
        """The level as boards show it: a calm notice never covers the whole screen."""
        return "priority" if self.calm and self.level == "urgent" else self.level
