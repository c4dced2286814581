"""Reads the sources that are due, and stores their stories; ``Harvest.tick`` is a scheduled job of the worker.

claim (lease) -> source_reader.read -> stories.save -> withdraw_dead_links -> finish (sets when the source is due
again); for a source of alerts: claim -> alert_intake.poll -> finish; for a mailbox: claim -> the function ``mail``
(server.worker.mailbox) -> finish

A source that fails or hangs does not delay others, because files, healthy hosts and failing hosts have separate
thread pools. Only one source of a host is read at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Protocol
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
from server.worker.harvest.alert_intake import AlertIntake
from server.worker.harvest.dead_link_check import ACTOR, withdraw_dead_links
from server.worker.harvest.source_reader import FeedClient, SourceReader, SourceUpdate
from server.worker.harvest.thread_pools import ThreadPool

log = structlog.get_logger("harvest")
LEASE = timedelta(minutes=3)
MAX_CLAIMED = 64
TICKS_A_MINUTE = 240
RETRY_AFTER = timedelta(minutes=1)
"""The time until a source is read again if its reading ran out of time or could not be saved."""
SELECTORS_PROPOSED = "Trang này đang được đọc bằng bộ chọn tự đề xuất; hãy xem lại và chốt bộ chọn."
CONNECTION_BROKE = "Kết nối với máy chủ nguồn đứt giữa chừng; chỉ đọc được phần đã nhận."


@dataclass(frozen=True, slots=True)
class ClaimedSource:
    """A source that this worker has leased, with its state before this reading."""

    source: Source
    state: SourceState

    @property
    def host(self) -> str:
        """The source's host and port, such as "example.vn:8080"; "" for a file."""
        return urlsplit(self.source.url).netloc.lower() if "://" in self.source.url else ""


@dataclass(frozen=True, slots=True)
class HarvestPools:
    """The thread pools: for file sources, for hosts that did not fail last time, and for hosts that failed."""

    files: ThreadPool
    healthy: ThreadPool
    failing: ThreadPool

    def of(self, claim: ClaimedSource) -> ThreadPool:
        """The thread pool in which the source of ``claim`` is read."""
        if not claim.host:
            return self.files
        return self.failing if claim.state.failures else self.healthy


class OtherServers(Protocol):
    """Reads a source of the kind "server"; implemented by server.worker.levels."""

    def poll(self, source: Source, before: SourceState) -> SourceUpdate:
        """Reads it once, and stores what it gives. Raises FeedError."""


class Harvest:
    """Reads due sources in the threads of ``pools``. ``tick`` must be called from one thread only.

    ``worker`` identifies this process in leases, which keep other workers from reading the same source. ``spread``
    returns a random fraction (about -0.1 to 0.1) by which an interval is varied, so that sources do not all become
    due at the same time. ``alerts`` reads the sources of alerts, ``mail`` a mailbox, ``servers`` those that are other
    Bảng Tin servers (None: they are not read).
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
        alerts: AlertIntake | None = None,
        mail: Callable[[Source], SourceUpdate] | None = None,
        servers: OtherServers | None = None,
    ) -> None:
        self._alerts, self._mail, self._servers = alerts, mail, servers
        self._db, self._reader, self._source_reader, self._clock = db, reader, source_reader, clock
        self._worker, self._pools, self._spread = worker, pools, spread
        self._waiting: list[ClaimedSource] = []
        self._hosts: set[str] = set()
        self._claimed: set[str] = set()
        self._unsaved: deque[SourceState] = deque()
        self._ticks = count()

    def tick(self) -> None:
        """Claims the sources that are due, and starts reading them as far as the pools have room; does not wait."""
        try:
            self._save()
            self._correct_future_times()
            self._claim(failing=False)
            self._claim(failing=True)
        except StoreError as error:
            log.error("store unwell", error=str(error))
            return
        for claim in list(self._waiting):
            pool = self._pools.of(claim)
            if claim.host in self._hosts or not pool.has_room():
                continue
            self._waiting.remove(claim)
            if claim.host:
                self._hosts.add(claim.host)
            pool.start(claim.source.slug, partial(self._run, claim))

    def _correct_future_times(self) -> None:
        """Once a minute, makes sources due now whose due time is implausibly late (the clock was once ahead)."""
        if next(self._ticks) % TICKS_A_MINUTE:
            return
        now = self._clock()
        known = {source.slug: source for source in sources.all(self._db)}
        for state in sources.states(self._db):
            source = known.get(state.slug)
            if source is not None and not state.gone and fetch_schedule.has_strayed(source, state, now):
                log.warning(
                    "source due too far in the future, made due now",
                    source=state.slug,
                    due=state.next_fetch_at.isoformat(),
                )
                sources.due_now(self._db, state.slug, now=now, forget_last_try=True)

    def _claim(self, *, failing: bool) -> None:
        """Claims due sources: with ``failing`` those that failed last time, otherwise those that did not.

        At most `MAX_CLAIMED` of each of the two kinds may wait, so that failing sources cannot crowd out the others.
        """
        room = MAX_CLAIMED - sum(bool(claim.state.failures) is failing for claim in self._waiting)
        if room <= 0:
            return
        due = sources.claim_due(
            self._db, worker=self._worker, now=self._clock(), lease=LEASE, limit=room, failing=failing
        )
        # A source may be claimed again, because its lease ran out while it waited; it is already in the list then.
        self._waiting += [ClaimedSource(source, state) for source, state in due if source.slug not in self._claimed]
        self._claimed.update(source.slug for source, _ in due)

    def _run(self, claim: ClaimedSource) -> None:
        try:
            self._unsaved.append(self._harvest(claim))
            self._save()
        except StoreError as error:
            log.error("store unwell", source=claim.source.slug, error=str(error))
        except Exception:
            # Any exception is caught here, because an error in one source must not stop the others. The source is
            # read again when its lease runs out.
            log.exception("harvest broke", source=claim.source.slug)
        finally:
            self._claimed.discard(claim.source.slug)
            self._hosts.discard(claim.host)

    def _save(self) -> None:
        """Stores the new states of sources that were read.

        Raises StoreError; the next tick then stores the others.
        """
        while True:
            try:
                state = self._unsaved.popleft()
            except IndexError:  # empty; not checked before, because other threads also take from the queue
                return
            try:
                sources.finish(self._db, state.slug, worker=self._worker, state=state)
            except StoreError:
                self._unsaved.append(state)
                raise

    def _harvest(self, claim: ClaimedSource) -> SourceState:
        """Reads one source; returns its new state, also if the source failed or the store was busy."""
        current = replace(claim, state=replace(claim.state, last_try=self._clock()))
        try:
            return self._read(current)
        except FeedError as error:
            return self._failed(current, error)
        except StoreBusy as error:
            # The entries could not be saved, so the source is read again soon and not after its whole interval.
            log.error("store busy", source=claim.source.slug, error=str(error))
            return replace(claim.state, next_fetch_at=self._clock() + RETRY_AFTER)

    def _read(self, claim: ClaimedSource) -> SourceState:
        source = claim.source
        if source.kind == "cap":
            return self._poll(claim, self._alerts)
        if source.kind == "mail":
            return self._read_mail(claim)
        if source.kind == "server":
            return self._poll(claim, self._servers)
        update = self._source_reader.read(source, claim.state)
        now = self._clock()
        if update.entries is not None:
            counts = stories.save(self._db, source, update.entries, images=update.images or {}, now=now)
            log.info(
                "harvested", source=source.slug, new=counts.new, changed=counts.changed, entries=len(update.entries)
            )
        warning = withdraw_dead_links(self._db, self._reader, self._source_reader, source, self._clock)
        return self._done(claim, update, now, warning)

    def _poll(self, claim: ClaimedSource, intake: AlertIntake | OtherServers | None) -> SourceState:
        """Polls a source of alerts or another server through ``intake``, which stores what it receives.

        Returns the new state. Without ``intake`` it only makes the source due again after RETRY_AFTER.
        """
        if intake is None:
            return replace(claim.state, next_fetch_at=self._clock() + RETRY_AFTER)
        update = intake.poll(claim.source, claim.state)
        return self._done(claim, update, self._clock(), update.warning)

    def _read_mail(self, claim: ClaimedSource) -> SourceState:
        """Reads a mailbox; returns its new state. Its letters become announcements, never stories."""
        if self._mail is None:
            return replace(claim.state, next_fetch_at=self._clock() + RETRY_AFTER)
        update = self._mail(claim.source)
        return self._done(claim, update, self._clock(), update.warning)

    def _done(self, claim: ClaimedSource, update: SourceUpdate, now: datetime, warning: str) -> SourceState:
        """The state of a source after it was read successfully at ``now``.

        ``warning`` is a Vietnamese sentence for editors about what they should check, "" for nothing.
        """
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
        """Returns ``state`` with the time of the newest story, the usual interval between stories, their usual age.

        The age is the time from a story's publication to the reading that found it. All are computed from the latest
        stories. Stories of the first reading do not count for the age, because they were published before the source
        was added.
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
        """After `ADOPT_AFTER`, adopts the address of a permanent redirect to the same domain; returns the new state.

        Until then, and always for another domain, only the state holds the new address, and the desk shows it to
        editors.
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
        """The state of a source that could not be read: one more failure, and a longer wait.

        After the status 410 the source counts as gone.
        """
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
    """Returns how long the response is valid: the longer time of feed and HTTP headers; None if neither states it."""
    return max((span for span in (update.ttl, update.fetched.max_age) if span is not None), default=None)
