"""The slides that boards on air use: kept while any board uses them, removed afterwards; owned by the director."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Slide
from server.live.rotation.live_board import LiveBoard


class SlideCache:
    """The slides that boards use, by hash."""

    def __init__(self) -> None:
        self._slides: dict[str, Slide] = {}
        # Hashes of slides that a board used before a change, and that may be unused now.
        self._released: set[str] = set()

    def add(self, slides: Iterable[Slide]) -> None:
        self._slides.update((slide.hash, slide) for slide in slides)

    def get(self, hashes: Iterable[str]) -> list[Slide]:
        """The slides with these hashes, in the same order; unknown hashes are skipped."""
        return [self._slides[one] for one in hashes if one in self._slides]

    def release(self, live: LiveBoard) -> None:
        """Marks a board's slides as candidates for `evict`; call it before its content, lap or notices change."""
        self._released |= live.cached_hashes
        live.cached_hashes = frozenset()

    def evict(self, live_boards: Iterable[LiveBoard]) -> None:
        """Removes the released slides that none of ``live_boards`` (all boards on air) uses."""
        for live in live_boards:
            hashes = live.hashes()
            if not self._released.isdisjoint(hashes):
                self._released -= hashes
        for gone in self._released:
            self._slides.pop(gone, None)
        self._released.clear()
