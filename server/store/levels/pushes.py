"""Stores this server's subscriptions at the WebSub hubs of other servers; called by worker.levels and desk.public."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import columns_of, server_pushes, source_states, values_of


@dataclass(frozen=True, slots=True)
class Push:
    """A subscription to the feed ``topic`` of the server behind ``source``.

    ``key`` is the unguessable part of the callback's address, ``secret`` signs what the hub sends. ``asked`` is when
    the hub was last asked; ``awaits`` is True from then until the hub has verified it. ``pushed`` is the time of the
    last push; ``missed`` counts changes that only the poll found.
    """

    topic: str
    source: str
    hub: str
    key: str
    secret: str
    asked: datetime
    awaits: bool = True
    leased_until: datetime | None = None
    pushed: datetime | None = None
    pushes: int = 0
    missed: int = 0


_ALL = select(*columns_of(server_pushes, Push))
_T = server_pushes.c


def all(db: Database, source: str = "") -> tuple[Push, ...]:
    """Every subscription, or those of one source."""
    wanted = _ALL.where(_T.source == source) if source else _ALL
    with db.read() as conn:
        return as_values(Push, conn.execute(wanted.order_by(_T.topic)))


def of_key(db: Database, key: str) -> Push | None:
    """The subscription whose callback has this key, None if there is none."""
    with db.read() as conn:
        found = as_values(Push, conn.execute(_ALL.where(_T.key == key)))
    return found[0] if found else None


def put(db: Database, push: Push) -> None:
    """Store a subscription, in place of the one to the same topic."""
    with db.write() as conn:
        conn.execute(delete(server_pushes).where(_T.topic == push.topic))
        conn.execute(insert(server_pushes), values_of(push))


def keep_only(db: Database, source: str, topics: Collection[str]) -> None:
    """Delete the subscriptions of a source to other topics than ``topics``; the hub's next push is answered 404."""
    with db.write() as conn:
        conn.execute(delete(server_pushes).where(_T.source == source, _T.topic.not_in(list(topics))))


def verified(db: Database, key: str, lease: timedelta, now: datetime) -> bool:
    """Note that the hub has verified the subscription, which was asked for; False if it was not."""
    waiting = update(server_pushes).where(_T.key == key, _T.awaits.is_(True))
    with db.write() as conn:
        return conn.execute(waiting.values(awaits=False, leased_until=now + lease)).rowcount == 1


def received(db: Database, push: Push, now: datetime) -> None:
    """Note a push, and make the source due now, so that the worker reads it at once."""
    with db.write() as conn:
        counted = update(server_pushes).where(_T.key == push.key)
        conn.execute(counted.values(pushed=now, pushes=_T.pushes + 1))
        due = update(source_states).where(source_states.c.slug == push.source)
        conn.execute(due.values(next_fetch_at=now, gone=False))


def missed(db: Database, topic: str) -> None:
    """Count a change that the poll found although the hub should have pushed it."""
    with db.write() as conn:
        conn.execute(update(server_pushes).where(_T.topic == topic).values(missed=_T.missed + 1))
