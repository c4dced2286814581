"""Sends screens a `slide` message shortly before each board's next slide begins; a part of the director."""

from __future__ import annotations

from server.core import wire
from server.core.lap.airing import airing_at
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.on_air import OnAir

AHEAD_MS = 1_500
# How many boards are handled in one tick; those that are due the longest come first. A tick must not block the event
# loop for long, and later ticks handle the rest in time, because a slide begins AHEAD_MS after it becomes due.
MOST_BOARDS_A_TICK = 300


class SlideAnnouncer:
    """Sends `slide` messages ``AHEAD_MS`` before a slide begins."""

    def __init__(self, on_air: OnAir) -> None:
        self._on_air = on_air

    def announce(self, now: int) -> None:
        """Announces the slides that begin within ``AHEAD_MS``; ``now`` is in milliseconds since 1970 UTC."""
        due = [(live.announces_at, slug) for slug, live in self._on_air.boards.items() if live.announces_at <= now]
        for _, slug in sorted(due)[:MOST_BOARDS_A_TICK]:
            live = self._on_air.boards[slug]
            with self._on_air.isolation.isolate(slug, "rotate"):
                live.announces_at = self._announce(slug, live, now)

    def _announce(self, slug: str, live: LiveBoard, now: int) -> int:
        """Announces a board's next slide if it begins within ``AHEAD_MS``.

        Returns the instant at which to call this again, in ms since 1970 like ``now``.
        """
        running = airing_at(live.lap, now)
        if running is None or running.until is None:
            return max(live.lap.start, now + AHEAD_MS)
        if running.until - now > AHEAD_MS:
            return running.until - AHEAD_MS
        following = airing_at(live.lap, running.until)
        if following is not None:
            self._on_air.publisher.slide(slug, wire.tick(live.lap, following, live.revision))
        return running.until
