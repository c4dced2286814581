"""Sign-ins of people: begun, in use, ended; called by the desk, and by people and accounts to end them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from server.store import tables
from server.store.database.engine import Database
from server.store.tables import columns_of, values_of

_TABLE = tables.sign_ins
SEEN_EVERY = timedelta(minutes=1)
# A sign-in ends after a working day, or after these hours without a request.
LONGEST = timedelta(hours=16)
IDLE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person signed in with one browser; ``factor_at`` is when a second factor was last verified."""

    id: str
    person: int
    began: datetime
    seen: datetime
    address: str
    agent: str
    factor_at: datetime | None = None


def begin(db: Database, person: int, *, address: str, agent: str, now: datetime, factor: bool) -> SignIn:
    """Start a sign-in with a random id; ``factor``: a second factor was verified at login."""
    made = SignIn(secrets.token_hex(16), person, now, now, address, agent[:200], now if factor else None)
    with db.write() as conn:
        conn.execute(insert(_TABLE).values(values_of(made)))
    return made


def alive(db: Database, id: str, now: datetime) -> SignIn | None:
    """The sign-in, or None if it has ended, expired or never existed; updates ``seen`` at most once a minute."""
    wanted = select(*columns_of(_TABLE, SignIn)).where(_TABLE.c.id == id, _TABLE.c.ended.is_(None))
    with db.read() as conn:
        row = conn.execute(wanted).one_or_none()
    if row is None:
        return None
    found = SignIn(**row._asdict())
    if now - found.began > LONGEST or now - found.seen > IDLE:
        return None
    if now - found.seen > SEEN_EVERY:
        with db.write() as conn:
            conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(seen=now))
    return found


def of(db: Database, person: int, now: datetime) -> tuple[SignIn, ...]:
    """A person's active sign-ins, the most recently used first."""
    wanted = select(*columns_of(_TABLE, SignIn)).where(
        _TABLE.c.person == person,
        _TABLE.c.ended.is_(None),
        _TABLE.c.seen > now - IDLE,
        _TABLE.c.began > now - LONGEST,
    )
    with db.read() as conn:
        return tuple(SignIn(**row._asdict()) for row in conn.execute(wanted.order_by(_TABLE.c.seen.desc())))


def end(db: Database, id: str, *, person: int, now: datetime) -> None:
    """End a sign-in of this person; no effect on another person's or one that has ended."""
    with db.write() as conn:
        wanted = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.person == person, _TABLE.c.ended.is_(None))
        conn.execute(wanted.values(ended=now))


def end_others(db: Database, person: int, *, but: str, now: datetime) -> None:
    """End all sign-ins of a person except ``but``."""
    with db.write() as conn:
        end_all(conn, person, now, but=but)


def end_all(conn: Connection, person: int, now: datetime, *, but: str = "") -> None:
    """End every sign-in of a person except ``but``, in the caller's transaction.

    Sockets opened under an ended sign-in are disconnected by server.live.screens.wall at its next check.
    """
    ending = update(_TABLE).where(_TABLE.c.person == person, _TABLE.c.ended.is_(None), _TABLE.c.id != but)
    conn.execute(ending.values(ended=now))


def showed_factor(db: Database, id: str, now: datetime) -> None:
    """Store that a second factor was verified at ``now``."""
    with db.write() as conn:
        conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(factor_at=now))
