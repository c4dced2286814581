"""The slides on air: kept while some board names them, evicted afterwards; owned by the director."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Slide
from server.live.rotation.live_board import LiveBoard


class SlideCache:
    """Slides by their hash."""

    def __init__(self) -> None:
        self._slides: dict[str, Slide] = {}
        # Hashes that a board used before a change and perhaps does not use any more.
        self._released: set[str] = set()

    def add(self, slides: Iterable[Slide]) -> None:
        self._slides.update((slide.hash, slide) for slide in slides)

    def get(self, hashes: Iterable[str]) -> list[Slide]:
        """The slides with these hashes, in their order; unknown ones are left out."""
        return [self._slides[one] for one in hashes if one in self._slides]

    def release(self, live: LiveBoard) -> None:
        """Marks a board's slides for `evict`; must be called before its content, lap or notices change."""
        self._released |= live.cached_hashes
        live.cached_hashes = frozenset()

    def evict(self, live_boards: Iterable[LiveBoard]) -> None:
        """Drops the released slides that none of ``live_boards``, all on air, names. Screens keep their copies."""
        for live in live_boards:
            hashes = live.hashes()
            if not self._released.isdisjoint(hashes):
                self._released -= hashes
        for gone in self._released:
            self._slides.pop(gone, None)
        self._released.clear()
