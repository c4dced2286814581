"""One-time links for the first keeper, invitations and resets; called by the desk and the command line.

Only a digest of the token is stored, so that nobody can log in with a copy of the store.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.tables import columns_of, links

Purpose = Literal["first", "invite", "reset"]
FIRST_LASTS = timedelta(minutes=30)
INVITE_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=2)


class LinkSpent(StoreRefusal):
    """The link was used meanwhile, or has expired."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is valid until ``until``; ``person`` is None for the first keeper, who has no account yet."""

    digest: str
    purpose: Purpose
    person: int | None
    made_by: str
    until: datetime


def digest(token: str) -> str:
    """The SHA-256 of a token in hex, as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(db: Database, purpose: Purpose, *, person: int | None, by: str, now: datetime, lasts: timedelta) -> str:
    """A new token, which cannot be read again; earlier links of this person and purpose become invalid."""
    token = secrets.token_urlsafe(24)
    with db.write() as conn:
        same = links.c.person.is_(None) if person is None else links.c.person == person
        conn.execute(update(links).where(same, links.c.purpose == purpose, links.c.used.is_(None)).values(used=now))
        conn.execute(
            insert(links).values(
                digest=digest(token), purpose=purpose, person=person, made_by=by, made=now, until=now + lasts
            )
        )
    return token


def find(db: Database, token: str, now: datetime) -> Link | None:
    """The link of a token; None if unknown, used or expired."""
    wanted = select(*columns_of(links, Link)).where(
        links.c.digest == digest(token), links.c.used.is_(None), links.c.until > now
    )
    with db.read() as conn:
        row = conn.execute(wanted).one_or_none()
        return None if row is None else Link(**row._asdict())


def use(db: Database, token: str, now: datetime) -> bool:
    """Use the link of ``token``; True exactly once, while it is valid."""
    with db.write() as conn:
        return take(conn, token, now)


def take(conn: Connection, token: str, now: datetime) -> bool:
    """As ``use``, in the caller's transaction: if that is rolled back, the link stays valid."""
    taking = update(links).where(links.c.digest == digest(token), links.c.used.is_(None), links.c.until > now)
    return conn.execute(taking.values(used=now).returning(links.c.digest)).one_or_none() is not None
