"""Reads a source of the kind "server": another Bảng Tin server, found by its address alone; called by the harvest.

    /.well-known/bang-tin.json -> its areas, those that may speak here (core.levels.area_links) -> their feeds,
        conditional, only what has changed since the last complete reading -> core.levels.sharing: take or refuse
        -> taking (notices first) -> what is gone is taken down

A feed counts as read only if all its items could be taken; else the next poll reads it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote

import structlog

from feeds import FeedError, FetchPolicy
from feeds.download.http import Fetched
from feeds.entry import Entry
from feeds.errors import ParseError
from feeds.limits import MAX_BYTES
from server.core.levels import sharing
from server.core.levels.area_links import Target
from server.core.levels.items import ServerDocument, ServerFeed, SharedItem, document_address
from server.core.levels.sharing import KnownItem
from server.core.model import Attachment, Source, SourceState
from server.store.database.engine import Database
from server.store.levels import identity, items, peers, pushes
from server.store.levels.peers import FeedPosition, Peer
from server.store.sources import stories
from server.worker.harvest.source_reader import SourceUpdate
from server.worker.levels.messages import read_document, read_feed
from server.worker.levels.reach import Reach, reach_of
from server.worker.levels.taking import Arrival, ItemTaker

log = structlog.get_logger("levels")
OVERLAP = timedelta(hours=1)
"""How far before the last reading ``since`` lies, because the clocks of two servers differ."""
NOT_LINKED = "Máy chủ này chưa được nói thay cho đơn vị nào ở đây: hãy nối đơn vị của nó với đơn vị của mình."
OTHER_SERVER = "Ở địa chỉ này nay là một máy chủ khác. Nếu đúng là vậy, hãy bỏ nguồn này rồi thêm lại."
ITSELF = "Địa chỉ này là của chính máy chủ này."
TOO_MANY = "Máy chủ này nói thay cho quá nhiều đơn vị ở đây: còn {} nguồn của nó chưa được đọc."
INCOMPLETE = "Có mục của máy chủ kia chưa nhận được; sẽ đọc lại."
_FIRST = {"notice": 0, "posting": 1, "announcement": 1, "story": 2}


class Client(Protocol):
    """Downloads; `feeds.fetch` behind the address guard."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        """Downloads a URL. Raises FetchError."""


class Pictures(Protocol):
    """Fetches the pictures of an item; `server.worker.levels.pictures.PictureStore`."""

    def of(self, source: Source, item: SharedItem) -> tuple[Attachment, ...]:
        """The stored pictures of ``item``. Raises FeedError."""


@dataclass(slots=True)
class _Reading:
    """One poll of ``source``: the ids of both servers, the areas that may speak, and what was found so far."""

    source: Source
    own: str
    document: ServerDocument
    targets: Mapping[str, Target]
    name: str
    replaced: frozenset[str] = frozenset()
    entries: list[Entry] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    stories: list[KnownItem] = field(default_factory=list)
    complete: bool = True
    changes: int = 0


class ServerIntake:
    """Polls other servers; one instance serves all pool threads. ``policy`` returns the limits of a fetch."""

    def __init__(
        self,
        db: Database,
        client: Client,
        clock: Callable[[], datetime],
        *,
        pictures: Pictures,
        taker: ItemTaker,
        policy: Callable[[Source, int], FetchPolicy],
    ) -> None:
        self._db, self._client, self._clock = db, client, clock
        self._pictures, self._taker, self._policy = pictures, taker, policy

    def poll(self, source: Source, before: SourceState) -> SourceUpdate:
        """Reads the server behind ``source`` once. Raises FeedError if it gave no data."""
        started = self._clock()
        known = peers.peer(self._db, source.slug)
        got, document = self._document(source, before if known else None, known)
        reach = reach_of(self._db, source, document)
        old = known.feeds if known else {}
        if known is None or known.document != document:
            # The document is stored before the feeds are read, so that an editor can link areas meanwhile.
            peers.save_peer(self._db, Peer(source.slug, document, old, known.seen if known else started))
        reading = _Reading(source, identity.server_id(self._db), document, reach.targets, document.name)
        feeds, positions, unread = self._feeds(source, reach.feeds, old)
        if any(feed.server != document.server for feed in feeds):
            raise ParseError(OTHER_SERVER, "other-server")
        self._apply(reading, feeds, whole=len(feeds) == len(reach.feeds) and not reach.left_out)
        if not reading.complete:
            positions = {at: FeedPosition() for at in positions}
        peers.save_peer(self._db, Peer(source.slug, document, positions, started))
        self._count_missed(source, known, reading, started)
        warning = _warning(reach, is_whole=not unread and reading.complete)
        return SourceUpdate(got, before.body_hash, complete=reading.complete, warning=warning)

    def _document(
        self, source: Source, before: SourceState | None, known: Peer | None
    ) -> tuple[Fetched, ServerDocument]:
        etag = before.etag if before else ""
        address = document_address(source.url)
        got = self._client.fetch(address, self._policy(source, MAX_BYTES), etag=etag, last_modified="")
        if got.status == 304 and known is not None:
            return got, known.document
        document = read_document(got.body)
        if document.server == identity.server_id(self._db):
            raise ParseError(ITSELF, "itself")
        if known is not None and known.document.server != document.server:
            raise ParseError(OTHER_SERVER, "other-server")
        return got, document

    def _feeds(
        self, source: Source, addresses: tuple[str, ...], positions: Mapping[str, FeedPosition]
    ) -> tuple[list[ServerFeed], dict[str, FeedPosition], int]:
        """Returns (the feeds that have changed, the new positions, how many items could not be read)."""
        feeds: list[ServerFeed] = []
        after: dict[str, FeedPosition] = {}
        unread = 0
        for address in addresses:
            at = positions.get(address, FeedPosition())
            now = self._clock()
            got = self._client.fetch(
                _with_since(address, at.since), self._policy(source, MAX_BYTES), etag=at.etag, last_modified=""
            )
            if not got.complete:
                raise ParseError("Kết nối đứt giữa chừng.", "cut-off")
            after[address] = FeedPosition(got.etag or at.etag, at.since if got.status == 304 else now)
            if got.status != 304:
                feed, skipped = read_feed(got.body)
                feeds.append(feed)
                unread += skipped
        return feeds, after, unread

    def _apply(self, reading: _Reading, feeds: list[ServerFeed], *, whole: bool) -> None:
        """Takes what is new, and takes down what is gone. ``whole``: all feeds were read, none was unchanged."""
        listed = [item for feed in feeds for item in feed.items]
        ours = items.of_source(self._db, reading.source.slug)
        wanted = {item.origin for item in listed} | {item.replaces for item in listed if item.replaces}
        known = dict(items.known(self._db, wanted)) | dict(ours)
        accepted = [(item, target) for item in listed if (target := self._target(reading, item)) is not None]
        reading.replaced = frozenset(item.replaces for item, _ in accepted if item.replaces)
        for item, target in sorted(accepted, key=lambda pair: (_FIRST[pair[0].kind], pair[0].since)):
            self._one(reading, item, target, known)
        self._save_stories(reading)
        if self._came_back(reading, feeds):
            reading.complete = False
        for feed in feeds:
            for gone in feed.gone:
                if sharing.may_end(gone, known.get(gone.origin), source=reading.source.slug):
                    self._end(reading, known[gone.origin], gone.version)
        if whole:
            still = items.of_source(self._db, reading.source.slug)
            for one in sharing.missing(tuple(feeds), still):
                self._end(reading, one, one.version)

    def _came_back(self, reading: _Reading, feeds: list[ServerFeed]) -> bool:
        """Whether an item that has left the feed and was taken down here is shown there again, unchanged."""
        listed = {origin: version for feed in feeds for origin, version in feed.unchanged.items()}
        return any(
            sharing.came_back(one, listed[origin], source=reading.source.slug)
            for origin, one in items.known(self._db, listed).items()
        )

    def _target(self, reading: _Reading, item: SharedItem) -> Target | None:
        """Where the item goes: to the nearest of its areas that may speak here; None if none of them may."""
        return next((reading.targets[slug] for slug in item.areas if slug in reading.targets), None)

    def _one(self, reading: _Reading, item: SharedItem, target: Target, known: dict[str, KnownItem]) -> None:
        before = known.get(item.origin)
        source = reading.source.slug
        said = sharing.verdict(item, before, source=source, server=reading.document.server, own=reading.own)
        if said == "moved" and before is not None:
            items.put(self._db, replace(before, source=source, path=item.path, version=item.version))
        if said not in ("new", "changed"):
            return
        try:
            files = self._pictures.of(reading.source, item)
        except FeedError as error:
            log.info("pictures not there", source=source, origin=item.origin, error=error.message)
            if item.kind != "notice":
                reading.complete = False
                return
            files = ()
        reading.changes += 1
        imposed = target.speaker if target.relation == "above" else ""
        row = KnownItem(
            item.origin, source, item.kind, before.local if before else 0, item.version, item.path, item.digest,
            relation=target.relation, area=target.area, imposed=imposed,
        )  # fmt: skip
        if item.kind == "story":
            self._note_story(reading, item, files, row)
            return
        replaced = known.get(item.replaces) if item.replaces else None
        if replaced is not None and replaced.source != source:
            replaced = None  # only the source that brought an item may correct it
        take = self._taker.notice if item.kind == "notice" else self._taker.announcement
        local = take(Arrival(reading.source, item, target, files, before, replaced))
        if not local and before is not None and not before.gone:
            local = before.local  # the former version stays here, and has to go when the item goes
        known[item.origin] = replace(row, local=local)
        items.put(self._db, known[item.origin])

    def _note_story(self, reading: _Reading, item: SharedItem, files: tuple[Attachment, ...], row: KnownItem) -> None:
        image = next((file.url for file in item.files if file.type.startswith("image/")), None)
        alt = next((file.alt for file in item.files if file.type.startswith("image/")), "")
        reading.entries.append(
            Entry(
                item.origin, item.title, item.text, item.link or item.page, item.since, image, alt, item.language,
                item.table,
            )
        )  # fmt: skip
        if files:
            reading.images[item.origin] = files[0].hash
        reading.stories.append(row)

    def _save_stories(self, reading: _Reading) -> None:
        if reading.entries:
            newest = sorted(reading.entries, key=lambda entry: entry.published or self._clock(), reverse=True)
            stories.save(self._db, reading.source, newest, images=reading.images, now=self._clock())
            items.put(self._db, *items.with_stories(self._db, reading.source.slug, reading.stories))

    def _end(self, reading: _Reading, known: KnownItem, version: int) -> None:
        if known.origin in reading.replaced and known.kind != "story" and not self._is_over(known):
            return  # it stays until an editor here has approved its correction
        reading.changes += 1
        if known.local:
            self._taker.end(known, f"«{reading.name}» đã gỡ tin này.")
        items.put(self._db, replace(known, gone=True, version=max(version, known.version)))

    def _is_over(self, known: KnownItem) -> bool:
        return not known.local or self._taker.is_over(known)

    def _count_missed(self, source: Source, known: Peer | None, reading: _Reading, now: datetime) -> None:
        """Counts the change as missed by each hub that should have pushed it and has not since the last poll."""
        if known is None or not reading.changes:
            return
        for push in pushes.all(self._db, source.slug):
            leased = push.leased_until is not None and push.leased_until > now
            if leased and (push.pushed is None or push.pushed < known.seen):
                pushes.missed(self._db, push.topic)


def _warning(reach: Reach, *, is_whole: bool) -> str:
    if not reach.targets:
        return NOT_LINKED
    if reach.left_out:
        return TOO_MANY.format(reach.left_out)
    return "" if is_whole else INCOMPLETE


def _with_since(address: str, since: datetime | None) -> str:
    if since is None:
        return address
    at = (since - OVERLAP).replace(minute=0, second=0, microsecond=0)
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}since={quote(at.isoformat())}"
