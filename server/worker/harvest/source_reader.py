"""Reads one source for the harvest: its entries, further pages, article texts and pictures; runs in a pool thread.

fetch a URL, or open a file or all files of a folder -> stop if unchanged -> parse in a child process -> fetch article
pages -> fetch pictures
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

import structlog

from feeds import FeedError, FetchPolicy, Reading, Selectors
from feeds.download.files import files_of, open_file
from feeds.download.http import Fetched
from feeds.entry import Entry, Picture
from feeds.errors import HttpStatus, ParseError, TimedOut, Unreachable
from feeds.limits import MAX_BYTES, PICTURE_BYTES
from feeds.selectors import selectors_from
from server.core.model import Media, Source, SourceState, Story
from server.media.media_files import save_picture
from server.store.database.engine import Database
from server.store.media import pictures
from server.store.sources import story_queries

log = structlog.get_logger("harvest")
TIME_BUDGET = timedelta(seconds=40)
"""After this time no further page, article or picture is requested; the next reading of the source continues."""
PICTURE_RETRY, MAX_REMEMBERED = timedelta(hours=6), 10_000
"""How long a picture that could not be fetched is not requested again, and how many such are remembered."""
PICTURE_TRIES = 3
"""How often a picture is requested whose host or whose child process failed, before it has to wait that long."""
ENOUGH_TEXT = 80  # characters; if an entry's summary is at least as long, the article's page is not requested


class FeedClient(Protocol):
    """The functions of feeds that the harvest calls; implemented by server.processes.worker and by fakes in tests."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        """Downloads a URL (``feeds.fetch``). Raises FetchError."""

    def read(
        self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime, page: Selectors | None
    ) -> Reading:
        """Parses a feed or list page in a child process (``feeds.read_bytes``). Raises ParseError."""

    def article(self, body: bytes, *, address: str, content_type: str) -> tuple[str, str | None, str]:
        """Parses an article's page; returns (text, picture's address or None, its description). Raises ParseError."""

    def picture(self, body: bytes) -> Picture:
        """Re-encodes a picture. Raises PictureError."""


@dataclass(frozen=True, slots=True)
class SourceUpdate:
    """The result of reading a source once.

    ``entries`` is None if nothing has changed. ``images`` maps ids of entries to hashes of stored pictures. ``ttl``
    is the lifetime that the feed states. ``complete`` is False if time ran out or a download broke off.
    ``body_hash`` is the SHA-256 of what was read, by which the next reading detects a change. ``warning`` says in
    Vietnamese what an editor should check, "" for nothing.
    """

    fetched: Fetched
    body_hash: str
    entries: tuple[Entry, ...] | None = None
    images: dict[str, str] | None = None
    ttl: timedelta | None = None
    complete: bool = True
    warning: str = ""


class _FailedPicture(NamedTuple):
    """How often a picture could not be fetched, and when it is requested again."""

    tries: int
    retry_at: datetime


class SourceReader:
    """Fetches and parses one source, with its articles and pictures; one instance serves all pool threads.

    ``base`` is the folder that file sources are relative to; ``folder`` is where re-encoded pictures are stored.
    """

    def __init__(
        self,
        db: Database,
        reader: FeedClient,
        clock: Callable[[], datetime],
        *,
        base: Path,
        folder: Path,
        allow_private: tuple[str, ...],
    ) -> None:
        self._db, self._reader, self._clock = db, reader, clock
        self._base, self._folder, self._allow_private = base, folder, allow_private
        self._failed_pictures: dict[str, _FailedPicture] = {}
        self._lock = Lock()

    def read(self, source: Source, before: SourceState) -> SourceUpdate:
        """Reads the source; the result has its current entries. ``before`` is its state so far. Raises FeedError."""
        until = self._clock() + TIME_BUDGET
        got, bodies = self._fetch(source, before)
        body_hash = hashlib.sha256(b"\0".join(body for _, body in bodies)).hexdigest()
        if got.status == 304 or body_hash == before.body_hash:
            return SourceUpdate(got, before.body_hash)
        readings = list(self._readings(source, got, bodies, until))
        entries = tuple(entry for reading in readings for entry in reading.entries)
        entries, all_articles = self._with_articles(source, entries, until)
        images, all_images = self._images(source, entries, until)
        return SourceUpdate(
            got,
            body_hash,
            entries,
            images,
            ttl=readings[0].ttl,
            complete=got.complete and all_articles and all_images,
        )

    def policy(self, source: Source, most: int = MAX_BYTES) -> FetchPolicy:
        """The settings for requests of this source; ``most`` is the size limit of a response in bytes."""
        policy = FetchPolicy(allow_private=self._allow_private, max_bytes=most, ca_bundle=source.ca_bundle)
        return replace(policy, user_agent=source.user_agent) if source.user_agent else policy

    def _fetch(self, source: Source, before: SourceState) -> tuple[Fetched, list[tuple[str, bytes]]]:
        """Returns the response and a list of (address, body): one pair, or one for each file of a folder."""
        if "://" in source.url:
            policy = self.policy(source)
            got = self._reader.fetch(source.url, policy, etag=before.etag, last_modified=before.last_modified)
            return got, [(got.url, got.body)]
        path = self._base / source.url
        bodies = [(str(file), open_file(file, MAX_BYTES)) for file in files_of(path)]
        return Fetched.of_file(str(path)), bodies

    def _readings(
        self, source: Source, got: Fetched, bodies: list[tuple[str, bytes]], until: datetime
    ) -> Iterator[Reading]:
        """Yields what was parsed from each body, and after it the further pages to which it leads.

        A malformed file in a folder is skipped. Raises ParseError if no body can be parsed.
        """
        failure: ParseError | None = None
        read = 0
        for address, body in bodies:
            try:
                reading = self._parse(source, body, address, got.content_type)
            except ParseError as error:
                failure = error
                if len(bodies) > 1:
                    log.info("file of a folder not read", source=source.slug, address=address, error=error.message)
                continue
            read += 1
            yield reading
            yield from self._next_pages(source, reading, until)
        if failure is not None and not read:
            raise failure

    def _next_pages(self, source: Source, reading: Reading, until: datetime) -> Iterator[Reading]:
        """Yields the pages that follow a list page, as many as the source's rules allow; stops at one that fails."""
        seen = {source.url}
        for _ in range(source.page.pages - 1 if source.page is not None else 0):
            if not reading.next or reading.next in seen or self._clock() >= until:
                return
            seen.add(reading.next)
            try:
                got = self._reader.fetch(reading.next, self.policy(source), etag="", last_modified="")
                reading = self._parse(source, got.body, got.url, got.content_type)
            except FeedError as error:
                log.info("no further page", source=source.slug, address=reading.next, error=error.message)
                return
            yield reading

    def _parse(self, source: Source, body: bytes, address: str, content_type: str) -> Reading:
        page = None
        if source.kind == "page":
            page = selectors_from(asdict(source.page)) if source.page is not None else Selectors()
        return self._reader.read(
            body, address=address, content_type=content_type, zone=source.zone, now=self._clock(), page=page
        )

    def _with_articles(
        self, source: Source, entries: tuple[Entry, ...], until: datetime
    ) -> tuple[tuple[Entry, ...], bool]:
        """Adds text and picture from the article's page to entries with a short summary, if the source asks for it.

        Returns (entries, True if there was time for all of them). The page of an entry that is already stored is not
        requested again. Entries for which there was no time are left out until the next reading, so that they are not
        published without their text first.
        """
        if not source.full_text:
            return entries, True
        held = story_queries.known(self._db, source.slug, {entry.id for entry in entries})
        done: list[Entry] = []
        for entry in entries:
            if not entry.link or len(entry.summary) >= ENOUGH_TEXT or entry.table:
                done.append(entry)
            elif entry.id in held and held[entry.id][0].title == entry.title:
                done.append(_with_stored_text(entry, *held[entry.id]))
            elif self._clock() < until:
                done.append(self._with_article(source, entry))
        return tuple(done), len(done) == len(entries)

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
        """Fetches and stores pictures of entries; returns (entry id -> hash of its picture, whether all are done).

        An entry whose picture cannot be fetched has none. Not all are done if time ran out, or if a picture may be
        there at the next reading: an unchanged source is not looked at again otherwise.
        """
        known = {at: found.hash for at, found in pictures.known(self._db, _addresses(entries)).items()}
        images: dict[str, str] = {}
        all_done = True
        for entry in entries:
            failed = self._failed_pictures.get(entry.image or "")
            if not entry.image or (failed is not None and failed.retry_at > self._clock()):
                continue
            if entry.image not in known:
                if self._clock() >= until:
                    return images, False
                try:
                    known[entry.image] = self._store(entry.image, self._picture(source, entry.image))
                except FeedError as error:
                    log.info("no picture", source=source.slug, address=entry.image, error=error.message)
                    all_done = not self._may_come(entry.image, error) and all_done
                    continue
            images[entry.id] = known[entry.image]
        return images, all_done

    def _may_come(self, address: str, error: FeedError) -> bool:
        """Remembers that the picture at ``address`` failed with ``error``; returns whether the next reading tries it.

        After a failure that may pass, such as a host that is down or a machine that is busy, it is tried
        PICTURE_TRIES times; then, and after any other failure, only when PICTURE_RETRY is over. Beyond MAX_REMEMBERED
        addresses the oldest is forgotten.
        """
        with self._lock:
            before = self._failed_pictures.pop(address, None)
            tries = before.tries + 1 if before else 1
            may_come = _may_pass(error) and tries < PICTURE_TRIES
            wait = timedelta(0) if may_come else PICTURE_RETRY
            self._failed_pictures[address] = _FailedPicture(tries, self._clock() + wait)
            if len(self._failed_pictures) > MAX_REMEMBERED:
                self._failed_pictures.pop(next(iter(self._failed_pictures)))
            return may_come

    def _picture(self, source: Source, address: str) -> Picture:
        if address.startswith("file:") and "://" not in source.url:
            return self._reader.picture(open_file(Path(unquote(urlsplit(address).path)), PICTURE_BYTES))
        got = self._reader.fetch(address, self.policy(source, PICTURE_BYTES), etag="", last_modified="")
        return self._reader.picture(got.body)

    def _store(self, address: str, picture: Picture) -> str:
        name = save_picture(picture.body, self._folder)
        pictures.put(self._db, Media(name, picture.width, picture.height), address=address)
        return name


def _addresses(entries: Iterable[Entry]) -> set[str]:
    return {entry.image for entry in entries if entry.image}


def _with_stored_text(entry: Entry, story: Story, picture: str) -> Entry:
    """Adds to ``entry`` the text and picture that its story in the store got from the article's page.

    So the page need not be requested again. The stored text is used only if it is longer; ``picture`` (a URL, "" for
    none) and its description only if the entry has none.
    """
    summary = story.summary if len(story.summary) > len(entry.summary) else entry.summary
    image = entry.image or picture or None
    return replace(entry, summary=summary, image=image, image_alt=entry.image_alt or story.image_alt)


def _may_pass(error: FeedError) -> bool:
    """Whether the same request may succeed a minute later."""
    busy = error.code == "killed" or (isinstance(error, HttpStatus) and error.status >= 500)
    return busy or isinstance(error, TimedOut | Unreachable)
