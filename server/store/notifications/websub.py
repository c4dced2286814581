"""Subscriptions of the WebSub hub and what has to be delivered to them; called by worker.deliveries.

A row says which content its subscriber should have (``wanted``) and which one was delivered (``sent``), not which
messages have to be sent. So nothing is lost if a worker dies, and a feed that changed twice meanwhile is delivered
once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, literal, null, or_, select, update

from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import columns_of, websub_subscriptions
from server.store.tables.columns import Utc

CLAIM = timedelta(seconds=30)
"""For how long a worker has a row for itself: longer than an attempt can take."""
_TABLE = websub_subscriptions
_C = websub_subscriptions.c


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that a worker has claimed.

    ``topic`` is the URL of a feed, ``callback`` the subscriber's URL, ``host`` the host in it, ``secret`` the key
    that signs deliveries, "" for none. ``wanted`` and ``sent`` are hashes of content (see the module's docstring),
    ``failures`` is the number of failed attempts in a row.
    """

    id: int
    topic: str
    callback: str
    host: str
    secret: str
    wanted: str
    sent: str
    failures: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt to deliver content to a subscriber.

    ``digest`` is the hash of the content that counts as delivered, None if the attempt failed and is repeated at
    ``due``. ``given_up``: the content was not delivered and will not be tried again. ``gone``: the subscriber has
    ended the subscription.
    """

    subscription: Subscription
    digest: str | None = None
    due: datetime | None = None
    given_up: bool = False
    gone: bool = False


def active(now: datetime) -> ColumnElement[bool]:
    """The SQL condition for subscriptions that have neither ended nor expired at ``now``."""
    return and_(_C.ended.is_(None), _C.expires > now)


def topics(db: Database, now: datetime) -> frozenset[str]:
    """The topics (URLs of feeds) that have at least one subscription in force."""
    with db.read() as conn:
        return frozenset(conn.execute(select(_C.topic).where(active(now)).distinct()).scalars())


def subscribe(
    conn: Connection, topic: str, callback: str, host: str, secret: str, expires: datetime, digest: str, now: datetime
) -> None:
    """Add a subscription, in the caller's transaction; one in force for this topic and callback is renewed instead.

    ``digest`` is the hash of the content that the subscriber of a new subscription already has.
    """
    given = {"host": host, "secret": secret, "expires": expires}
    fresh = {"wanted": digest, "sent": digest, "due": None, "failures": 0, "given_up": 0, "ended": None}
    if insert_new(conn, _TABLE, {"topic": topic, "callback": callback, **given, **fresh}):
        return
    same = and_(_C.topic == topic, _C.callback == callback)
    conn.execute(update(_TABLE).where(same, active(now)).values(given))
    conn.execute(update(_TABLE).where(same, ~active(now)).values(given | fresh))


def unsubscribe(conn: Connection, topic: str, callback: str, now: datetime) -> None:
    """End the subscription of this callback to this topic, in the caller's transaction; no effect without one."""
    same = and_(_C.topic == topic, _C.callback == callback, _C.ended.is_(None))
    conn.execute(update(_TABLE).where(same).values(_ended(now)))


def is_active(db: Database, topic: str, callback: str, now: datetime) -> bool:
    """Whether a subscription of this callback to this topic is in force at ``now``."""
    with db.read() as conn:
        same = select(_C.id).where(active(now), _C.topic == topic, _C.callback == callback)
        return conn.execute(same).first() is not None


def want(db: Database, topic: str, digest: str, now: datetime, *, at_once: bool) -> int:
    """Store that a topic's content now has the hash ``digest``; returns how many subscriptions must get it.

    These become due now. Those that were already due later, because an attempt failed, keep that time unless
    ``at_once``.
    """
    stale = and_(active(now), _C.topic == topic, _C.wanted != digest)
    with db.read() as conn:
        if conn.execute(select(_C.id).where(stale).limit(1)).first() is None:
            return 0
    due = _instant(now) if at_once else case((_C.due.is_(None), _instant(now)), else_=_C.due)
    with db.write() as conn:
        return conn.execute(update(_TABLE).where(stale).values(wanted=digest, due=due)).rowcount


def due(db: Database, now: datetime) -> tuple[tuple[int, str], ...]:
    """Returns (id, host) of each subscription that is due and not claimed, the one that was due earliest first."""
    waiting = select(_C.id, _C.host).where(_is_due(now)).order_by(_C.due, _C.id)
    with db.read() as conn:
        return tuple((row.id, row.host) for row in conn.execute(waiting))


def claim(db: Database, ids: Collection[int], now: datetime) -> tuple[Subscription, ...]:
    """Claim those of the subscriptions ``ids`` that are still due, for the time `CLAIM`; returns the claimed ones."""
    mine = and_(_C.id.in_(ids), _is_due(now))
    with db.write() as conn:
        rows = conn.execute(select(*columns_of(_TABLE, Subscription)).where(mine).with_for_update(skip_locked=True))
        found = as_values(Subscription, rows)
        conn.execute(update(_TABLE).where(_C.id.in_([one.id for one in found])).values(claimed=now + CLAIM))
        return found


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(active(now), _C.due <= now, or_(_C.claimed.is_(None), _C.claimed <= now))


def note(conn: Connection, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Store the results of attempts, in the caller's transaction.

    If a topic's content has changed since its subscription was claimed, the subscription stays due.
    """
    for one in outcomes:
        mine = update(_TABLE).where(_C.id == one.subscription.id)
        if one.gone:
            conn.execute(mine.values(_ended(now)))
            continue
        unchanged = _C.wanted == one.subscription.wanted
        if one.digest is None:
            again = case((unchanged, _instant(one.due)), else_=_instant(now))
            conn.execute(mine.values(claimed=None, failures=one.subscription.failures + 1, due=again))
            continue
        values = {
            "sent": one.digest,
            "wanted": case((unchanged, one.digest), else_=_C.wanted),
            "due": case((unchanged, null()), else_=_C.due),
            "failures": 0,
            "given_up": _C.given_up + int(one.given_up),
        }
        conn.execute(mine.values(claimed=None, **values))


def _instant(at: datetime | None) -> ColumnElement[datetime | None]:
    return literal(at, Utc())


def _ended(now: datetime) -> dict[str, object]:
    return {"ended": now, "secret": "", "due": None, "claimed": None}


def forget(db: Database, *, before: datetime) -> int:
    """Delete subscriptions that ended or expired before ``before``; returns how many."""
    return delete_where(db, _TABLE, or_(_C.ended < before, _C.expires < before))
