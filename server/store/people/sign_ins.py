"""Begins, checks, lists and ends sign-ins of people; called by desk, live.screens.wall and store.people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select, update

from server.store import tables
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.people.sign_in_ages import SignInAges
from server.store.tables import columns_of, values_of

log = structlog.get_logger("people")
_TABLE = tables.sign_ins
SEEN_EVERY = timedelta(minutes=1)
# A sign-in ends this long after it began, or this long after its last request.
LONGEST = timedelta(hours=16)
IDLE = timedelta(hours=8)
# How far in the future a stored time may lie, because the clocks of two servers differ a little. A later time was
# written while a clock was ahead; if it were accepted, the sign-in would last longer by that difference.
AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in of a person (``person`` is an id) in one browser.

    ``seen`` is when it was last used; it is stored at most once a minute, so it may be a minute old. ``address`` is
    the IP address and ``agent`` the User-Agent header at login. ``factor_at`` is when a second factor was last
    verified, None if never.
    """

    id: str
    person: int
    began: datetime
    seen: datetime
    address: str
    agent: str
    factor_at: datetime | None = None


def begin(db: Database, person: int, *, address: str, agent: str, now: datetime, factor: bool) -> SignIn:
    """Begin a sign-in with a random id; ``factor`` says whether a second factor was verified at login."""
    made = SignIn(secrets.token_hex(16), person, now, now, address, agent[:200], now if factor else None)
    with db.write() as conn:
        conn.execute(insert(_TABLE).values(values_of(made)))
    return made


def alive(
    db: Database, id: str, now: datetime, ages: SignInAges | None = None, *, touch: bool = True
) -> SignIn | None:
    """The sign-in with this id; None if it has ended, expired, began in the future or never existed.

    If ``ages`` knows the sign-in, its age is measured by the monotonic clock, because the system's clock may have
    been set. Updates ``seen`` at most once a minute; if the store is busy or cannot be written, that is only logged.
    ``touch`` is False for requests that a page makes by itself: they do not count as use of the sign-in.
    """
    found = _stored(db, id)
    if found is None or not _in_time(found, now, ages):
        return None
    if not touch:
        return found
    if ages is not None:
        ages.used(id, (now - found.began).total_seconds())
    if abs(now - found.seen) > SEEN_EVERY:
        try:
            with db.write_if_free() as conn:
                conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(seen=now))
        except StoreError as error:
            log.warning("sign-in not marked as seen", error=str(error))
    return found


def looked_at(db: Database, id: str, now: datetime, ages: SignInAges) -> SignIn | None:
    """Like `alive`, but for a page that stays open: the sign-in does not count as used.

    ``ages`` must belong to a process in which sign-ins are not used.
    """
    found = _stored(db, id)
    if found is None or (ages.of(id) is None and not _in_time(found, now, None)):
        return None
    ages.looked_at(id, found.seen, (now - found.began).total_seconds(), (now - found.seen).total_seconds())
    return found if _in_time(found, now, ages) else None


def _stored(db: Database, id: str) -> SignIn | None:
    """The sign-in with this id, which may have expired; None if it has ended or never existed."""
    wanted = select(*columns_of(_TABLE, SignIn)).where(_TABLE.c.id == id, _TABLE.c.ended.is_(None))
    with db.read() as conn:
        row = conn.execute(wanted).one_or_none()
    return as_value(SignIn, row) if row is not None else None


def _in_time(found: SignIn, now: datetime, ages: SignInAges | None) -> bool:
    known = ages.of(found.id) if ages is not None else None
    if known is not None:
        age, idle = known
        return age <= LONGEST.total_seconds() and idle <= IDLE.total_seconds()
    return -AHEAD <= now - found.began <= LONGEST and -AHEAD <= now - found.seen <= IDLE


def of(db: Database, person: int, now: datetime) -> tuple[SignIn, ...]:
    """The sign-ins of a person (an id) that have not ended or expired, the most recently used first."""
    wanted = select(*columns_of(_TABLE, SignIn)).where(
        _TABLE.c.person == person,
        _TABLE.c.ended.is_(None),
        _TABLE.c.seen > now - IDLE,
        _TABLE.c.began > now - LONGEST,
        _TABLE.c.seen <= now + AHEAD,
        _TABLE.c.began <= now + AHEAD,
    )
    with db.read() as conn:
        return as_values(SignIn, conn.execute(wanted.order_by(_TABLE.c.seen.desc())))


def end(db: Database, id: str, *, person: int, now: datetime) -> None:
    """End the sign-in ``id`` if it belongs to ``person``; no effect if it does not, or has ended."""
    with db.write() as conn:
        wanted = update(_TABLE).where(_TABLE.c.id == id, _TABLE.c.person == person, _TABLE.c.ended.is_(None))
        conn.execute(wanted.values(ended=now))


def end_others(db: Database, person: int, *, but: str, now: datetime) -> None:
    """End all sign-ins of a person except the one with the id ``but``."""
    with db.write() as conn:
        end_all(conn, person, now, but=but)


def end_all(conn: Connection, person: int, now: datetime, *, but: str = "") -> None:
    """End every sign-in of a person except the one with the id ``but``, in the caller's transaction.

    Sockets opened under an ended sign-in are disconnected by server.live.screens.wall at its next check.
    """
    ending = update(_TABLE).where(_TABLE.c.person == person, _TABLE.c.ended.is_(None), _TABLE.c.id != but)
    conn.execute(ending.values(ended=now))


def showed_factor(db: Database, id: str, now: datetime) -> None:
    """Store that the person has shown a second factor at ``now`` in the sign-in with this id."""
    with db.write() as conn:
        conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(factor_at=now))
