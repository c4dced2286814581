"""Sends the queued Web Push messages, several at a time; created by push_jobs.

Requests run in a thread pool that only this module uses, so neither a slow push service nor thousands of browsers
delay another job.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic

import structlog

from feeds.download.post import Posted, post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError, Refused
from server.notifications.push_hosts import push_host
from server.notifications.push_request import InvalidKeys, Signer, encrypted, headers
from server.store.database.engine import Database
from server.store.notifications import push_outbox
from server.store.notifications.push_outbox import Delivery, Done

log = structlog.get_logger("push")

CONNECTIONS = 32
# The most connections to one push service, so that a service that hangs leaves room for the others.
OF_ONE_HOST = 24
# How many deliveries may end before their results are stored and further ones claimed, in one transaction.
TOGETHER = 12
TICK_SECONDS = 2.0
FIRST_PAUSE = timedelta(seconds=20)
MOST_TRIES = 8
# A message that says that a notice is over is worth keeping for a device that is away for a day.
CLEARED_KEPT = timedelta(days=1)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Outward:
    """What a request to a push service needs: the signer, the allowed hosts and the limits of the request.

    ``hosts`` are the hosts that the configuration allows besides the known push services (push_hosts).
    """

    sign: Signer
    hosts: Collection[str]
    policy: FetchPolicy


class PushSender:
    """Sends the messages that are due; `tick` is the scheduled job. Slow requests go on after `tick` has returned."""

    def __init__(self, db: Database, outward: Outward, clock: Callable[[], datetime]) -> None:
        self._db, self._outward, self._clock = db, outward, clock
        self._threads = ThreadPoolExecutor(CONNECTIONS, "push")
        self._running: dict[Future[Done], str] = {}  # with the host of each
        self._unsaved: list[Done] = []

    def tick(self) -> Counter[str]:
        """Sends until nothing is due, but begins nothing after `TICK_SECONDS`; returns result -> how many deliveries.

        The time is limited because a job whose next start is overdue by a few seconds counts as late
        (processes.job_monitor).
        """
        counts: Counter[str] = Counter()
        end = monotonic() + TICK_SECONDS
        while True:
            most, full = _room(self._running.values())
            claimed = push_outbox.exchange(self._db, self._unsaved, self._clock(), most=most, but=full)
            counts.update(one.result for one in self._unsaved)
            self._unsaved = []
            self._running |= {self._threads.submit(self._send, one): one.host for one in claimed}
            if not self._running or monotonic() > end:
                break
            # If something was claimed, more may be due for another host, so the loop claims again without waiting.
            if not claimed or len(self._running) >= CONNECTIONS:
                self._unsaved = _some(self._running)
        if counts:
            log.info("sent", **counts)
        return counts

    def idle(self) -> bool:
        """Whether no request is running and all results are stored."""
        return not self._running and not self._unsaved

    def stop(self) -> None:
        """Starts no further request; requests that are running may end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, one: Delivery) -> Done:
        """Sends one message; returns how it went.

        The log names only the host, because the whole address belongs to one citizen.
        """
        if not push_host(one.endpoint, self._outward.hosts):
            return Done(one, "gone")
        now = self._clock()
        try:
            answer = self._post(one, now)
        except InvalidKeys:
            return Done(one, "gone")
        except FeedError as error:
            log.warning("not sent", host=one.host, why=error.code)
            return Done(one, "dropped") if isinstance(error, Refused) else self._again(one, now, None)
        return self._judged(one, answer, now)

    def _post(self, one: Delivery, now: datetime) -> Posted:
        told = one.content.get(one.language) or one.content["vi"]
        content = json.dumps({**told, "tag": one.tag, "kind": one.kind}, ensure_ascii=False).encode()
        left = CLEARED_KEPT if one.kind == "cleared" else one.until - now
        return post(
            one.endpoint,
            self._outward.policy,
            encrypted(content, one.p256dh, one.auth),
            headers=headers(
                authorization=self._outward.sign(one.endpoint, now),
                tag=one.tag,
                left=left,
                urgent=one.kind not in ("reminder", "cleared"),
            ),
        )

    def _judged(self, one: Delivery, answer: Posted, now: datetime) -> Done:
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Done(one, "sent")
        if answer.status in _GONE:
            return Done(one, "gone")
        log.warning("refused", host=one.host, status=answer.status)
        if answer.status in _LATER or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._again(one, now, answer.retry_after)
        return Done(one, "dropped")

    def _again(self, one: Delivery, now: datetime, asked: timedelta | None) -> Done:
        """The result "later" with the time of the next try, or "dropped" after `MOST_TRIES`.

        The pause doubles with each try. It is at least ``asked``, the wait that the push service asked for, and at
        most `LONGEST_PAUSE`.
        """
        if one.tries + 1 >= MOST_TRIES:
            return Done(one, "dropped")
        pause = max(asked or timedelta(), FIRST_PAUSE * 2**one.tries)
        return Done(one, "later", now + min(pause, push_outbox.LONGEST_PAUSE))


def _room(hosts: Collection[str]) -> tuple[int, tuple[str, ...]]:
    """Returns (number of connections that may be opened now, hosts to which none of them may go).

    The number is so small that no host exceeds its limit, even if all of them go to one host. ``hosts`` has the host
    of each open connection.
    """
    counts = Counter(hosts)
    full = tuple(host for host, count in counts.items() if count >= OF_ONE_HOST)
    most = max((count for host, count in counts.items() if host not in full), default=0)
    return min(CONNECTIONS - len(hosts), OF_ONE_HOST - most), full


def _some(running: dict[Future[Done], str]) -> list[Done]:
    """Waits for up to `TOGETHER` requests to end, removes them from ``running`` and returns their results.

    It does not wait for slow requests, because meanwhile a delivery to another host may be due.
    """
    ended: list[Done] = []
    while running and len(ended) < TOGETHER:
        finished, _ = wait(running, timeout=0.05 if ended else 0.5, return_when=FIRST_COMPLETED)
        if not finished:
            break
        for one in finished:
            del running[one]
            ended.append(one.result())
    return ended
