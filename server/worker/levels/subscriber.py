"""Subscribes to the feeds of other servers at their WebSub hubs, and has sources read whose hub has pushed.

A scheduled job of the worker. The poll goes on in any case: a push is only quicker. Without a public address of this
server there is no callback, and nothing is subscribed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

import structlog

from feeds import FeedError, FetchPolicy
from feeds.download.post import Posted
from server.core.levels.subscribing import USUAL_LEASE, must_ask
from server.core.model import Source
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.levels import peers, pushes
from server.store.levels.pushes import Push
from server.store.sources import sources
from server.worker.levels.reach import reach_of

log = structlog.get_logger("levels")
LOOK_EVERY = timedelta(seconds=5)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
POST_BYTES = 4096


class Post(Protocol):
    """Sends a POST; `feeds.download.post.post` behind the address guard."""

    def __call__(self, url: str, policy: FetchPolicy, content: bytes, *, headers: dict[str, str]) -> Posted:
        """Sends ``content``; returns the response whatever its status. Raises FeedError."""


class LevelSubscriber:
    """Keeps one subscription for each feed that is read. ``base`` is this server's public address, "" for none."""

    def __init__(
        self,
        db: Database,
        post: Post,
        clock: Callable[[], datetime],
        *,
        base: str,
        policy: Callable[[Source, int], FetchPolicy],
    ) -> None:
        self._db, self._post, self._clock, self._base, self._policy = db, post, clock, base, policy
        self._looked: datetime | None = None

    def tick(self) -> None:
        """Has sources read again that were pushed while they were read; every 5 s, subscribes where it is due."""
        try:
            servers = [source for source in sources.all(self._db) if source.kind == "server"]
            if not servers:
                return
            self._catch_up(servers)
            now = self._clock()
            if self._looked is None or not timedelta(0) <= now - self._looked < LOOK_EVERY:
                self._looked = now
                for source in servers:
                    self._subscribe(source)
        except StoreError as error:
            log.error("store unwell", error=str(error))

    def _catch_up(self, servers: list[Source]) -> None:
        """Makes a source due if its hub pushed after its last reading had begun: the reading may have missed it."""
        pushed = [(one.source, one.pushed) for one in pushes.all(self._db) if one.pushed is not None]
        last = {source: max(at for of, at in pushed if of == source) for source, _ in pushed}
        for source in servers:
            peer = peers.peer(self._db, source.slug) if source.slug in last else None
            if peer is not None and last[source.slug] > peer.seen:
                sources.due_now(self._db, source.slug, now=self._clock())

    def _subscribe(self, source: Source) -> None:
        peer = peers.peer(self._db, source.slug)
        if peer is None or not self._base or not peer.document.hub:
            return
        topics = reach_of(self._db, source, peer.document).feeds
        known = {push.topic: push for push in pushes.all(self._db, source.slug)}
        if known.keys() - set(topics):
            pushes.keep_only(self._db, source.slug, topics)
        for topic in topics:
            before = known.get(topic)
            now = self._clock()
            if before is None or before.hub != peer.document.hub:
                before = Push(
                    topic, source.slug, peer.document.hub, secrets.token_hex(24), secrets.token_hex(24), now
                )
            elif not must_ask(before.asked, before.leased_until, now, awaits=before.awaits):
                continue
            push = replace(before, asked=now, awaits=True)
            pushes.put(self._db, push)  # stored first: the hub may verify before it answers
            self._ask(source, push)

    def _ask(self, source: Source, push: Push) -> None:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": push.topic,
            "hub.callback": f"{self._base}/levels/push/{push.key}",
            "hub.secret": push.secret,
            "hub.lease_seconds": str(round(USUAL_LEASE.total_seconds())),
        }
        try:
            answer = self._post(
                push.hub, self._policy(source, POST_BYTES), urlencode(form).encode(), headers=dict(_FORM)
            )
        except FeedError as error:
            log.info("not subscribed", source=source.slug, reason=error.code)
            return
        if not 200 <= answer.status < 300:
            log.info("not subscribed", source=source.slug, status=answer.status)
