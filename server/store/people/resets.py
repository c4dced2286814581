"""A person's way in, opened anew by two keepers: one asks, another confirms; called by the people page.

One keeper alone could give himself an editor's account that way, and so a second voice. The link of somebody who
never had a password is made here too, under the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from server.core import policy
from server.core.policy import Person
from server.store import tables
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.people import one_time_links, people

LASTS = timedelta(days=1)
_TABLE = tables.resets


class HasPassword(StoreRefusal):
    """A link for somebody new is asked for, and he is not."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Who has asked for it, and when."""

    person: int
    asked_by: str
    asked: datetime


def asked(db: Database, person: int, now: datetime) -> Reset | None:
    """What waits for a second keeper; None where nothing does, or not any more."""
    with db.read() as conn:
        return _asked(conn, person, now)


def _asked(conn: Connection, person: int, now: datetime) -> Reset | None:
    row = conn.execute(select(_TABLE).where(_TABLE.c.person == person, _TABLE.c.asked > now - LASTS)).one_or_none()
    return None if row is None else Reset(**row._asdict())


def invite(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> str:
    """The token of a link for somebody who has no password yet.

    Whoever holds the link is the person: so it is made by who might reset him. Raises NotAllowed, NotFound and
    HasPassword.
    """
    with db.write() as conn:
        person = _allowed(conn, username, by)
        table = tables.people
        if conn.execute(select(table.c.password).where(table.c.id == person.id)).scalar_one() is not None:
            raise HasPassword("Người này đã có mật khẩu")
        _record(conn, "person.link", person, by, now, address)
    return one_time_links.make(
        db, "invite", person=person.id, by=by.username, now=now, lasts=one_time_links.INVITE_LASTS
    )


def ask(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> None:
    """The first keeper. Raises NotAllowed, NotFound."""
    with db.write() as conn:
        person = _allowed(conn, username, by)
        conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id))
        conn.execute(insert(_TABLE).values(person=person.id, asked_by=by.username, asked=now))
        _record(conn, "person.reset_ask", person, by, now, address)


def cancel(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> None:
    """Take it back. Raises NotAllowed, NotFound."""
    with db.write() as conn:
        person = _allowed(conn, username, by)
        conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id))
        _record(conn, "person.reset_cancel", person, by, now, address)


def confirm(db: Database, username: str, *, by: Person, now: datetime, address: str = "") -> str:
    """The second keeper: password, codes, passkeys and sign-ins are gone; gives back the token of a new link.

    Raises NotAllowed, also of the keeper who has asked himself, StoreRefusal where nobody has asked.
    """
    with db.write() as conn:
        person = _allowed(conn, username, by)
        waiting = _asked(conn, person.id, now)
        if waiting is None:
            raise StoreRefusal("Chưa có ai đề nghị đặt lại, hoặc đề nghị đã quá một ngày")
        if waiting.asked_by == by.username:
            raise people.NotAllowed("Cần một người quản trị khác xác nhận")
        conn.execute(delete(_TABLE).where(_TABLE.c.person == person.id))
        conn.execute(delete(tables.passkeys).where(tables.passkeys.c.person == person.id))
        gone = {"password": None, "tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None}
        conn.execute(update(tables.people).where(tables.people.c.id == person.id).values(gone))
        people.end_sign_ins(conn, person.id, now)
        _record(conn, "person.reset", person, by, now, address)
    return one_time_links.make(
        db, "reset", person=person.id, by=by.username, now=now, lasts=one_time_links.RESET_LASTS
    )


def _allowed(conn: Connection, username: str, by: Person) -> Person:
    """The person, where ``by`` looks after all areas that he holds anything in."""
    person, giver = people.in_(conn, username), people.in_(conn, by.username)
    areas = people.tree(conn)
    wanted: tuple[str | None, ...] = tuple(one.area for one in person.grants) or (None,)
    mine = all(policy.may(giver.grants, "person.manage", area, areas) for area in wanted)
    if giver.id == person.id or not giver.active or not mine:
        raise people.NotAllowed("Bạn không quản trị mọi đơn vị của người này")
    return person


def _record(conn: Connection, act: str, person: Person, by: Person, now: datetime, address: str) -> None:
    audit.record(
        conn,
        actor=by.username,
        act=act,
        subject=f"person/{person.username}",
        before=None,
        after=people.said(person),
        now=now,
        address=address,
    )
