"""Runs the worker's job that sends events to webhooks: makes their deliveries and posts those that are due.

    outbox -> webhooks_events.report -> deliveries -> one thread for each webhook -> guarded POST -> outcome

Created by server.processes.worker. Every webhook in use can have a thread of its own, so a receiver that is slow or
hangs delays no other one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.post import Posted, post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError
from server.core.areas import AreaTree
from server.core.model import SYSTEM
from server.notifications.webhooks import headers, wait_after
from server.notifications.webhooks_messages import Why, link_of, webhook_messages
from server.setup.config import Config
from server.setup.product import user_agent
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.notifications import webhooks, webhooks_deliveries, webhooks_distribution
from server.store.notifications.webhooks_deliveries import TEST, Attempt, Outcome
from server.store.people import messages, people
from server.store.sources import sources
from server.worker.deliveries.key_threads import KeyThreads
from server.worker.deliveries.webhooks_events import EventReports

log = structlog.get_logger("webhooks")
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
AT_A_TIME_SECONDS = 5.0
"""For how long a thread goes on with the next delivery of its webhook, so that a worker that stops ends soon."""
GONE = 410


class WebhookSender:
    """Distributes events and sends deliveries. ``clock`` returns the time as an aware UTC datetime."""

    def __init__(
        self, db: Database, config: Config, clock: Callable[[], datetime], resolve: Resolve = system_resolve
    ) -> None:
        self._db, self._config, self._clock, self._resolve = db, config, clock, resolve
        self._policy = FetchPolicy(
            allow_private=config.fetch.allow_private,
            user_agent=user_agent("webhooks"),
            connect_seconds=CONNECT_SECONDS,
            total_seconds=TOTAL_SECONDS,
        )
        self._threads = KeyThreads(self._serve, webhooks.MOST, "webhooks")

    def tick(self) -> None:
        """Makes deliveries of new events, and starts a thread for each webhook that has a delivery due."""
        while webhooks_distribution.waiting(self._db):
            reports = EventReports.read(self._db, self._config)
            webhooks_distribution.distribute(self._db, reports.report, self._clock())
        self._threads.start(webhooks_deliveries.ready(self._db, self._clock()))

    def idle(self) -> bool:
        """Whether no thread is sending to a webhook."""
        return self._threads.idle()

    def close(self) -> None:
        """Waits until the running requests have ended, and ends the threads."""
        self._threads.close()

    def _serve(self, webhook: int) -> None:
        """Sends the deliveries that are due to one webhook.

        If this method raises, the claim on the webhook expires, and a worker serves the webhook again.
        """
        if not webhooks_deliveries.claim(self._db, webhook, self._clock()):
            return
        end = monotonic() + AT_A_TIME_SECONDS
        while monotonic() < end:
            attempt = webhooks_deliveries.next_due(self._db, webhook, self._clock())
            if attempt is None:
                break
            self._settle(attempt, self._sent(attempt))
        webhooks_deliveries.release(self._db, webhook)

    def _sent(self, attempt: Attempt) -> Outcome:
        """Sends a delivery once; returns the outcome, which is not yet stored."""
        body, at = attempt.body.encode(), self._clock()
        secrets = (attempt.secret, attempt.old_secret) if attempt.old_secret else (attempt.secret,)
        try:
            answer = post(
                attempt.url,
                self._policy,
                body,
                headers=headers(secrets, attempt.message, at, body),
                resolve=self._resolve,
            )
        except FeedError as error:
            log.info("event not delivered", webhook=attempt.webhook, reason=error.code)
            return self._failed(attempt, error.code)
        if 200 <= answer.status < 300:
            return Outcome("sent", answer.status)
        log.info("event not delivered", webhook=attempt.webhook, status=answer.status)
        if answer.status == GONE:
            return Outcome("failed", GONE, "gone")
        return self._failed(attempt, "http", answer)

    def _failed(self, attempt: Attempt, error: str, answer: Posted | None = None) -> Outcome:
        """Returns the outcome of a failed attempt: a time for the next attempt, or the end of the delivery.

        A test is tried only once, because its keeper waits for the result.
        """
        now, asked = self._clock(), answer.retry_after if answer else None
        status, not_before = answer.status if answer else None, now + asked if asked else None
        wait = None if attempt.kind == TEST else wait_after(attempt.tries + 1, asked)
        if wait is None:
            return Outcome("failed", status, error, not_before=not_before)
        return Outcome("waiting", status, error, now + wait, not_before)

    def _settle(self, attempt: Attempt, outcome: Outcome) -> None:
        """Sends messages about an outcome and stores it.

        The messages come first: if the worker dies in between, the delivery and they are sent again.
        """
        if outcome.state == "sent" and attempt.told is not None:
            webhooks.tell(self._db, attempt.webhook, None)
            messages.done(self._db, link_of(attempt.webhook))
        elif outcome.error == "gone":
            self._tell("gone", attempt.webhook)
        elif outcome.state == "failed" and attempt.kind != TEST and attempt.told is None:
            self._tell("failed", attempt.webhook)
        webhooks_deliveries.note(self._db, attempt, outcome, self._clock())
        if outcome.error == "gone":
            webhooks.switch_off(self._db, attempt.webhook, actor=SYSTEM, now=self._clock(), gone=True)

    def _tell(self, why: Why, webhook: int) -> None:
        try:
            hook = webhooks.get(self._db, webhook)
        except NotFound:
            return  # deleted meanwhile
        tree, now = AreaTree(sources.areas(self._db)), self._clock()
        messages.tell(self._db, webhook_messages(why, hook, people.all(self._db), tree), now)
        webhooks.tell(self._db, webhook, now)
