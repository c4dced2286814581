"""The boards on air and the last snapshot of the store: the state that the director shares with its parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.content.board_content import StoreSnapshot
from server.live.rotation.board_isolation import BoardIsolation
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.publisher import NullPublisher, Publisher
from server.live.rotation.slide_cache import SlideCache


@dataclass(slots=True)
class OnAir:
    """``boards`` by slug; ``snapshot`` is what was last read of the store, None before the first refresh.

    ``epoch`` is the store's: it changes when the store is restored from a backup.
    """

    epoch: str
    boards: dict[str, LiveBoard] = field(default_factory=dict)
    slides: SlideCache = field(default_factory=SlideCache)
    isolation: BoardIsolation = field(default_factory=BoardIsolation)
    snapshot: StoreSnapshot | None = None
    publisher: Publisher = field(default_factory=NullPublisher)
