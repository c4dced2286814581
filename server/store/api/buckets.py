"""Token buckets that limit how many requests a key of the API, or a stranger, may send; called by desk and store.

A bucket holds requests that may still be sent: ``per_minute`` of them at first and at most, and ``per_minute`` / 60
more each second. It is kept in the store, so that all servers share it and restarts do not fill it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import Connection, and_, select, update

from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import api_buckets
from server.store.tables.columns import UNREADABLE


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of `take`: ``count`` requests may be sent; if none, the next one may be in ``seconds``."""

    count: int
    seconds: int = 0


def take(db: Database, token: int, kind: str, *, per_minute: int, most: int, now: datetime) -> Taken:
    """Take up to ``most`` requests out of the bucket named ``kind`` of the token with the id ``token``.

    Raises StoreBusy at once if another transaction is writing: a limit must not delay a request.
    """
    with db.write_if_free() as conn:
        return take_within(conn, token, kind, per_minute=per_minute, most=most, now=now)


def take_within(conn: Connection, token: int, kind: str, *, per_minute: int, most: int, now: datetime) -> Taken:
    """Like `take`, in a transaction of the caller. The token 0 has the buckets of senders without a key."""
    full = {"token": token, "kind": kind, "level": float(per_minute), "at": now}
    insert_new(conn, api_buckets, full)
    mine = and_(api_buckets.c.token == token, api_buckets.c.kind == kind)
    wanted = select(api_buckets.c.level, api_buckets.c.at).where(mine)
    row = conn.execute(wanted.with_for_update(key_share=True)).one()
    # A clock that was set back gives nothing.
    passed = 0.0 if row.at is UNREADABLE else max(0.0, (now - row.at).total_seconds())
    level = min(float(per_minute), row.level + passed * per_minute / 60)
    count = min(most, int(level))
    conn.execute(update(api_buckets).where(mine).values(level=level - count, at=now))
    return Taken(count, 0 if count else max(1, ceil((1 - level) * 60 / per_minute)))


def forget_senders(db: Database, *, before: datetime) -> int:
    """Delete the buckets of senders without a key that were last used before ``before``; returns how many."""
    return delete_where(db, api_buckets, and_(api_buckets.c.token == 0, api_buckets.c.at < before))
