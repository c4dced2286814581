"""Who is signed in where: begun, seen, ended; called by the desk, and by the hub for the desk's open sockets."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from server.core.policy import Person
from server.store import tables
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.people import people
from server.store.tables import columns_of

_TABLE = tables.sign_ins
SEEN_EVERY = timedelta(minutes=1)
# Nobody stays signed in for longer than a working day, nor after some hours without a sign of life.
LONGEST = timedelta(hours=16)
IDLE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser of one person; ``factor_at`` is when it last showed a second factor."""

    id: str
    person: int
    began: datetime
    seen: datetime
    address: str
    agent: str
    factor_at: datetime | None = None


def begin(db: Database, person: int, *, address: str, agent: str, now: datetime, factor: bool) -> SignIn:
    """A new one; ``factor`` where a second factor was shown at the door."""
    made = SignIn(secrets.token_hex(16), person, now, now, address, agent[:200], now if factor else None)
    with db.write() as conn:
        values = {name: getattr(made, name) for name in SignIn.__slots__}
        conn.execute(insert(_TABLE).values(values))
    return made


def alive(db: Database, id: str, now: datetime) -> SignIn | None:
    """The sign-in, None where it has ended, is too old or never was; seen, at most once a minute."""
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


def person_of(db: Database, id: str, now: datetime) -> Person | None:
    """Whose sign-in it is; None where it is not alive or its person is suspended. Two short reads by key."""
    found = alive(db, id, now)
    if found is None:
        return None
    try:
        person = people.by_id(db, found.person)
    except NotFound:
        return None
    return person if person.active else None


def ended(db: Database, ids: Collection[str]) -> frozenset[str]:
    """Those of ``ids`` that are over: the hub asks each second for the sockets it holds, and cuts them."""
    if not ids:
        return frozenset()
    living = select(_TABLE.c.id).where(_TABLE.c.id.in_(ids), _TABLE.c.ended.is_(None))
    with db.read() as conn:
        return frozenset(ids) - frozenset(conn.execute(living).scalars())


def of(db: Database, person: int, now: datetime) -> tuple[SignIn, ...]:
    """A person's living ones, the last seen first."""
    wanted = select(*columns_of(_TABLE, SignIn)).where(
        _TABLE.c.person == person,
        _TABLE.c.ended.is_(None),
        _TABLE.c.seen > now - IDLE,
        _TABLE.c.began > now - LONGEST,
    )
    with db.read() as conn:
        return tuple(SignIn(**row._asdict()) for row in conn.execute(wanted.order_by(_TABLE.c.seen.desc())))


def end(db: Database, id: str, *, person: int, now: datetime) -> None:
    """End one of this person's; another's, or one that is over, is left as it is."""
    with db.write() as conn:
        wanted = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.person == person, _TABLE.c.ended.is_(None))
        conn.execute(wanted.values(ended=now))


def end_others(db: Database, person: int, *, but: str, now: datetime) -> None:
    """End all of a person's but one."""
    with db.write() as conn:
        people.end_sign_ins(conn, person, now, but=but)


def showed_factor(db: Database, id: str, now: datetime) -> None:
    """Remember that a second factor was shown just now."""
    with db.write() as conn:
        conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(factor_at=now))
