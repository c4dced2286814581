"""Decides which feeds of another server are read, for which areas here; called by server_intake and subscriber."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.areas import AreaTree
from server.core.levels.area_links import Target, feeds_of, speakers
from server.core.levels.items import ServerDocument
from server.core.model import Source
from server.store.database.engine import Database
from server.store.levels import peers
from server.store.sources import sources

MOST_FEEDS = 5


@dataclass(frozen=True, slots=True)
class Reach:
    """``targets`` maps areas of the other server to where their items go; ``feeds`` are the addresses to read.

    ``left_out`` counts the feeds that are not read because there are more than `MOST_FEEDS`.
    """

    targets: Mapping[str, Target]
    feeds: tuple[str, ...]
    left_out: int


def reach_of(db: Database, source: Source, document: ServerDocument) -> Reach:
    """Returns what is read of the server behind ``source``, by its ``document`` and the editors' links."""
    tree = AreaTree(sources.areas(db))
    linked = {link.remote: link.local for link in peers.links(db, source.slug)}
    targets = speakers(document.areas, linked, tree.in_charge(source.area) or "", tree)
    feeds = feeds_of(document.areas, targets)
    return Reach(targets, feeds[:MOST_FEEDS], len(feeds[MOST_FEEDS:]))
