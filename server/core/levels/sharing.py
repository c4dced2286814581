"""Decides which items of another server are taken, so that nothing loops or doubles; called by worker.levels.

An item is known by its origin and by the path of servers that it passed. Only the source that an item came from may
change it or take it away; a source that is nearer to the origin takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from server.core.levels.items import ItemKind, Relation, ServerFeed, SharedItem, Tombstone, server_of

LONGEST_PATH = 8
Verdict = Literal["new", "changed", "same", "moved", "old", "other source", "own", "too far", "forged"]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What this server stores about an item that it took: the ``source`` it came from, and its ``local`` number.

    ``local`` is the id of the announcement, notice or story here, 0 if it was not taken. ``gone`` is True after the
    source has taken it away. ``imposed`` names the area above that it came from, "" if it came from none.
    """

    origin: str
    source: str
    kind: ItemKind
    local: int
    version: int
    path: tuple[str, ...]
    digest: str
    gone: bool = False
    relation: Relation = "same"
    area: str = ""
    imposed: str = ""


def verdict(item: SharedItem, known: KnownItem | None, *, source: str, server: str, own: str) -> Verdict:
    """Returns what to do with ``item``, which the feed of ``server`` contains; ``own`` is the id of this server.

    "new": take it. "changed": take the new version. "moved": nothing but the source and the path changes. "same" and
    "old" need nothing. The others refuse it: "other source" because it came by a shorter way already.
    """
    if own in item.path or server_of(item.origin) == own:
        return "own"
    if len(item.path) > LONGEST_PATH or len(set(item.path)) != len(item.path):
        return "too far"
    if not item.path or item.path[0] != server_of(item.origin) or item.path[-1] != server:
        return "forged"
    if known is None:
        return "new"
    if known.source != source and len(item.path) >= len(known.path):
        return "other source"
    if item.version < known.version:
        return "old"
    if known.gone or item.digest != known.digest:
        return "changed"
    moved = (known.source, known.path, known.version) != (source, item.path, item.version)
    return "moved" if moved else "same"


def may_end(gone: Tombstone, known: KnownItem | None, *, source: str) -> bool:
    """Returns whether the source may take the item away: only one that it brought itself, and not an older word."""
    return known is not None and known.source == source and not known.gone and gone.version >= known.version


def came_back(known: KnownItem, version: int, *, source: str) -> bool:
    """Returns whether an item that the source took away is among its unchanged ones, with this ``version``.

    The feed does not repeat its content, so the feed has to be read whole.
    """
    return known.gone and known.source == source and version >= known.version


def missing(feeds: tuple[ServerFeed, ...], known: Mapping[str, KnownItem]) -> tuple[KnownItem, ...]:
    """Returns the items of one source that its feeds do not list any more, although all feeds are complete.

    ``known`` has the items of the source by origin. Stories are left out: a story that is old leaves the feed, which
    does not mean that it was withdrawn.
    """
    if not feeds or not all(feed.complete for feed in feeds):
        return ()
    listed = {item.origin for feed in feeds for item in feed.items} | {at for feed in feeds for at in feed.unchanged}
    return tuple(
        one for origin, one in known.items() if origin not in listed and not one.gone and one.kind != "story"
    )
