"""Subscriptions of the WebSub hub and what has to be delivered to them; called by worker.deliveries.

A row says which content its subscriber should have (``wanted``) and which one was delivered (``sent``), not which
messages have to be sent. So nothing is lost with a worker that dies, and what changed twice is delivered once.
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
    """A subscription as a worker has claimed it; ``failures`` is the number of failures in a row."""

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
    """What came of an attempt at a subscription.

    ``digest`` is the hash of the content that counts as delivered, None if the attempt failed and will be repeated at
    ``due``. ``given_up``: the content was not delivered and is not tried again. ``gone``: the subscriber has ended
    the subscription.
    """

    subscription: Subscription
    digest: str | None = None
    due: datetime | None = None
    given_up: bool = False
    gone: bool = False


def active(now: datetime) -> ColumnElement[bool]:
    """The condition of subscriptions that are in force."""
    return and_(_C.ended.is_(None), _C.expires > now)


def topics(db: Database, now: datetime) -> frozenset[str]:
    """The topics that somebody has subscribed to."""
    with db.read() as conn:
        return frozenset(conn.execute(select(_C.topic).where(active(now)).distinct()).scalars())


def subscribe(
    conn: Connection, topic: str, callback: str, host: str, secret: str, expires: datetime, digest: str, now: datetime
) -> None:
    """Add a subscription whose subscriber knows the content ``digest``, or renew the one that there is."""
    given = {"host": host, "secret": secret, "expires": expires}
    fresh = {"wanted": digest, "sent": digest, "due": None, "failures": 0, "given_up": 0, "ended": None}
    if insert_new(conn, _TABLE, {"topic": topic, "callback": callback, **given, **fresh}):
        return
    same = and_(_C.topic == topic, _C.callback == callback)
    conn.execute(update(_TABLE).where(same, active(now)).values(given))
    conn.execute(update(_TABLE).where(same, ~active(now)).values(given | fresh))


def unsubscribe(conn: Connection, topic: str, callback: str, now: datetime) -> None:
    """End a subscription, if there is one."""
    same = and_(_C.topic == topic, _C.callback == callback, _C.ended.is_(None))
    conn.execute(update(_TABLE).where(same).values(_ended(now)))


def is_active(db: Database, topic: str, callback: str, now: datetime) -> bool:
    """Whether this subscription is in force."""
    with db.read() as conn:
        same = select(_C.id).where(active(now), _C.topic == topic, _C.callback == callback)
        return conn.execute(same).first() is not None


def want(db: Database, topic: str, digest: str, now: datetime, *, at_once: bool) -> int:
    """Note that the content of a topic is now ``digest``; returns how many subscriptions have to be told.

    Those whose last attempt failed wait for their time; with ``at_once`` they are tried now.
    """
    stale = and_(active(now), _C.topic == topic, _C.wanted != digest)
    with db.read() as conn:
        if conn.execute(select(_C.id).where(stale).limit(1)).first() is None:
            return 0
    due = _instant(now) if at_once else case((_C.due.is_(None), _instant(now)), else_=_C.due)
    with db.write() as conn:
        return conn.execute(update(_TABLE).where(stale).values(wanted=digest, due=due)).rowcount


def due(db: Database, now: datetime) -> tuple[tuple[int, str], ...]:
    """(id, host) of the subscriptions to which something has to be delivered now, the longest waiting first."""
    waiting = select(_C.id, _C.host).where(_is_due(now)).order_by(_C.due, _C.id)
    with db.read() as conn:
        return tuple((row.id, row.host) for row in conn.execute(waiting))


def claim(db: Database, ids: Collection[int], now: datetime) -> tuple[Subscription, ...]:
    """Take those of ``ids`` that are still due for this worker, for `CLAIM`."""
    mine = and_(_C.id.in_(ids), _is_due(now))
    with db.write() as conn:
        rows = conn.execute(select(*columns_of(_TABLE, Subscription)).where(mine).with_for_update(skip_locked=True))
        found = as_values(Subscription, rows)
        conn.execute(update(_TABLE).where(_C.id.in_([one.id for one in found])).values(claimed=now + CLAIM))
        return found


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(active(now), _C.due <= now, or_(_C.claimed.is_(None), _C.claimed <= now))


def note(conn: Connection, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Store what came of attempts. If a topic has changed since an attempt was claimed, it is due again."""
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
