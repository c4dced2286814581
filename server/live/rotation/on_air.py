"""The state of `director.Director`, which its parts share: the boards on air and the last snapshot of the store.

A board is "on air" if this server has composed a lap for it, so that screens can show it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.content.item_faults import ItemFaults
from server.content.store_snapshot import StoreSnapshot
from server.live.rotation.board_isolation import BoardIsolation
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.publisher import NullPublisher, Publisher
from server.live.rotation.slide_cache import SlideCache


@dataclass(slots=True)
class OnAir:
    """The boards on air by slug, their slides, and the items that cannot be rendered (``faults``).

    ``snapshot`` is what was last read from the store; None before the first refresh. ``epoch`` identifies the store,
    and changes when the store is restored from a backup.
    """

    epoch: str
    boards: dict[str, LiveBoard] = field(default_factory=dict)
    slides: SlideCache = field(default_factory=SlideCache)
    isolation: BoardIsolation = field(default_factory=BoardIsolation)
    faults: ItemFaults = field(default_factory=ItemFaults)
    snapshot: StoreSnapshot | None = None
    publisher: Publisher = field(default_factory=NullPublisher)
