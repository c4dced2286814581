"""Reads the sources that are due into the store; run by the worker's metronome, never by the server.

claim (lease) -> fetch or open -> unchanged? -> read in a killable child -> pictures -> stories.save -> finish
One source's failure never delays another: files have threads of their own, hosts are asked one at a time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from feeds import FeedError, FetchPolicy, Reading
from feeds.entry import Entry
from feeds.errors import HttpStatus
from feeds.fetch import Fetched
from feeds.limits import MAX_BYTES, PICTURE_BYTES
from feeds.local import open_file
from feeds.pictures import Picture
from server.core.model import Media, Source, SourceState
from server.store import media, sources, stories
from server.store.engine import Database
from server.store.errors import StoreError

log = structlog.get_logger("harvest")
LEASE = timedelta(minutes=3)
LONGEST_BACKOFF = timedelta(hours=4)
LONGEST_RETRY_AFTER = timedelta(hours=8)
MOST_CLAIMED = 64


class Reader(Protocol):
    """The reading half as the harvest uses it; feeds itself, or a fake of its edge."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched: ...
    def read(self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime) -> Reading: ...
    def picture(self, body: bytes) -> Picture: ...


@dataclass(frozen=True, slots=True)
class Claim:
    source: Source
    state: SourceState

    @property
    def host(self) -> str:
        """The host that is asked, empty for a file."""
        return urlsplit(self.source.url).netloc.lower() if "://" in self.source.url else ""


class Harvest:
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
        local: Executor,
        remote: Executor,
    ) -> None:
        self._db, self._reader, self._clock, self._worker = db, reader, clock, worker
        self._base, self._pictures, self._allow_private = base, pictures, allow_private
        self._local, self._remote = local, remote
        self._waiting: list[Claim] = []
        self._hosts: set[str] = set()
        self._taken: set[str] = set()

    def beat(self) -> None:
        """Claims what is due and hands it to threads, one source of a host at a time."""
        room = MOST_CLAIMED - len(self._waiting) - len(self._hosts)
        if room > 0:
            try:
                due = sources.claim_due(self._db, worker=self._worker, now=self._clock(), lease=LEASE, limit=room)
            except StoreError as error:
                log.error("store unwell", error=str(error))
                return
            # One whose lease ran out while it waited for its host is due again: it keeps its place, once.
            self._waiting += [Claim(source, state) for source, state in due if source.slug not in self._taken]
            self._taken.update(source.slug for source, _ in due)
        for claim in list(self._waiting):
            if not claim.host:
                self._waiting.remove(claim)
                self._local.submit(self._harvest, claim)
            elif claim.host not in self._hosts:
                self._waiting.remove(claim)
                self._hosts.add(claim.host)
                self._remote.submit(self._harvest, claim)

    def _harvest(self, claim: Claim) -> None:
        try:
            state = self._take(claim)
            sources.finish(self._db, claim.source.slug, worker=self._worker, state=state)
        except StoreError as error:
            log.error("store unwell", source=claim.source.slug, error=str(error))
        except Exception:
            # The boundary of a worker thread: whatever a source does, the others keep their beat. The lease
            # runs out and the source is tried again.
            log.exception("harvest broke", source=claim.source.slug)
        finally:
            self._taken.discard(claim.source.slug)
            self._hosts.discard(claim.host)

    def _take(self, claim: Claim) -> SourceState:
        try:
            return self._read(claim)
        except FeedError as error:
            return self._failed(claim, error)

    def _read(self, claim: Claim) -> SourceState:
        source, before = claim.source, claim.state
        got = self._get(source, before)
        now = self._clock()
        etag, modified = got.etag or before.etag, got.last_modified or before.last_modified
        digest = hashlib.sha256(got.body).hexdigest()
        done = replace(before, etag=etag, last_modified=modified, failures=0, last_good=now, last_error="")
        done = replace(done, next_fetch_at=now + source.every)
        if got.status == 304 or digest == before.body_hash:
            return done
        reading = self._reader.read(
            got.body, address=got.url, content_type=got.content_type, zone=source.zone, now=now
        )
        images = self._images(source, reading.entries)
        saved = stories.save(self._db, source, reading.entries, images=images, now=now)
        log.info("harvested", source=source.slug, new=saved.new, changed=saved.changed, entries=len(reading.entries))
        return replace(done, body_hash=digest if got.complete else "")

    def _failed(self, claim: Claim, error: FeedError) -> SourceState:
        source, before = claim.source, claim.state
        failures = before.failures + 1
        # A source that stays away is one line when it goes and one when its words change, not one a try.
        (log.warning if error.message != before.last_error else log.debug)(
            "source failed", source=source.slug, code=error.code, error=error.message, failures=failures
        )
        wait = min(source.every * 2 ** min(failures - 1, 12), max(LONGEST_BACKOFF, source.every))
        if isinstance(error, HttpStatus) and error.retry_after is not None:
            wait = max(wait, min(error.retry_after, LONGEST_RETRY_AFTER))
        return replace(
            before,
            next_fetch_at=self._clock() + wait,
            failures=failures,
            last_error=error.message,
            gone=isinstance(error, HttpStatus) and error.status == 410,
        )

    def _policy(self, source: Source, most: int) -> FetchPolicy:
        policy = FetchPolicy(allow_private=self._allow_private, max_bytes=most, ca_bundle=source.ca_bundle)
        return replace(policy, user_agent=source.user_agent) if source.user_agent else policy

    def _get(self, source: Source, before: SourceState) -> Fetched:
        if "://" in source.url:
            policy = self._policy(source, MAX_BYTES)
            return self._reader.fetch(source.url, policy, etag=before.etag, last_modified=before.last_modified)
        path = self._base / source.url
        return Fetched(str(path), 200, open_file(path, MAX_BYTES), "", "", "", None, None, None)

    def _images(self, source: Source, entries: tuple[Entry, ...]) -> dict[str, str]:
        """Entry id -> hash of its stored picture; a picture that cannot be had leaves its story without one."""
        addresses = {entry.image for entry in entries if entry.image}
        known = {address: found.hash for address, found in media.known(self._db, addresses).items()}
        images: dict[str, str] = {}
        for entry in entries:
            if not entry.image:
                continue
            if entry.image not in known:
                try:
                    known[entry.image] = self._store(entry.image, self._picture(source, entry.image))
                except FeedError as error:
                    log.info("no picture", source=source.slug, address=entry.image, error=error.message)
                    continue
            images[entry.id] = known[entry.image]
        return images

    def _picture(self, source: Source, address: str) -> Picture:
        if address.startswith("file:") and "://" not in source.url:
            return self._reader.picture(open_file(Path(unquote(urlsplit(address).path)), PICTURE_BYTES))
        got = self._reader.fetch(address, self._policy(source, PICTURE_BYTES), etag="", last_modified="")
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
