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
    """One board on air. Times are milliseconds since 1970 UTC.

    ``saved`` is the revision in the store; ``renews_at`` is when the next lap is composed; ``announces_at`` is when
    to look for the next slide to announce; ``cached_hashes`` is empty until ``hashes`` is called.
    """

    content: BoardContent
    lap: Lap
    revision: int
    saved: int
    notices: tuple[tuple[Notice, Slide], ...]
    renews_at: int
    announces_at: int = 0
    cached_hashes: frozenset[str] = frozenset()

    @property
    def slug(self) -> str:
        return self.content.board.slug

    def hashes(self) -> frozenset[str]:
        """Every slide body that the board's screens may ask for."""
        if not self.cached_hashes:
            content = self.content
            self.cached_hashes = frozenset(self.glass().hashes).union(slide.hash for slide in content.slides)
        return self.cached_hashes

    def glass(self, themes: tuple[ThemeDays, ...] = ()) -> wire.Glass:
        """What its screens must show; ``themes`` are the themed days of the configuration."""
        content = self.content
        return wire.Glass(
            content.board, content.area.name, self.revision, self.lap, content.safe.hash, self.notices, themes
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lap for a board, composed from ``content``, to be agreed in the store."""

    live: LiveBoard
    lap: Lap
    content: BoardContent

    @property
    def row(self) -> StoredLap:
        """The row to save, under the board's next revision."""
        return row_of(self.live.slug, self.lap, self.live.revision + 1)
