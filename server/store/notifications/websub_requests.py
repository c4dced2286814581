"""Accepts requests to the WebSub hub within limits, and hands waiting ones to a worker; called by desk and worker."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.forgetting import delete_where
from server.store.notifications import websub
from server.store.notifications.websub import CLAIM, Outcome, active
from server.store.tables import columns_of, websub_requests, websub_subscriptions
from server.store.tables.websub import RequestMode

PERIOD = timedelta(hours=1)
MOST_OF_NETWORK = 300
"""Requests that one client's address or network may send in `PERIOD`."""
MOST_OF_HOST = 300
"""Requests with callbacks at one host in `PERIOD`: the hub must not flood a host that somebody else names."""
MOST_WAITING = 2_000
MOST_AT_HOST = 500
"""Subscriptions with callbacks at one host."""
MOST_IN_ALL = 5_000
_DONE = websub_requests.c.done
Limit = Literal["network", "host", "waiting", "subscriptions"]


class TooMany(StoreRefusal):
    """The request was not accepted, because the limit ``limit`` is reached; nothing was written."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request that the worker has to verify by asking its callback whether it agrees.

    In the mode "denied" the hub has refused the request, and the worker only reports that to the callback. ``topic``
    and ``callback`` are URLs, ``lease`` is how long the subscription shall last.
    """

    id: int
    mode: RequestMode
    topic: str
    callback: str
    host: str
    secret: str
    lease: timedelta


def add(db: Database, request: WaitingRequest, network: str, now: datetime) -> None:
    """Store a request from the client's ``network``, ignoring its ``id``. Raises TooMany if a limit is reached.

    The limits are read before the write lock is taken, so that a flood of requests does not delay other writers. A
    few simultaneous requests may therefore exceed a limit by as many.
    """
    with db.read() as conn:
        reached = _reached(conn, request, network, now)
    if reached is not None:
        raise TooMany(reached)
    with db.write() as conn:
        conn.execute(
            insert(websub_requests).values(
                mode=request.mode, topic=request.topic, callback=request.callback, host=request.host,
                secret=request.secret, lease=request.lease, network=network, asked=now,
            )
        )  # fmt: skip


def _reached(conn: Connection, request: WaitingRequest, network: str, now: datetime) -> Limit | None:
    """The first limit that does not allow one more request; None if all of them do."""
    asked, sub = websub_requests.c, websub_subscriptions.c
    recent = asked.asked > now - PERIOD
    if _count(conn, asked.id, recent, asked.network == network) >= MOST_OF_NETWORK:
        return "network"
    if _count(conn, asked.id, recent, asked.host == request.host) >= MOST_OF_HOST:
        return "host"
    if _count(conn, asked.id, _DONE.is_(None)) >= MOST_WAITING:
        return "waiting"
    if request.mode == "subscribe" and not _is_known(conn, request, now):
        if _count(conn, sub.id, active(now), sub.host == request.host) >= MOST_AT_HOST:
            return "subscriptions"
        if _count(conn, sub.id, active(now)) >= MOST_IN_ALL:
            return "subscriptions"
    return None


def _count(conn: Connection, column: ColumnElement[int], *conditions: ColumnElement[bool]) -> int:
    return conn.execute(select(func.count(column)).where(*conditions)).scalar_one()


def _is_known(conn: Connection, request: WaitingRequest, now: datetime) -> bool:
    """Whether the request is about a subscription that is in force, so that it adds none."""
    sub = websub_subscriptions.c
    same = select(sub.id).where(active(now), sub.topic == request.topic, sub.callback == request.callback)
    return conn.execute(same).first() is not None


def claim(db: Database, now: datetime, most: int, busy: Collection[str] = ()) -> tuple[WaitingRequest, ...]:
    """Claim at most ``most`` waiting requests for the calling worker; returns them, the oldest first.

    Requests with callbacks at hosts in ``busy`` are left out. A claim ends after the time `CLAIM`, so that another
    worker can take the requests of a worker that died.
    """
    table = websub_requests
    free = or_(table.c.claimed.is_(None), table.c.claimed <= now)
    waiting = (
        select(*columns_of(table, WaitingRequest))
        .where(_DONE.is_(None), free, table.c.host.not_in(busy))
        .order_by(table.c.asked, table.c.id)
        .limit(most)
    )
    with db.read() as conn:
        if conn.execute(waiting).first() is None:
            return ()  # the usual case: no need to take the write lock
    with db.write() as conn:
        found = as_values(WaitingRequest, conn.execute(waiting.with_for_update(skip_locked=True)))
        mine = update(table).where(table.c.id.in_([one.id for one in found]))
        conn.execute(mine.values(claimed=now + CLAIM))
        return found


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """A request whose callback the worker has asked, or has told of the refusal (mode "denied").

    ``agreed``: the callback has confirmed the request. ``digest`` is the hash of the topic's content before the
    callback was asked, "" if the request is not to subscribe.
    """

    request: WaitingRequest
    agreed: bool
    digest: str = ""


def save_outcomes(db: Database, outcomes: Iterable[Outcome], answered: Iterable[AskedRequest], now: datetime) -> None:
    """Store the results of deliveries, and end the ``answered`` requests, in one transaction.

    For each request that its callback agreed to, a subscription begins, is renewed or ends.
    """
    with db.write() as conn:
        websub.note(conn, outcomes, now)
        for one in answered:
            if _end(conn, one.request.id, now) and one.agreed:
                _fulfil(conn, one.request, one.digest, now)


def _fulfil(conn: Connection, asked: WaitingRequest, digest: str, now: datetime) -> None:
    if asked.mode == "unsubscribe":
        websub.unsubscribe(conn, asked.topic, asked.callback, now)
    else:
        expires = now + asked.lease
        websub.subscribe(conn, asked.topic, asked.callback, asked.host, asked.secret, expires, digest, now)


def _end(conn: Connection, id: int, now: datetime) -> bool:
    """Mark a request as done and delete its secret; returns False if it was done already."""
    mine = update(websub_requests).where(websub_requests.c.id == id, _DONE.is_(None))
    return conn.execute(mine.values(done=now, secret="")).rowcount == 1


def forget(db: Database, *, before: datetime) -> int:
    """Delete requests that were accepted before ``before``; returns how many."""
    return delete_where(db, websub_requests, websub_requests.c.asked < before)
