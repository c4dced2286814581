"""Reads the sources that are due into the store; ``Harvest.tick`` is a scheduled job of the worker.

claim (lease) -> source_reader.read -> stories.save -> withdraw_dead_links -> finish (when the source is due again)
One source's failure never delays another: files, healthy sources and failing sources have separate thread pools, and
one host gets one request at a time.
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
from server.worker.harvest.dead_link_check import ACTOR, withdraw_dead_links
from server.worker.harvest.source_reader import FeedClient, SourceReader, SourceUpdate
from server.worker.harvest.thread_pools import ThreadPool

log = structlog.get_logger("harvest")
LEASE = timedelta(minutes=3)
MAX_CLAIMED = 64
RETRY_AFTER = timedelta(minutes=1)
"""When a reading is repeated that ran out of time or could not be saved."""
SELECTORS_PROPOSED = "Trang này đang được đọc bằng bộ chọn tự đề xuất; hãy xem lại và chốt bộ chọn."
CONNECTION_BROKE = "Kết nối với máy chủ nguồn đứt giữa chừng; chỉ đọc được phần đã nhận."


@dataclass(frozen=True, slots=True)
class ClaimedSource:
    """A source that this worker has leased, with its state before this reading."""

    source: Source
    state: SourceState

    @property
    def host(self) -> str:
        """Host and port that are contacted, "" for a file."""
        return urlsplit(self.source.url).netloc.lower() if "://" in self.source.url else ""


@dataclass(frozen=True, slots=True)
class HarvestPools:
    """One pool each for files, for hosts that answered last time (or were never asked), and for hosts that failed."""

    files: ThreadPool
    healthy: ThreadPool
    failing: ThreadPool

    def of(self, claim: ClaimedSource) -> ThreadPool:
        """The pool that reads this source."""
        if not claim.host:
            return self.files
        return self.failing if claim.state.failures else self.healthy


class Harvest:
    """Schedules readings over the thread pools; ``tick`` must be called from one thread only.

    ``worker`` names this process in leases. ``spread`` returns a random fraction (about -0.1 to 0.1) by which an
    interval is varied, so that many sources do not become due together.
    """

    def __init__(
        self,
        db: Database,
        reader: FeedClient,
        source_reader: SourceReader,
        clock: Callable[[], datetime],
        *,
        worker: str,
        pools: HarvestPools,
        spread: Callable[[], float],
    ) -> None:
        self._db, self._reader, self._source_reader, self._clock = db, reader, source_reader, clock
        self._worker, self._pools, self._spread = worker, pools, spread
        self._waiting: list[ClaimedSource] = []
        self._hosts: set[str] = set()
        self._claimed: set[str] = set()
        self._unsaved: deque[SourceState] = deque()

    def tick(self) -> None:
        """Claims the sources that are due and starts reading them, one source per host at a time."""
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
            pool.start(claim.source.slug, partial(self._run, claim), now)

    def _claim(self, *, failing: bool) -> None:
        """Claims failing and healthy sources separately, so that many failing ones cannot take the others' places."""
        room = MAX_CLAIMED - sum(bool(claim.state.failures) is failing for claim in self._waiting)
        if room <= 0:
            return
        due = sources.claim_due(
            self._db, worker=self._worker, now=self._clock(), lease=LEASE, limit=room, failing=failing
        )
        # A source whose lease ran out while it waited for its host is claimed again; it keeps its place in the list.
        self._waiting += [ClaimedSource(source, state) for source, state in due if source.slug not in self._claimed]
        self._claimed.update(source.slug for source, _ in due)

    def _run(self, claim: ClaimedSource) -> None:
        try:
            self._unsaved.append(self._harvest(claim))
            self._save()
        except StoreError as error:
            log.error("store unwell", source=claim.source.slug, error=str(error))
        except Exception:
            # The boundary of a worker thread: an error in one source must not stop the others. The source is
            # tried again when its lease runs out.
            log.exception("harvest broke", source=claim.source.slug)
        finally:
            self._claimed.discard(claim.source.slug)
            self._hosts.discard(claim.host)

    def _save(self) -> None:
        """Writes the states of finished readings; those that the store refuses are retried at the next tick."""
        while self._unsaved:
            state = self._unsaved.popleft()
            try:
                sources.finish(self._db, state.slug, worker=self._worker, state=state)
            except StoreError:
                self._unsaved.append(state)
                raise

    def _harvest(self, claim: ClaimedSource) -> SourceState:
        current = replace(claim, state=replace(claim.state, last_try=self._clock()))
        try:
            return self._read(current)
        except FeedError as error:
            return self._failed(current, error)
        except StoreBusy as error:
            # The entries could not be saved: read the source again soon, not after a whole interval.
            log.error("store busy", source=claim.source.slug, error=str(error))
            return replace(claim.state, next_fetch_at=self._clock() + RETRY_AFTER)

    def _read(self, claim: ClaimedSource) -> SourceState:
        source = claim.source
        update = self._source_reader.read(source, claim.state)
        now = self._clock()
        if update.entries is not None:
            counts = stories.save(self._db, source, update.entries, images=update.images or {}, now=now)
            log.info(
                "harvested", source=source.slug, new=counts.new, changed=counts.changed, entries=len(update.entries)
            )
        warning = withdraw_dead_links(self._db, self._reader, self._source_reader, source, self._clock)
        return self._done(claim, update, now, warning)

    def _done(self, claim: ClaimedSource, update: SourceUpdate, now: datetime, warning: str) -> SourceState:
        source, before, got = claim.source, claim.state, update.fetched
        state = replace(
            before,
            etag=got.etag or before.etag,
            last_modified=got.last_modified or before.last_modified,
            body_hash=update.body_hash if update.complete else "",
            failures=0,
            last_good=now,
            last_error="",
            warning=warning or _warning(source, got),
        )
        if update.entries is not None:
            state = self._with_health(source, state)
        state = self._moved(source, state, got, now)
        wait = fetch_schedule.interval(source, state.gap, _lifetime(update), self._spread())
        return replace(state, next_fetch_at=now + (wait if update.complete else min(wait, RETRY_AFTER)))

    def _with_health(self, source: Source, state: SourceState) -> SourceState:
        """Adds the usual gap between stories and their usual age on arrival, from the latest stories.

        The stories of the first reading do not count for the age: they were published before the source was added.
        """
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
        """Follows a permanent redirect after three days, if it stays within the domain.

        Until then, and for another domain, the new address is only shown to the editor.
        """
        if got.permanent is None:
            return replace(state, moved_to="", moved_since=None)
        if got.permanent != state.moved_to or state.moved_since is None:
            return replace(state, moved_to=got.permanent, moved_since=now)
        if now - state.moved_since < fetch_schedule.ADOPT_AFTER or not same_domain(got.permanent, source.url):
            return state
        sources.move(self._db, source.slug, got.permanent, actor=ACTOR, now=now)
        log.warning("source moved", source=source.slug, address=got.permanent)
        return replace(state, moved_to="", moved_since=None)

    def _failed(self, claim: ClaimedSource, error: FeedError) -> SourceState:
        source, before = claim.source, claim.state
        failures = before.failures + 1
        # A failing source is logged at its first failure and whenever its error changes, not at every try.
        (log.warning if error.message != before.last_error else log.debug)(
            "source failed", source=source.slug, code=error.code, error=error.message, failures=failures
        )
        retry_after = error.retry_after if isinstance(error, HttpStatus) else None
        return replace(
            before,
            next_fetch_at=self._clock() + fetch_schedule.backoff(source, failures, retry_after, self._spread()),
            failures=failures,
            last_error=error.message,
            gone=isinstance(error, HttpStatus) and error.status == 410,
        )


def _warning(source: Source, got: Fetched) -> str:
    if not got.complete:
        return CONNECTION_BROKE
    return SELECTORS_PROPOSED if source.kind == "page" and source.page is None else ""


def _lifetime(update: SourceUpdate) -> timedelta | None:
    """How long the feed or its HTTP headers say that this reading is valid; None if neither says so."""
    return max((span for span in (update.ttl, update.fetched.max_age) if span is not None), default=None)
