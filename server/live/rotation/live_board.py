"""One board on air, and a lap that is proposed for it; kept by the director."""

from __future__ import annotations

from dataclasses import dataclass

from server.content.board_content import BoardContent
from server.content.lap_rows import row_of
from server.core import wire
from server.core.lap.airing import Lap
from server.core.model import Notice, Slide, ThemeDays
from server.store.boards.laps import StoredLap


@dataclass(slots=True)
class LiveBoard:
    """One board on air. ``saved``: the revision that the store knows; ``looks_at``: when a slide's turn is near.

    ``named``: the bodies it names, empty where that has to be looked up again.
    """

    content: BoardContent
    lap: Lap
    revision: int
    saved: int
    notices: tuple[tuple[Notice, Slide], ...]
    renews_at: int
    looks_at: int = 0
    named: frozenset[str] = frozenset()

    @property
    def slug(self) -> str:
        return self.content.board.slug

    def names(self) -> frozenset[str]:
        """Every body that its screens may ask for."""
        if not self.named:
            made = self.content
            self.named = frozenset(self.glass().hashes).union(slide.hash for slide in made.slides)
        return self.named

    def glass(self, themes: tuple[ThemeDays, ...] = ()) -> wire.Glass:
        made = self.content
        return wire.Glass(made.board, made.area.name, self.revision, self.lap, made.safe.hash, self.notices, themes)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lap that a board shall have, made of ``made``, once it is agreed."""

    channel: LiveBoard
    lap: Lap
    made: BoardContent

    @property
    def wanted(self) -> StoredLap:
        return row_of(self.channel.slug, self.lap, self.channel.revision + 1)
