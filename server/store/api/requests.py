"""Stores API requests that have an Idempotency-Key, and their answers; called by desk.api and worker.retention.

A program that got no answer sends its request again with the same key. It then gets the stored answer, and nothing is
done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update

from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import api_requests, columns_of

ABANDONED = timedelta(minutes=2)
"""A request that has run longer than this was cut off, for instance because the desk was killed."""


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request with the Idempotency-Key ``key``; ``digest`` is a hash of its method, path and body.

    ``status`` (the HTTP status), ``type`` (the content type) and ``body`` are those of the answer; ``status`` is None
    while the request runs.
    """

    token: int
    key: str
    digest: str
    began: datetime
    status: int | None = None
    type: str = ""
    body: bytes | None = None


_ALL = select(*columns_of(api_requests, KeptRequest))


def begin(db: Database, token: int, key: str, digest: str, now: datetime) -> KeptRequest | None:
    """Store that a request of a token begins; ``digest`` is a hash of its method, path and body.

    Returns None if the request may run, else the earlier request of this token with the same key. A request that was
    cut off (`ABANDONED`) may run again, if ``digest`` is the same.
    """
    with db.write() as conn:
        if insert_new(conn, api_requests, {"token": token, "key": key, "digest": digest, "began": now}):
            return None
        stale = and_(api_requests.c.status.is_(None), api_requests.c.began < now - ABANDONED)
        again = update(api_requests).where(_of(token, key), stale, api_requests.c.digest == digest)
        if conn.execute(again.values(began=now)).rowcount:
            return None
        return as_value(KeptRequest, conn.execute(_ALL.where(_of(token, key))).one())


def end(db: Database, token: int, key: str, *, status: int, type: str, body: bytes) -> None:
    """Store the answer to a request for which `begin` returned None."""
    with db.write() as conn:
        conn.execute(update(api_requests).where(_of(token, key)).values(status=status, type=type, body=body))


def drop(db: Database, token: int, key: str) -> None:
    """Delete a request without an answer, because the server failed to handle it; so it may be sent again."""
    with db.write() as conn:
        conn.execute(delete(api_requests).where(_of(token, key), api_requests.c.status.is_(None)))


def forget(db: Database, *, before: datetime) -> int:
    """Delete requests that began before ``before``; returns how many."""
    return delete_where(db, api_requests, api_requests.c.began < before)


def _of(token: int, key: str) -> ColumnElement[bool]:
    return and_(api_requests.c.token == token, api_requests.c.key == key)
