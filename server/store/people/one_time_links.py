"""Links that can be used once: to create the first keeper's account, or to set a password.

A password is set after an invitation or a reset. Called by desk, cli, setup and store. Only a digest of the token is
stored, so that nobody can log in with a copy of the store.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.tables import columns_of, links

Purpose = Literal["first", "invite", "reset"]
FIRST_LASTS = timedelta(minutes=30)
INVITE_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=2)


class LinkSpent(StoreRefusal):
    """The one-time link was used already, or has expired."""


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, valid until ``until``. ``digest`` is the digest of its token.

    ``person`` is the id of an account, None for the first keeper, who has no account yet. ``made_by`` is the actor.
    """

    digest: str
    purpose: Purpose
    person: int | None
    made_by: str
    until: datetime


def digest(token: str) -> str:
    """The SHA-256 of ``token`` in hex, which is stored in place of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(db: Database, purpose: Purpose, *, person: int | None, by: str, now: datetime, lasts: timedelta) -> str:
    """Make a link that is valid for ``lasts``; returns its token, of which only the digest is stored.

    ``by`` is the actor. Earlier links of ``person`` become invalid, whatever their purpose.
    """
    with db.write() as conn:
        return add(conn, purpose, person=person, by=by, now=now, lasts=lasts)


def add(conn: Connection, purpose: Purpose, *, person: int | None, by: str, now: datetime, lasts: timedelta) -> str:
    """Make a link as `make` does, in the caller's transaction; returns its token."""
    token = secrets.token_urlsafe(24)
    void(conn, person, now)
    conn.execute(
        insert(links).values(
            digest=digest(token), purpose=purpose, person=person, made_by=by, made=now, until=now + lasts
        )
    )
    return token


def find(db: Database, token: str, now: datetime) -> Link | None:
    """The link with this token; None if it is unknown, used or expired."""
    wanted = select(*columns_of(links, Link)).where(
        links.c.digest == digest(token), links.c.used.is_(None), links.c.until > now
    )
    with db.read() as conn:
        row = conn.execute(wanted).one_or_none()
        return None if row is None else as_value(Link, row)


def void(conn: Connection, person: int | None, now: datetime) -> None:
    """Make every unused link of a person invalid, in the caller's transaction.

    ``person`` None stands for the first keeper.
    """
    mine = links.c.person.is_(None) if person is None else links.c.person == person
    conn.execute(update(links).where(mine, links.c.used.is_(None)).values(used=now))


def take(conn: Connection, token: str, now: datetime) -> bool:
    """Mark the link with this token as used, in the caller's transaction; False if it is not valid any more.

    Of two concurrent calls, one returns True. If the transaction is rolled back, the link stays valid.
    """
    taking = update(links).where(links.c.digest == digest(token), links.c.used.is_(None), links.c.until > now)
    return conn.execute(taking.values(used=now).returning(links.c.digest)).one_or_none() is not None
