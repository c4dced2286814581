"""Reads one source for the harvest: bytes, entries, further pages, article texts, pictures; in one of its threads.

fetch, open a file or all files of a folder -> unchanged? -> read in a killable child -> articles -> pictures
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from feeds import FeedError, FetchPolicy, Reading, Selectors
from feeds.clean.pictures import Picture
from feeds.download.files import files_of, open_file
from feeds.download.http import Fetched
from feeds.entry import Entry
from feeds.errors import ParseError
from feeds.limits import MAX_BYTES, PICTURE_BYTES
from feeds.selectors import selectors_from
from server.core.model import Media, Source, SourceState, Story
from server.store.database.engine import Database
from server.store.media import pictures as media
from server.store.sources import story_queries

log = structlog.get_logger("harvest")
BUDGET = timedelta(seconds=40)
"""After so long no further page, article or picture is begun; what is missing comes with the next reading."""
MISSED, MOST_MISSED = timedelta(hours=6), 10_000
"""A picture that could not be had is left in peace for so long, whatever else its source changes."""
ENOUGH_TEXT = 80  # characters of a summary that make an article's own page unnecessary


class Reader(Protocol):
    """The reading half as the harvest uses it; feeds itself, or a fake of its edge."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched: ...
    def read(
        self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime, page: Selectors | None
    ) -> Reading: ...
    def article(self, body: bytes, *, address: str, content_type: str) -> tuple[str, str | None, str]: ...
    def picture(self, body: bytes) -> Picture: ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """One look at a source. ``entries`` None: nothing has changed. ``whole``: nothing was left for the next time."""

    got: Fetched
    digest: str
    entries: tuple[Entry, ...] | None = None
    images: dict[str, str] | None = None
    ttl: timedelta | None = None
    whole: bool = True
    notes: tuple[str, ...] = ()


class SourceReader:
    """``base`` is the folder that file sources are relative to; ``pictures`` where re-encoded ones are kept."""

    def __init__(
        self,
        db: Database,
        reader: Reader,
        clock: Callable[[], datetime],
        *,
        worker: str,
        base: Path,
        pictures: Path,
        allow_private: tuple[str, ...],
    ) -> None:
        self._db, self._reader, self._clock, self._worker = db, reader, clock, worker
        self._base, self._pictures, self._allow_private = base, pictures, allow_private
        self._missed: dict[str, datetime] = {}
        self._lock = Lock()

    def gather(self, source: Source, before: SourceState) -> Gathered:
        """What the source says now. Raises FeedError."""
        until = self._clock() + BUDGET
        got, bodies = self._get(source, before)
        digest = hashlib.sha256(b"\0".join(body for _, body in bodies)).hexdigest()
        if got.status == 304 or digest == before.body_hash:
            return Gathered(got, before.body_hash)
        readings = list(self._readings(source, got, bodies, until))
        entries = tuple(entry for reading in readings for entry in reading.entries)
        entries, told_all = self._with_articles(source, entries, until)
        images, seen_all = self._images(source, entries, until)
        return Gathered(
            got,
            digest,
            entries,
            images,
            ttl=readings[0].ttl,
            whole=got.complete and told_all and seen_all,
            notes=readings[0].notes,
        )

    def policy(self, source: Source, most: int = MAX_BYTES) -> FetchPolicy:
        policy = FetchPolicy(allow_private=self._allow_private, max_bytes=most, ca_bundle=source.ca_bundle)
        return replace(policy, user_agent=source.user_agent) if source.user_agent else policy

    def _get(self, source: Source, before: SourceState) -> tuple[Fetched, list[tuple[str, bytes]]]:
        """(the answer, bodies with their addresses: several where the source is a folder)."""
        if "://" in source.url:
            policy = self.policy(source)
            got = self._reader.fetch(source.url, policy, etag=before.etag, last_modified=before.last_modified)
            return got, [(got.url, got.body)]
        path = self._base / source.url
        bodies = [(str(file), open_file(file, MAX_BYTES)) for file in files_of(path)]
        return Fetched(str(path), 200, b"", "", "", "", None, None, None), bodies

    def _readings(
        self, source: Source, got: Fetched, bodies: list[tuple[str, bytes]], until: datetime
    ) -> Iterator[Reading]:
        """At least one reading. Of a folder's files one may be broken; that all are is an error."""
        failure: ParseError | None = None
        read = 0
        for address, body in bodies:
            try:
                reading = self._read(source, body, address, got.content_type)
            except ParseError as error:
                failure = error
                if len(bodies) > 1:
                    log.info("file of a folder not read", source=source.slug, address=address, error=error.message)
                continue
            read += 1
            yield reading
            yield from self._further(source, reading, until)
        if failure is not None and not read:
            raise failure

    def _further(self, source: Source, reading: Reading, until: datetime) -> Iterator[Reading]:
        """The pages after the first, as many as the source says; one that fails ends them."""
        seen = {source.url}
        for _ in range(source.page.pages - 1 if source.page is not None else 0):
            if not reading.next or reading.next in seen or self._clock() >= until:
                return
            seen.add(reading.next)
            try:
                got = self._reader.fetch(reading.next, self.policy(source), etag="", last_modified="")
                reading = self._read(source, got.body, got.url, got.content_type)
            except FeedError as error:
                log.info("no further page", source=source.slug, address=reading.next, error=error.message)
                return
            yield reading

    def _read(self, source: Source, body: bytes, address: str, content_type: str) -> Reading:
        page = None
        if source.kind == "page":
            page = selectors_from(asdict(source.page)) if source.page is not None else Selectors()
        return self._reader.read(
            body, address=address, content_type=content_type, zone=source.zone, now=self._clock(), page=page
        )

    def _with_articles(
        self, source: Source, entries: tuple[Entry, ...], until: datetime
    ) -> tuple[tuple[Entry, ...], bool]:
        """Entries that say little, with the text and the picture of their own page; (them, whether all were asked).

        What is held already is not asked for again. Where time ran out an entry is left for the next reading, so
        that it does not come in without its text and change a minute later.
        """
        if not source.full_text:
            return entries, True
        held = story_queries.known(self._db, source.slug, {entry.id for entry in entries})
        told: list[Entry] = []
        for entry in entries:
            if not entry.link or len(entry.summary) >= ENOUGH_TEXT or entry.table:
                told.append(entry)
            elif entry.id in held and held[entry.id][0].title == entry.title:
                told.append(_as_held(entry, *held[entry.id]))
            elif self._clock() < until:
                told.append(self._with_article(source, entry))
        return tuple(told), len(told) == len(entries)

    def _with_article(self, source: Source, entry: Entry) -> Entry:
        try:
            got = self._reader.fetch(entry.link, self.policy(source), etag="", last_modified="")
            text, image, alt = self._reader.article(got.body, address=got.url, content_type=got.content_type)
        except FeedError as error:
            log.info("no article", source=source.slug, address=entry.link, error=error.message)
            return entry
        with_text = replace(entry, summary=text or entry.summary)
        return with_text if entry.image or not image else replace(with_text, image=image, image_alt=alt)

    def _images(self, source: Source, entries: tuple[Entry, ...], until: datetime) -> tuple[dict[str, str], bool]:
        """(entry id -> hash of its stored picture, whether there was time for all).

        A picture that cannot be had leaves its story without one.
        """
        known = {at: found.hash for at, found in media.known(self._db, _addresses(entries)).items()}
        images: dict[str, str] = {}
        for entry in entries:
            if not entry.image or self._missed.get(entry.image, self._clock()) > self._clock():
                continue
            if entry.image not in known:
                if self._clock() >= until:
                    return images, False
                try:
                    known[entry.image] = self._store(entry.image, self._picture(source, entry.image))
                except FeedError as error:
                    log.info("no picture", source=source.slug, address=entry.image, error=error.message)
                    self._miss(entry.image)
                    continue
            images[entry.id] = known[entry.image]
        return images, True

    def _miss(self, address: str) -> None:
        """Not to be asked for again for a while; how many are remembered is bounded, the oldest go."""
        with self._lock:
            self._missed.pop(address, None)
            self._missed[address] = self._clock() + MISSED
            if len(self._missed) > MOST_MISSED:
                self._missed.pop(next(iter(self._missed)))

    def _picture(self, source: Source, address: str) -> Picture:
        if address.startswith("file:") and "://" not in source.url:
            return self._reader.picture(open_file(Path(unquote(urlsplit(address).path)), PICTURE_BYTES))
        got = self._reader.fetch(address, self.policy(source, PICTURE_BYTES), etag="", last_modified="")
        return self._reader.picture(got.body)

    def _store(self, address: str, picture: Picture) -> str:
        name = hashlib.sha256(picture.body).hexdigest()[:16]
        target = self._pictures / f"{name}.webp"
        if not target.exists():
            half = self._pictures / f".{name}.{self._worker}.{os.getpid()}"
            half.write_bytes(picture.body)
            half.replace(target)
        media.put(self._db, Media(name, picture.width, picture.height), address=address)
        return name


def _addresses(entries: Iterable[Entry]) -> set[str]:
    return {entry.image for entry in entries if entry.image}


def _as_held(entry: Entry, story: Story, picture: str) -> Entry:
    """The entry with what its page said when it came in."""
    summary = story.summary if len(story.summary) > len(entry.summary) else entry.summary
    image = entry.image or picture or None
    return replace(entry, summary=summary, image=image, image_alt=entry.image_alt or story.image_alt)
