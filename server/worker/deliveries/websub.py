"""The WebSub hub's job in the worker: verifies requests and delivers feeds that have changed.

    websub_requests -> callbacks.agrees -> subscriptions
    revision -> FeedChanges -> subscriptions that are due -> callbacks.deliver -> outcomes

Created by server.processes.worker. Requests to callbacks run in thread pools; everything else runs in the job's
thread. Hosts that failed or were slow last time have a thread pool to themselves, so that they do not delay the other
hosts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic

import structlog

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.request import FetchPolicy
from server.content.public_feeds.topics import TopicFiles
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.notifications import websub, websub_requests
from server.store.notifications.websub import Outcome, Subscription
from server.store.notifications.websub_requests import AskedRequest, WaitingRequest
from server.worker.deliveries.websub_callbacks import Callbacks
from server.worker.deliveries.websub_changes import FeedChanges

log = structlog.get_logger("websub")
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
SLOW_SECONDS = 2.0
MOST_AT_HOST = 4
"""Requests to one host at a time; a slow host gets one."""


@dataclass(frozen=True, slots=True)
class Places:
    """A thread pool for requests to callbacks; ``executor`` gets at most ``most`` tasks at a time."""

    executor: Executor
    most: int


class WebSubHub:
    """Verifies subscriptions and delivers feeds; `tick` is the scheduled job.

    ``clock`` returns the time as an aware UTC datetime; ``resolve`` resolves the hosts of callbacks.
    """

    def __init__(
        self, db: Database, config: Config, clock: Callable[[], datetime], resolve: Resolve = system_resolve
    ) -> None:
        self._db, self._clock = db, clock
        self._files = TopicFiles(db, config, clock)
        self._changes = FeedChanges(db, self._files, clock)
        policy = FetchPolicy(
            allow_private=config.fetch.allow_private, connect_seconds=CONNECT_SECONDS, total_seconds=TOTAL_SECONDS
        )
        self._callbacks = Callbacks(policy, resolve)
        self._quick = Places(ThreadPoolExecutor(24, "websub"), 24)
        self._slow = Places(ThreadPoolExecutor(8, "websub-slow"), 8)
        self._asking = Places(ThreadPoolExecutor(8, "websub-ask"), 8)
        self._running: Counter[Executor] = Counter()
        self._at: Counter[str] = Counter()  # deliveries and questions that run, by host
        self._slow_hosts: set[str] = set()
        self._lock, self._making = Lock(), Lock()
        self._ended: SimpleQueue[Outcome | AskedRequest] = SimpleQueue()
        self._unsaved: list[Outcome | AskedRequest] = []

    def tick(self) -> None:
        """Stores results of requests that have ended, notes which feeds have changed, starts the requests due now."""
        self._store_outcomes()
        self._changes.tick()
        self._deliver_due()
        self._ask_waiting()

    def idle(self) -> bool:
        """Whether no request to a callback is running and all outcomes are stored."""
        with self._lock:
            return not self._running.total() and self._ended.empty() and not self._unsaved

    def close(self) -> None:
        """Waits for the running requests, then ends the threads."""
        for places in (self._quick, self._slow, self._asking):
            places.executor.shutdown()

    # Deliveries

    def _deliver_due(self) -> None:
        now = self._clock()
        chosen = self._chosen(websub.due(self._db, now)) if self._room(self._quick) or self._room(self._slow) else {}
        if not chosen:
            return
        for one in websub.claim(self._db, list(chosen), now):
            self._start(chosen[one.id], one.host, partial(self._deliver, one))

    def _chosen(self, due: tuple[tuple[int, str], ...]) -> dict[int, Places]:
        """The subscriptions to deliver to now: id -> thread pool. ``due`` has (id, host) of each one that is due."""
        with self._lock:
            at, slow = self._at.copy(), frozenset(self._slow_hosts)
        room = {self._quick.executor: self._room(self._quick), self._slow.executor: self._room(self._slow)}
        chosen: dict[int, Places] = {}
        for id, host in due:
            places = self._slow if host in slow else self._quick
            if room[places.executor] and at[host] < (1 if host in slow else MOST_AT_HOST):
                room[places.executor] -= 1
                at[host] += 1
                chosen[id] = places
        return chosen

    def _deliver(self, subscription: Subscription) -> None:
        begun = monotonic()
        # Made at the last moment: what was withdrawn meanwhile must not be sent. One at a time, because dozens of
        # threads that make feeds would delay the job's own thread, which looks for urgent changes.
        with self._making:
            file = self._files.now(subscription.topic)
        if file is None or file.etag == subscription.sent:
            self._ended.put(Outcome(subscription, file.etag if file else subscription.wanted))
            return
        outcome = self._callbacks.deliver(subscription, file, self._clock())
        self._ended.put(outcome)
        with self._lock:
            if outcome.digest is None or outcome.given_up or monotonic() - begun > SLOW_SECONDS:
                self._slow_hosts.add(subscription.host)
            else:
                self._slow_hosts.discard(subscription.host)

    # Requests

    def _ask_waiting(self) -> None:
        room = self._room(self._asking)
        if not room:
            return
        with self._lock:
            busy = [host for host, count in self._at.items() if count >= MOST_AT_HOST]
        for one in websub_requests.claim(self._db, self._clock(), room, busy):
            self._start(self._asking, one.host, partial(self._ask, one))

    def _ask(self, request: WaitingRequest) -> None:
        """Asks the callback whether it agrees to a request, or tells it that the topic is not a feed of this server.

        The callback is not asked about the end of a subscription that does not exist: that counts as not agreed.
        """
        agreed, digest = False, ""
        if request.mode == "unsubscribe":
            known = websub.is_active(self._db, request.topic, request.callback, self._clock())
            agreed = known and self._callbacks.agrees(request)
        # Read before the callback is asked: what changes from here on is delivered.
        elif request.mode == "subscribe" and (file := self._files.now(request.topic)) is not None:
            agreed, digest = self._callbacks.agrees(request), file.etag
        else:
            self._callbacks.deny(request)
        self._ended.put(AskedRequest(request, agreed, digest))

    # Threads and outcomes

    def _room(self, places: Places) -> int:
        with self._lock:
            return places.most - self._running[places.executor]

    def _start(self, places: Places, host: str, work: Callable[[], None]) -> None:
        with self._lock:
            self._running[places.executor] += 1
            self._at[host] += 1
        places.executor.submit(self._run, places, host, work).add_done_callback(_report)

    def _run(self, places: Places, host: str, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._running[places.executor] -= 1
                self._at[host] -= 1
                self._at += Counter()  # forgets hosts with nothing running

    def _store_outcomes(self) -> None:
        """Stores all outcomes in one transaction. If it fails, the next pass stores them."""
        while True:
            try:
                self._unsaved.append(self._ended.get_nowait())
            except Empty:
                break
        if not self._unsaved:
            return
        answered = [one for one in self._unsaved if isinstance(one, AskedRequest)]
        outcomes = [one for one in self._unsaved if isinstance(one, Outcome)]
        websub_requests.save_outcomes(self._db, outcomes, answered, self._clock())
        self._unsaved.clear()
        for one in answered:
            self._changes.look_at(one.request.topic)


def _report(task: Future[None]) -> None:
    """Logs the exception of a failed task. What it had claimed is tried again when the claim runs out."""
    if (error := task.exception()) is not None:
        log.error("task failed", exc_info=error)
