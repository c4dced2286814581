"""Writes the feed from which other Bảng Tin servers take items; called by feed_files and desk.public.levels.

It contains each item whole, so that the other server can show it as its own: text, windows, pictures. Items that came
from other servers keep their origin; this server is added to their path. What was taken off boards in the last 30
days is listed as gone. Of items that have not changed since ``since``, only origin and version are listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from server.content.public_feeds import server_gone
from server.content.public_feeds.feed_item import FeedHead, FeedItem
from server.content.public_feeds.item_html import plain
from server.content.public_feeds.kept_files import MOST_BYTES, Made
from server.content.public_feeds.live_items import LiveItems
from server.content.public_feeds.scopes import Scope
from server.content.public_feeds.server_document import spoken_areas
from server.core.areas import AreaTree
from server.core.levels.items import FORMAT, NOTICE_ORIGIN, SOURCE_ACTOR, ItemKind
from server.core.levels.sharing import LONGEST_PATH, KnownItem
from server.core.model import Announcement, Notice, Recurrence
from server.core.times import to_ms
from server.store.announcements import announcements
from server.store.database.errors import NotFound
from server.store.levels import identity, items
from server.store.levels.gone import Departure, departures
from server.store.notices import notices
from server.store.sources import sources

TYPE = "application/json; charset=utf-8"
TOMBSTONES = timedelta(days=30)
_KINDS: Mapping[str, tuple[ItemKind, ...]] = {
    "a": ("announcement", "posting"),
    "n": ("notice",),
    "s": ("story",),
}


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the feed of one area is written with: this server's id, its areas, and the items that came from others.

    ``taken`` maps keys of items ("a12") to what is known of them. ``born`` has, by key, when the items that others
    replace were made. ``boards`` maps boards to areas; ``servers`` are the sources that are other servers.
    """

    own: str
    tree: AreaTree
    speaks: frozenset[str]
    head: FeedHead
    taken: Mapping[str, KnownItem]
    born: Mapping[str, datetime]
    boards: Mapping[str, str]
    servers: frozenset[str]

    def lacks_origin(self, item: FeedItem) -> bool:
        """Whether another server brought the item, but the worker has not stored yet from where.

        The worker stores an item first and its origin after that. Under an origin of ours it would come back to
        the servers that have it already.
        """
        if item.key in self.taken:
            return False
        if isinstance(item.source, Notice):
            return item.source.origin.startswith(NOTICE_ORIGIN)
        by = item.source.created_by.removeprefix(SOURCE_ACTOR) if item.source else item.brought_by
        return by in self.servers

    def origin(self, key: str, born: datetime) -> str:
        """The origin of the item with this key, whose row was made at ``born``.

        The time is a part of it, because after the restore of a backup the same number names another item.
        """
        found = self.taken.get(key)
        return found.origin if found else f"{self.own}/{key}.{to_ms(born) // 1000}"

    def replaced(self, key: str) -> str:
        """The origin of the item that another one replaces; "" if it is not known."""
        return self.origin(key, self.born[key]) if key in self.born else ""

    def path(self, key: str) -> list[str]:
        """The servers that the item passed, this one last."""
        found = self.taken.get(key)
        return [*(found.path if found else ()), self.own]

    def areas(self, slugs: Iterable[str]) -> list[dict[str, object]]:
        """Those of the areas that this server speaks for, with their codes and names."""
        known = (self.tree.get(slug) for slug in dict.fromkeys(slugs) if slug in self.speaks)
        return [{"slug": area.slug, "name": area.name, "codes": list(area.codes)} for area in known]


def server_feed(scope: Scope, since: datetime | None = None) -> Made:
    """Makes the feed of an area from the store as it is now. Raises StoreError.

    Of items that were last changed before ``since``, only the version is listed; None: all are listed whole.
    """
    db = scope.context.db
    found = scope.shared_items()
    left = departures(db, scope.context.now - TOMBSTONES)
    born = _born_before(scope, found)
    keys = [item.key for item in found.items] + [server_gone.key_of(one) for one in left] + list(born)
    writer = _Writer(
        identity.server_id(db),
        scope.province.tree,
        spoken_areas(scope.province),
        scope.head(),
        _taken(scope, keys),
        born,
        {board.slug: board.area for board in scope.boards},
        frozenset(source.slug for source in sources.all(db) if source.kind == "server"),
    )
    return Made(_written(scope, found, writer, since, left), TYPE, found.changes)


def _written(
    scope: Scope, found: LiveItems, writer: _Writer, since: datetime | None, left: Iterable[Departure]
) -> bytes:
    unchanged: dict[str, int] = {}
    listed: list[dict[str, object]] = []
    complete = not any(board.slug in scope.province.safe for board in scope.boards)
    length = 0
    for item in found.items:
        if writer.lacks_origin(item):
            complete = False
            continue
        one = _item(item, writer)
        if one is None:
            continue
        version = _version(item)
        if since is not None and item.kind != "notice" and version < to_ms(since):
            unchanged[str(one["origin"])] = version
            continue
        length += len(json.dumps(one, ensure_ascii=False).encode()) + 2
        if length > MOST_BYTES:
            complete = False
            break
        listed.append(one)
    shown = {item.key for item in found.items}
    gone = [one for one in server_gone.tombstones(scope, left, writer.origin) if one.pop("key") not in shown]
    feed = {
        "format": FORMAT,
        "server": writer.own,
        "title": scope.title,
        "complete": complete,
        "items": listed,
        "unchanged": unchanged,
        "gone": gone,
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _taken(scope: Scope, keys: Iterable[str]) -> Mapping[str, KnownItem]:
    """Key of an item ("a12") -> what is known of its origin, for those of ``keys`` that came from other servers."""
    made: dict[str, KnownItem] = {}
    listed = tuple(keys)
    for letter, kinds in _KINDS.items():
        ids = [int(key[1:]) for key in listed if key[0] == letter]
        known = items.of_local(scope.context.db, kinds, ids) if ids else {}
        made |= {f"{letter}{id}": one for id, one in known.items()}
    return made


def _born_before(scope: Scope, found: LiveItems) -> Mapping[str, datetime]:
    """Key -> when it was made, of the announcements and notices that items of ``found`` replace."""
    db = scope.context.db
    made: dict[str, datetime] = {}
    for item in found.items:
        one = item.source
        if one is None or one.replaces is None:
            continue
        with suppress(NotFound):
            if isinstance(one, Announcement):
                made[f"a{one.replaces}"] = announcements.get(db, one.replaces).created
            else:
                made[f"n{one.replaces}"] = notices.get(db, one.replaces).issued
    return made


def _version(item: FeedItem) -> int:
    if isinstance(item.source, Announcement):
        one = item.source
        return to_ms(max(at for at in (one.created, one.edited, one.decided) if at is not None))
    return to_ms(item.updated)


def _item(item: FeedItem, writer: _Writer) -> dict[str, object] | None:
    """The item as a JSON object; None if it concerns no area that this server speaks for, or has gone too far."""
    path = writer.path(item.key)
    areas = writer.areas(_areas_of(item, writer))
    if not areas or len(path) > LONGEST_PATH:
        return None
    common: dict[str, object] = {
        "origin": writer.origin(item.key, _born(item)),
        "version": _version(item),
        "path": path,
        "kind": item.kind,
        "level": "normal",
        "areas": areas,
        "issuer": plain(item.issuer),
        "title": plain(item.title),
        "from": item.published.isoformat(),
        "until": item.until.isoformat() if item.until else None,
        "link": item.origin,
        "page": writer.head.absolute(item.path),
        "language": item.language,
        "files": list(_files(item, writer.head)),
    }
    if isinstance(item.source, Announcement):
        return common | _announcement(item.source, writer)
    if isinstance(item.source, Notice):
        return common | _notice(item.source, writer)
    text = "\n".join(block.text for block in item.blocks)
    return common | {"text": plain(text), "table": [list(row) for row in item.table]}


def _areas_of(item: FeedItem, writer: _Writer) -> Iterator[str]:
    if isinstance(item.source, Notice):
        yield from item.source.areas
    elif item.area:
        yield item.area
    else:
        # A story of a source without an area counts for the areas of the boards that show it.
        yield from (writer.boards[slug] for slug in item.boards if slug in writer.boards)


def _born(item: FeedItem) -> datetime:
    if isinstance(item.source, Announcement):
        return item.source.created
    return item.source.issued if isinstance(item.source, Notice) else item.born or item.published


def _files(item: FeedItem, head: FeedHead) -> Iterator[dict[str, object]]:
    for file in item.files:
        # The name of a stored file is the beginning of its SHA-256.
        yield {
            "url": head.absolute(f"/glass/media/{file.hash}"),
            "sha256": file.hash,
            "type": file.type,
            "alt": plain(file.alt),
        }


def _announcement(one: Announcement, writer: _Writer) -> dict[str, object]:
    return {
        "kind": "posting" if one.longest_gap is not None else "announcement",
        "level": "priority" if one.priority else "normal",
        "form": one.kind,
        "text": one.text,
        "windows": [
            [window.start.isoformat(), window.until.isoformat() if window.until else None] for window in one.windows
        ],
        "recurrence": _recurrence(one.recurrence) if one.recurrence else None,
        "every_minutes": round(one.longest_gap.total_seconds() / 60) if one.longest_gap else None,
        "table": [list(row) for row in one.table],
        "contact": asdict(one.contact) if one.contact else None,
        "link": one.link,
        "replaces": writer.replaced(f"a{one.replaces}") if one.replaces else "",
    }


def _recurrence(one: Recurrence) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date | time) else value for name, value in asdict(one).items()
    }


def _notice(one: Notice, writer: _Writer) -> dict[str, object]:
    return {
        "level": one.level,
        "title": plain(one.headline),
        "until": one.until.isoformat(),
        "text": one.description,
        "acts": list(one.acts),
        "danger": one.danger,
        "risk": one.risk,
        "threat": one.threat,
        "exercise": one.exercise,
        "calm": one.calm,
        "link": one.link,
        "replaces": writer.replaced(f"n{one.replaces}") if one.replaces else "",
    }
