"""Stores people and the rights granted to them; called by most packages of server.

Rights come only from the table ``grants`` and server.core.policy. Every change is one transaction with its audit
record. Login data is in server.store.people.accounts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from server.core.policy import Grant, Person, may, may_grant
from server.store import tables
from server.store.database import references
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.locks import advisory_lock
from server.store.people import account_rules, one_time_links, rows, sign_ins

_PEOPLE, _GRANTS = tables.people, tables.grants


class NotAllowed(StoreRefusal):
    """The actor does not have the right for the change; ``str()`` is a Vietnamese sentence."""


def all(db: Database) -> tuple[Person, ...]:
    """Return every person, suspended ones included, ordered by name."""
    with db.read() as conn:
        return rows.everyone(conn)


def get(db: Database, username: str) -> Person:
    """The person with this username. Raises NotFound."""
    with db.read() as conn:
        return rows.by_username(conn, username)


def by_id(db: Database, id: int) -> Person:
    """The person with this id. Raises NotFound."""
    with db.read() as conn:
        return rows.by_id(conn, id)


def anybody(db: Database) -> bool:
    """Whether there is at least one account; False in a new store."""
    with db.read() as conn:
        return conn.execute(select(_PEOPLE.c.id).limit(1)).one_or_none() is not None


def add(
    db: Database,
    *,
    username: str,
    name: str,
    email: str,
    actor: str,
    now: datetime,
    password: str | None = None,
    address: str = "",
) -> Person:
    """Add an account without rights; ``password`` is a hash, None if the person will set one by a one-time link.

    ``address`` is the IP address of the request, for the audit; "" if there is none. Raises StoreRefusal if another
    account has the username or the e-mail address; Unfit, a StoreRefusal, if a value breaks the rules of
    account_rules.
    """
    with db.write() as conn:
        advisory_lock(conn, "people")
        return _add(conn, username, name, email, password, actor, now, address)


def _add(
    conn: Connection,
    username: str,
    name: str,
    email: str,
    password: str | None,
    actor: str,
    now: datetime,
    address: str,
) -> Person:
    _refuse_taken(conn, username, email)
    account_rules.check(username, name, email)
    made = conn.execute(
        insert(_PEOPLE)
        .values(
            username=username,
            name=name,
            email=email,
            password=password,
            active=True,
            made=now,
            made_by=actor,
            fs_uniquifier=secrets.token_hex(16),
            fs_webauthn_user_handle=secrets.token_hex(16),
        )
        .returning(_PEOPLE.c.id)
    )
    person = rows.by_id(conn, made.scalar_one())
    rows.record(conn, "person.add", None, person, actor, now, address)
    return person


def _refuse_taken(conn: Connection, username: str, email: str) -> None:
    for column, value, words in (
        (_PEOPLE.c.username, username, "Tên đăng nhập"),
        (_PEOPLE.c.email, email, "Địa chỉ thư"),
    ):
        if conn.execute(select(_PEOPLE.c.id).where(func.lower(column) == value.lower())).first():
            raise StoreRefusal(f"{words} {value} đã có người dùng")


def first_keeper(
    db: Database, token: str, *, username: str, name: str, email: str, password: str, now: datetime
) -> Person:
    """Use the one-time link ``token`` and make the first account, in one transaction.

    It gets the role keeper in every area without a parent. Raises LinkSpent if the link was used or has expired,
    StoreRefusal if any account exists already or a value breaks the rules of account_rules.
    """
    with db.write() as conn:
        advisory_lock(conn, "people")
        if not one_time_links.take(conn, token, now):
            raise one_time_links.LinkSpent("Liên kết này vừa được dùng rồi")
        if conn.execute(select(_PEOPLE.c.id).limit(1)).first():
            raise StoreRefusal("Đã có người quản trị, liên kết này không còn dùng được")
        made = _add(conn, username, name, email, password, username, now, "")
        areas = tables.areas
        roots = conn.execute(select(areas.c.slug).where(areas.c.parent.is_(None), rows.areas_in_use())).scalars()
        return _set_grants(conn, made, tuple(Grant("keeper", slug) for slug in roots), username, now, "")


def grant(
    db: Database, username: str, given: Grant, *, by: Person | None, actor: str, now: datetime, address: str = ""
) -> Person:
    """Give a person a role in an area.

    ``by`` is the keeper who gives it; None stands for a user of the server machine, who may give every role on the
    command line. Raises NotFound; NotAllowed if ``by`` may not give this role; ValueError for an unknown area.
    """
    return _change_grants(db, username, given, True, by, actor, now, address)


def revoke(
    db: Database, username: str, given: Grant, *, by: Person | None, actor: str, now: datetime, address: str = ""
) -> Person:
    """Revoke a person's role in an area; no effect if the person does not have it. Raises as ``grant`` does."""
    return _change_grants(db, username, given, False, by, actor, now, address)


def _change_grants(
    db: Database,
    username: str,
    given: Grant,
    giving: bool,
    by: Person | None,
    actor: str,
    now: datetime,
    address: str,
) -> Person:
    with db.write() as conn:
        # All grants are read, changed and written. Without the lock, a grant that another transaction revokes
        # meanwhile would be written again.
        advisory_lock(conn, "people")
        references.check_areas(conn, [given.area])
        person = rows.by_username(conn, username)
        if by is not None:
            _check_giver(conn, by, person, given)
        others = tuple(one for one in person.grants if one != given)
        return _set_grants(conn, person, (*others, given) if giving else others, actor, now, address)


def _check_giver(conn: Connection, by: Person, person: Person, given: Grant | None) -> None:
    # Read again, because the rights that the page loaded may be out of date.
    giver = rows.by_id(conn, by.id)
    if giver.id == person.id:
        raise NotAllowed("Không ai tự sửa quyền của mình; hãy nhờ một người quản trị khác")
    tree = rows.area_tree(conn)
    allowed = (
        may(giver.grants, "person.manage", None, tree)
        if given is None
        else may_grant(giver.username, giver.grants, person.username, given, tree)
    )
    if not giver.active or not allowed:
        raise NotAllowed("Bạn không quản trị đơn vị này")


def _set_grants(
    conn: Connection, person: Person, wanted: Iterable[Grant], actor: str, now: datetime, address: str
) -> Person:
    after = replace(person, grants=tuple(sorted(set(wanted), key=lambda one: (one.area, one.role))))
    if set(after.grants) == set(person.grants):
        return person
    conn.execute(delete(_GRANTS).where(_GRANTS.c.person == person.id))
    for one in after.grants:
        conn.execute(insert(_GRANTS).values(person=person.id, role=one.role, area=one.area))
    act = "person.grant" if len(after.grants) > len(person.grants) else "person.revoke"
    rows.record(conn, act, person, after, actor, now, address)
    return after


def suspend(
    db: Database,
    username: str,
    *,
    active: bool,
    actor: str,
    now: datetime,
    by: Person | None = None,
    address: str = "",
) -> Person:
    """Suspend an account (``active`` False) or reactivate it; suspending ends its sign-ins in the same transaction.

    ``by`` None stands for a user of the server machine, on the command line. Raises NotFound; NotAllowed if ``by``
    is the person, or does not manage every area in which the person has a role.
    """
    with db.write() as conn:
        # Two keepers may suspend each other at the same time: the lock makes the second call see that its keeper is
        # suspended.
        advisory_lock(conn, "people")
        person = rows.by_username(conn, username)
        if by is not None:
            for one in person.grants or (None,):
                _check_giver(conn, by, person, one)
        after = replace(person, active=active)
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(active=active))
        if not active:
            sign_ins.end_all(conn, person.id, now)
        rows.record(conn, "person.open" if active else "person.suspend", person, after, actor, now, address)
        return after
