"""Data classes of the director: a board that this server shows, and a lap that is proposed for it."""

from __future__ import annotations

from dataclasses import dataclass

from server.content.board_content import BoardContent
from server.content.lap_rows import row_of
from server.core import wire
from server.core.lap.airing import Lap
from server.core.model import Notice, Slide, ThemeDays
from server.core.wire_serving import Serving
from server.store.boards.laps import StoredLap


@dataclass(slots=True)
class LiveBoard:
    """A board that this server shows ("on air"), with its content, lap and notices. Times are ms since 1970 UTC.

    ``revision`` numbers its state, ``saved`` is the last revision in the store. ``renews_at`` is when the next lap is
    composed; ``announces_at`` is when to look for the next slide to announce. ``cached_hashes`` is the result of
    ``hashes``, empty until that is called. ``alerts`` says whether there are data on alerts; None if no source of
    alerts concerns the board. ``serving`` are the numbers of its hall as its screens get them; None if it shows none.
    """

    content: BoardContent
    lap: Lap
    revision: int
    saved: int
    notices: tuple[tuple[Notice, Slide], ...]
    renews_at: int
    announces_at: int = 0
    cached_hashes: frozenset[str] = frozenset()
    alerts: wire.AlertData | None = None
    serving: Serving | None = None

    @property
    def slug(self) -> str:
        return self.content.board.slug

    def hashes(self) -> frozenset[str]:
        """The hashes of all slides that the board's screens may request."""
        if not self.cached_hashes:
            content = self.content
            self.cached_hashes = frozenset(self.glass().hashes).union(slide.hash for slide in content.slides)
        return self.cached_hashes

    def glass(self, themes: tuple[ThemeDays, ...] = ()) -> wire.Glass:
        """What the board's screens must show; ``themes`` are those that the configuration sets for certain dates."""
        content = self.content
        names = content.area.name, self.revision, self.lap, content.safe.hash
        return wire.Glass(content.board, *names, self.notices, themes, content.chain, self.alerts, self.serving)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lap for a board, composed from ``content``, that is to be saved so that all servers show it."""

    live: LiveBoard
    lap: Lap
    content: BoardContent

    @property
    def row(self) -> StoredLap:
        """The database row of this lap, with the board's next revision."""
        return row_of(self.live.slug, self.lap, self.live.revision + 1)
