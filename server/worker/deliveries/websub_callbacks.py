"""Sends requests to the callbacks of WebSub subscribers: verifies a subscription, or delivers a feed.

Called by worker.deliveries.websub in its threads. The callbacks' addresses come from strangers, so each connection
passes the address guard, and a redirect counts as a failure.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.http import fetch
from feeds.download.post import post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError
from server.content.public_feeds.kept_files import KeptFile
from server.content.public_feeds.topics import links, topic_of
from server.notifications.websub import signature, wait_after, with_parameters
from server.store.notifications.websub import Outcome, Subscription
from server.store.notifications.websub_requests import WaitingRequest

log = structlog.get_logger("websub")
ANSWER_BYTES = 4096
GONE = 410


class Callbacks:
    """Sends the hub's requests to callbacks. ``policy`` gives their limits; redirects are never followed."""

    def __init__(self, policy: FetchPolicy, resolve: Resolve = system_resolve) -> None:
        self._policy = replace(policy, max_redirects=0, max_bytes=ANSWER_BYTES)
        self._resolve = resolve

    def agrees(self, request: WaitingRequest) -> bool:
        """Asks the callback whether it really made this request; True if it responds with the challenge sent."""
        challenge = secrets.token_urlsafe(32)
        parameters = {"hub.mode": request.mode, "hub.topic": request.topic, "hub.challenge": challenge}
        if request.mode == "subscribe":
            parameters["hub.lease_seconds"] = str(round(request.lease.total_seconds()))
        answer = self._get(with_parameters(request.callback, parameters))
        agreed = answer is not None and secrets.compare_digest(answer, challenge.encode())
        log.info("verified" if agreed else "not verified", mode=request.mode, topic=request.topic, host=request.host)
        return agreed

    def deny(self, request: WaitingRequest) -> None:
        """Tells the callback that the topic of its request is not a feed of this server."""
        parameters = {"hub.mode": "denied", "hub.topic": request.topic, "hub.reason": "not a feed of this server"}
        self._get(with_parameters(request.callback, parameters))

    def _get(self, address: str) -> bytes | None:
        """The body of a complete response with a 2xx status; None for any other response or a failure."""
        try:
            answer = fetch(address, self._policy, resolve=self._resolve)
        except FeedError as error:
            log.info("callback not reached", reason=error.code)
            return None
        return answer.body if answer.complete and 200 <= answer.status < 300 else None

    def deliver(self, subscription: Subscription, file: KeptFile, now: datetime) -> Outcome:
        """Sends the feed's whole file to the callback; returns the outcome, never raises FeedError.

        ``now`` is the time at which the attempt began.
        """
        topic = topic_of(subscription.topic)
        headers = {
            "Content-Type": file.made.kind,
            "Link": links(topic.base if topic else "", subscription.topic),
            "X-Hub-Signature": signature(subscription.secret, file.made.body),
        }
        asked: timedelta | None = None
        try:
            answer = post(subscription.callback, self._policy, file.made.body, headers=headers, resolve=self._resolve)
        except FeedError as error:
            log.info("feed not delivered", topic=subscription.topic, host=subscription.host, reason=error.code)
        else:
            if 200 <= answer.status < 300:
                return Outcome(subscription, file.etag)
            log.info("feed not delivered", topic=subscription.topic, host=subscription.host, status=answer.status)
            if answer.status == GONE:
                return Outcome(subscription, gone=True)
            asked = answer.retry_after
        wait = wait_after(subscription.failures + 1, asked)
        if wait is None:
            return Outcome(subscription, file.etag, given_up=True)
        return Outcome(subscription, due=now + wait)
