"""The bodies on air: kept while some board names them, forgotten after; owned by the director."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Slide
from server.live.rotation.live_board import LiveBoard


class SlideCache:
    """Slides by their hash."""

    def __init__(self) -> None:
        self._kept: dict[str, Slide] = {}
        # Named before by a board that may not name them any more.
        self._loose: set[str] = set()

    def keep(self, slides: Iterable[Slide]) -> None:
        self._kept.update((slide.hash, slide) for slide in slides)

    def get(self, hashes: Iterable[str]) -> list[Slide]:
        return [self._kept[one] for one in hashes if one in self._kept]

    def loosen(self, channel: LiveBoard) -> None:
        """What ``channel`` names may be something else from now on."""
        self._loose |= channel.named
        channel.named = frozenset()

    def forget(self, channels: Iterable[LiveBoard]) -> None:
        """Drops what was let loose and none of ``channels`` names; screens keep their own."""
        for channel in channels:
            named = channel.names()
            if not self._loose.isdisjoint(named):
                self._loose -= named
        for gone in self._loose:
            self._kept.pop(gone, None)
        self._loose.clear()
