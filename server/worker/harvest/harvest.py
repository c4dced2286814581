"""Reads the sources that are due into the store; run by the worker's metronome, never by the server.

claim (lease) -> gather -> stories.save -> look back at articles -> finish (when it is due again)
One source's failure never delays another: files, sources that are well and sources that failed last time have
threads of their own, hosts are asked one thing at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog

from feeds import FeedError
from feeds.download.http import Fetched
from feeds.download.links import same_domain
from feeds.errors import HttpStatus
from server.core.model import Source, SourceState
from server.core.sources import fetch_schedule
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy, StoreError
from server.store.sources import sources, stories, story_queries
from server.worker.harvest.dead_link_check import ACTOR, look_back
from server.worker.harvest.source_reader import Gathered, Reader, SourceReader
from server.worker.harvest.thread_pools import SourcePool

log = structlog.get_logger("harvest")
LEASE = timedelta(minutes=3)
MOST_CLAIMED = 64
SOON = timedelta(minutes=1)
"""When the rest of a reading is asked for that time ran out for, or that the store could not take."""
PROPOSED = "Trang này đang được đọc bằng bộ chọn tự đề xuất; hãy xem lại và chốt bộ chọn."
BROKEN_OFF = "Kết nối với máy chủ nguồn đứt giữa chừng; chỉ đọc được phần đã nhận."


@dataclass(frozen=True, slots=True)
class Claim:
    source: Source
    state: SourceState

    @property
    def host(self) -> str:
        """The host that is asked, empty for a file."""
        return urlsplit(self.source.url).netloc.lower() if "://" in self.source.url else ""


@dataclass(frozen=True, slots=True)
class SourcePools:
    """Who reads: files; hosts that answered last time, or were never asked; hosts that did not."""

    files: SourcePool
    well: SourcePool
    ailing: SourcePool

    def of(self, claim: Claim) -> SourcePool:
        if not claim.host:
            return self.files
        return self.ailing if claim.state.failures else self.well


class Harvest:
    """``spread`` gives a little chance (about -0.1 to 0.1), so that many sources do not come due together."""

    def __init__(
        self,
        db: Database,
        reader: Reader,
        source_reader: SourceReader,
        clock: Callable[[], datetime],
        *,
        worker: str,
        pools: SourcePools,
        spread: Callable[[], float],
    ) -> None:
        self._db, self._reader, self._source_reader, self._clock = db, reader, source_reader, clock
        self._worker, self._pools, self._spread = worker, pools, spread
        self._waiting: list[Claim] = []
        self._hosts: set[str] = set()
        self._taken: set[str] = set()
        self._unsaved: deque[SourceState] = deque()

    def beat(self) -> None:
        """Claims what is due and hands it to threads, one source of a host at a time."""
        try:
            self._save()
            self._claim(failing=False)
            self._claim(failing=True)
        except StoreError as error:
            log.error("store unwell", error=str(error))
            return
        now = self._clock()
        for claim in list(self._waiting):
            pool = self._pools.of(claim)
            if claim.host in self._hosts or not pool.has_room(now):
                continue
            self._waiting.remove(claim)
            if claim.host:
                self._hosts.add(claim.host)
            pool.start(claim.source.slug, partial(self._harvest, claim), now)

    def _claim(self, *, failing: bool) -> None:
        """Sources that fail are claimed apart: many of them must not fill the room of those that are well."""
        room = MOST_CLAIMED - sum(bool(claim.state.failures) is failing for claim in self._waiting)
        if room <= 0:
            return
        due = sources.claim_due(
            self._db, worker=self._worker, now=self._clock(), lease=LEASE, limit=room, failing=failing
        )
        # One whose lease ran out while it waited for its host is due again: it keeps its place, once.
        self._waiting += [Claim(source, state) for source, state in due if source.slug not in self._taken]
        self._taken.update(source.slug for source, _ in due)

    def _harvest(self, claim: Claim) -> None:
        try:
            self._unsaved.append(self._take(claim))
            self._save()
        except StoreError as error:
            log.error("store unwell", source=claim.source.slug, error=str(error))
        except Exception:
            # The boundary of a worker thread: whatever a source does, the others keep their beat. The lease
            # runs out and the source is tried again.
            log.exception("harvest broke", source=claim.source.slug)
        finally:
            self._taken.discard(claim.source.slug)
            self._hosts.discard(claim.host)

    def _save(self) -> None:
        """Write down what fetches came to; what the store could not take is offered again at the next beat."""
        while self._unsaved:
            state = self._unsaved.popleft()
            try:
                sources.finish(self._db, state.slug, worker=self._worker, state=state)
            except StoreError:
                self._unsaved.append(state)
                raise

    def _take(self, claim: Claim) -> SourceState:
        tried = replace(claim, state=replace(claim.state, last_try=self._clock()))
        try:
            return self._read(tried)
        except FeedError as error:
            return self._failed(tried, error)
        except StoreBusy as error:
            # What was read could not be written down: it is read again, and not after a whole interval.
            log.error("store busy", source=claim.source.slug, error=str(error))
            return replace(claim.state, next_fetch_at=self._clock() + SOON)

    def _read(self, claim: Claim) -> SourceState:
        source = claim.source
        found = self._source_reader.gather(source, claim.state)
        now = self._clock()
        if found.entries is not None:
            saved = stories.save(self._db, source, found.entries, images=found.images or {}, now=now)
            log.info(
                "harvested", source=source.slug, new=saved.new, changed=saved.changed, entries=len(found.entries)
            )
        warning = look_back(self._db, self._reader, self._source_reader, source, self._clock)
        return self._done(claim, found, now, warning)

    def _done(self, claim: Claim, found: Gathered, now: datetime, warning: str) -> SourceState:
        source, before, got = claim.source, claim.state, found.got
        state = replace(
            before,
            etag=got.etag or before.etag,
            last_modified=got.last_modified or before.last_modified,
            body_hash=found.digest if found.whole else "",
            failures=0,
            last_good=now,
            last_error="",
            warning=warning or _warning(source, got),
        )
        if found.entries is not None:
            state = self._with_health(source, state)
        state = self._moved(source, state, got, now)
        wait = fetch_schedule.interval(source, state.gap, _asked(found), self._spread())
        return replace(state, next_fetch_at=now + (wait if found.whole else min(wait, SOON)))

    def _with_health(self, source: Source, state: SourceState) -> SourceState:
        """Pace and age on arrival, from the latest stories; what came with the first reading tells no age."""
        arrived = story_queries.arrivals(self._db, source.slug)
        if not arrived:
            return state
        first = min(seen for _, seen in arrived)
        ages = sorted(seen - published for published, seen in arrived if seen > first)
        return replace(
            state,
            last_new=max(published for published, _ in arrived),
            gap=fetch_schedule.usual_gap((published for published, _ in arrived), self._clock()),
            age=ages[len(ages) // 2] if ages else state.age,
        )

    def _moved(self, source: Source, state: SourceState, got: Fetched, now: datetime) -> SourceState:
        """A move for good is believed after three days, and only within the domain; else an editor sees it."""
        if got.permanent is None:
            return replace(state, moved_to="", moved_since=None)
        if got.permanent != state.moved_to or state.moved_since is None:
            return replace(state, moved_to=got.permanent, moved_since=now)
        if now - state.moved_since < fetch_schedule.ADOPT_AFTER or not same_domain(got.permanent, source.url):
            return state
        sources.move(self._db, source.slug, got.permanent, actor=ACTOR, now=now)
        log.warning("source moved", source=source.slug, address=got.permanent)
        return replace(state, moved_to="", moved_since=None)

    def _failed(self, claim: Claim, error: FeedError) -> SourceState:
        source, before = claim.source, claim.state
        failures = before.failures + 1
        # A source that stays away is one line when it goes and one when its words change, not one a try.
        (log.warning if error.message != before.last_error else log.debug)(
            "source failed", source=source.slug, code=error.code, error=error.message, failures=failures
        )
        asked = error.retry_after if isinstance(error, HttpStatus) else None
        return replace(
            before,
            next_fetch_at=self._clock() + fetch_schedule.backoff(source, failures, asked, self._spread()),
            failures=failures,
            last_error=error.message,
            gone=isinstance(error, HttpStatus) and error.status == 410,
        )


def _warning(source: Source, got: Fetched) -> str:
    if not got.complete:
        return BROKEN_OFF
    return PROPOSED if source.kind == "page" and source.page is None else ""


def _asked(found: Gathered) -> timedelta | None:
    """How long the source itself says that a reading is good for."""
    return max((span for span in (found.ttl, found.got.max_age) if span is not None), default=None)
