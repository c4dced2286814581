"""Resets a person's login if one keeper requests it and another one confirms it; called by server.desk.people.

The second keeper is required because one keeper alone could use a reset to take over an editor's account. The module
also makes the invitation link of a person who has no password yet, which needs the same rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from server.core import policy
from server.core.policy import Person
from server.store import tables
from server.store.audit import audit
from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.people import one_time_links, rows, sign_ins
from server.store.people.people import NotAllowed

LASTS = timedelta(days=1)
_TABLE = tables.resets


class HasPassword(StoreRefusal):
    """The person already has a password, so no invitation link can be made."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset that waits for a second keeper. ``person`` is an id, ``asked_by`` the username of the first keeper."""

    person: int
    asked_by: str
    asked: datetime


def asked(db: Database, person: int, now: datetime) -> Reset | None:
    """The person's reset that waits for a second keeper; None if there is none or it has expired."""
    with db.read() as conn:
        return _asked(conn, person, now)


def _asked(conn: Connection, person: int, now: datetime) -> Reset | None:
    row = conn.execute(select(_TABLE).where(_TABLE.c.person == person, _TABLE.c.asked > now - LASTS)).one_or_none()
    return None if row is None else as_value(Reset, row)


def invite(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> str:
    """Make an invitation link for a person who has no password yet; returns its token.

    Whoever has the link controls the account, so making it needs the same rights as a reset. Raises NotFound;
    NotAllowed if ``by`` is the person or does not manage every area in which the person has a role; HasPassword.
    """
    with db.write() as conn:
        person = _allowed(conn, username, by)
        table = tables.people
        if conn.execute(select(table.c.password).where(table.c.id == person.id)).scalar_one() is not None:
            raise HasPassword("Người này đã có mật khẩu")
        _record(conn, "person.link", person, by, now, address)
        return one_time_links.add(
            conn, "invite", person=person.id, by=by.username, now=now, lasts=one_time_links.INVITE_LASTS
        )


def ask(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> None:
    """Request a reset, as the first keeper; replaces an earlier request. Raises NotFound, NotAllowed as `invite`."""
    with db.write() as conn:
        person = _allowed(conn, username, by)
        conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id))
        conn.execute(insert(_TABLE).values(person=person.id, asked_by=by.username, asked=now))
        _record(conn, "person.reset_ask", person, by, now, address)


def cancel(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> None:
    """Withdraw a requested reset, if there is one. Raises NotFound, NotAllowed as `invite`."""
    with db.write() as conn:
        person = _allowed(conn, username, by)
        if conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id)).rowcount:
            _record(conn, "person.reset_cancel", person, by, now, address)


def confirm(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> str:
    """Confirm a reset, as the second keeper; returns the token of a link with which the person sets a new password.

    Deletes password, TOTP secret, recovery codes and passkeys, and ends all sign-ins. Raises NotFound; NotAllowed as
    `invite`, and if ``by`` requested the reset; StoreRefusal if there is no request.
    """
    with db.write() as conn:
        person = _allowed(conn, username, by)
        waiting = _asked(conn, person.id, now)
        if waiting is None:
            raise StoreRefusal("Chưa có ai đề nghị đặt lại, hoặc đề nghị đã quá một ngày")
        if waiting.asked_by == by.username:
            raise NotAllowed("Cần một người quản trị khác xác nhận")
        conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id))
        conn.execute(delete(tables.passkeys).where(tables.passkeys.c.person == person.id))
        cleared = {"password": None, "tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None}
        conn.execute(update(tables.people).where(tables.people.c.id == person.id).values(cleared))
        sign_ins.end_all(conn, person.id, now)
        _record(conn, "person.reset", person, by, now, address)
        return one_time_links.add(
            conn, "reset", person=person.id, by=by.username, now=now, lasts=one_time_links.RESET_LASTS
        )


def _allowed(conn: Connection, username: str, by: Person) -> Person:
    """The person with this username, if ``by`` manages every area in which that person has a role.

    Raises NotFound; NotAllowed otherwise, also if ``by`` is that person.
    """
    person, giver = rows.by_username(conn, username), rows.by_username(conn, by.username)
    tree = rows.area_tree(conn)
    wanted: tuple[str | None, ...] = tuple(one.area for one in person.grants) or (None,)
    manages = all(policy.may(giver.grants, "person.manage", area, tree) for area in wanted)
    if giver.id == person.id or not giver.active or not manages:
        raise NotAllowed("Bạn không quản trị mọi đơn vị của người này")
    return person


def _record(conn: Connection, act: str, person: Person, by: Person, now: datetime, address: str) -> None:
    audit.record(
        conn,
        actor=by.username,
        act=act,
        subject=f"person/{person.username}",
        before=None,
        after=rows.audited(person),
        now=now,
        address=address,
    )
