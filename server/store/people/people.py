"""People and what they may do: the one place that knows accounts; called by desk, sockets and command line.

Rights come from ``grants`` and server.core.policy alone. Every change is one transaction with its audit row, in which
no secret ever stands: of a password only that it was changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from server.core.areas import AreaTree
from server.core.model import Area
from server.core.policy import Grant, Person, may, may_grant
from server.store import tables
from server.store.audit import audit
from server.store.database import references
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import alone
from server.store.people import one_time_links
from server.store.tables import columns_of

_PEOPLE, _GRANTS = tables.people, tables.grants
_PLAIN = ("id", "username", "name", "email", "active", "language")
_KEYS = tables.passkeys
_FACTOR = or_(
    and_(_PEOPLE.c.tf_primary_method.is_not(None), _PEOPLE.c.tf_totp_secret.is_not(None)),
    exists().where(_KEYS.c.person == _PEOPLE.c.id),
)
_SHOWN = select(*(_PEOPLE.c[name] for name in _PLAIN), _FACTOR.label("second_factor"))
# Columns of an account that are secret, and what the audit calls a change of each.
_SECRET = {
    "password": "person.password",
    "tf_totp_secret": "person.second_factor",
    "mf_recovery_codes": "person.recovery_codes",
}


class NotAllowed(StoreRefusal):
    """The actor has not the right; ``str()`` is a Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the audit keeps of a person: all but the secrets."""

    username: str
    name: str
    email: str
    active: bool
    grants: tuple[Grant, ...]


def said(person: Person) -> _Said:
    """What the audit keeps of a person."""
    return _Said(person.username, person.name, person.email, person.active, person.grants)


# reading


def all(db: Database) -> tuple[Person, ...]:
    """Everybody, by name, the suspended too."""
    with db.read() as conn:
        held: dict[int, list[Grant]] = {}
        for row in conn.execute(select(_GRANTS).order_by(_GRANTS.c.area, _GRANTS.c.role)):
            held.setdefault(row.person, []).append(Grant(row.role, row.area))
        rows = conn.execute(_SHOWN.order_by(_PEOPLE.c.name))
        return tuple(_person(row, held.get(row.id, ())) for row in rows)


def get(db: Database, username: str) -> Person:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, _PEOPLE.c.username == username, username)


def by_id(db: Database, id: int) -> Person:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, _PEOPLE.c.id == id, str(id))


def anybody(db: Database) -> bool:
    """False in a store that nobody has an account in yet."""
    with db.read() as conn:
        return conn.execute(select(_PEOPLE.c.id).limit(1)).one_or_none() is not None


def _one(conn: Connection, condition: Any, named: str) -> Person:
    row = conn.execute(_SHOWN.where(condition)).one_or_none()
    if row is None:
        raise NotFound(f"Không có người dùng {named}")
    listed = select(_GRANTS).where(_GRANTS.c.person == row.id).order_by(_GRANTS.c.area, _GRANTS.c.role)
    return _person(row, (Grant(one.role, one.area) for one in conn.execute(listed)))


def in_(conn: Connection, username: str) -> Person:
    """As ``get``, inside a transaction."""
    return _one(conn, _PEOPLE.c.username == username, username)


def _person(row: Any, grants: Iterable[Grant]) -> Person:
    values = row._asdict()
    return Person(**{**values, "second_factor": bool(values["second_factor"])}, grants=tuple(grants))


# changing


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
    """A new account without rights; ``password`` is a hash, None until its first link is used.

    Raises StoreRefusal where the username or the e-mail address is somebody's already.
    """
    with db.write() as conn:
        alone(conn, "people")
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
    person = _one(conn, _PEOPLE.c.id == made.scalar_one(), username)
    _record(conn, "person.add", None, person, actor, now, address)
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
    """The first account of a store, keeper of every root, by the link of ``token``: all in one transaction.

    Raises LinkSpent where that was used meanwhile, StoreRefusal where there is somebody already.
    """
    with db.write() as conn:
        alone(conn, "people")
        if not one_time_links.take(conn, token, now):
            raise one_time_links.LinkSpent("Liên kết này vừa được dùng rồi")
        if conn.execute(select(_PEOPLE.c.id).limit(1)).first():
            raise StoreRefusal("Đã có người quản trị, liên kết này không còn dùng được")
        made = _add(conn, username, name, email, password, username, now, "")
        roots = conn.execute(select(tables.areas.c.slug).where(tables.areas.c.parent.is_(None), _in_use())).scalars()
        return _set_grants(conn, made, tuple(Grant("keeper", slug) for slug in roots), username, now, "")


def _in_use() -> Any:
    return tables.areas.c.retired.is_(False)


def tree(conn: Connection) -> AreaTree:
    """The areas in use, for rules that are checked inside a transaction."""
    rows = conn.execute(select(*columns_of(tables.areas, Area)).where(_in_use()).order_by(tables.areas.c.position))
    return AreaTree(Area(**row._asdict()) for row in rows)


def grant(
    db: Database, username: str, given: Grant, *, by: Person | None, actor: str, now: datetime, address: str = ""
) -> Person:
    """Give a right. ``by`` None is the keeper at the machine (os:NAME), who may give any.

    Raises NotFound, NotAllowed, ValueError where the area is unknown.
    """
    return _change_grants(db, username, given, True, by, actor, now, address)


def revoke(
    db: Database, username: str, given: Grant, *, by: Person | None, actor: str, now: datetime, address: str = ""
) -> Person:
    """Take a right back. Raises as ``grant``; a right that is not held is no error."""
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
        alone(conn, "people")  # what is read here is written back whole: a right revoked meanwhile would return
        references.check_areas(conn, [given.area])
        person = _one(conn, _PEOPLE.c.username == username, username)
        if by is not None:
            _check_giver(conn, by, person, given)
        kept = tuple(one for one in person.grants if one != given)
        return _set_grants(conn, person, (*kept, given) if giving else kept, actor, now, address)


def _check_giver(conn: Connection, by: Person, person: Person, given: Grant | None) -> None:
    # As the store has him now: what the page believed may be old.
    giver = _one(conn, _PEOPLE.c.id == by.id, by.username)
    if giver.id == person.id:
        raise NotAllowed("Không ai tự sửa quyền của mình; hãy nhờ một người quản trị khác")
    allowed = (
        may(giver.grants, "person.manage", None, tree(conn))
        if given is None
        else may_grant(giver.username, giver.grants, person.username, given, tree(conn))
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
    _record(conn, act, person, after, actor, now, address)
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
    """Close (or open again) an account; closing ends its sign-ins in the same transaction.

    ``by`` None is the machine's keeper. Raises NotFound; NotAllowed where ``by`` does not look after every area
    in which the person holds something, or is the person.
    """
    with db.write() as conn:
        alone(conn, "people")  # two keepers who close each other: the second one is closed already
        person = _one(conn, _PEOPLE.c.username == username, username)
        if by is not None:
            for one in person.grants or (None,):
                _check_giver(conn, by, person, one)
        after = replace(person, active=active)
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(active=active))
        if not active:
            end_sign_ins(conn, person.id, now)
        _record(conn, "person.open" if active else "person.suspend", person, after, actor, now, address)
        return after


def end_sign_ins(conn: Connection, person: int, now: datetime, *, but: str = "") -> None:
    """End every sign-in of a person, ``but`` one; sockets that were opened with them are cut by the hub."""
    table = tables.sign_ins
    ending = update(table).where(table.c.person == person, table.c.ended.is_(None), table.c.id != but)
    conn.execute(ending.values(ended=now))


# accounts, as Flask-Security wants them


def account(db: Database, column: str, value: Any, *, any_case: bool = False) -> Mapping[str, Any] | None:
    """Every column of the account whose ``column`` is ``value``, with its passkeys; None where there is none."""
    wanted = func.lower(_PEOPLE.c[column]) == str(value).lower() if any_case else _PEOPLE.c[column] == value
    with db.read() as conn:
        row = conn.execute(select(_PEOPLE).where(wanted)).one_or_none()
        if row is None:
            return None
        keys = conn.execute(select(tables.passkeys).where(tables.passkeys.c.person == row.id))
        return {**row._asdict(), "passkeys": [key._asdict() for key in keys]}


def save_account(
    db: Database, id: int, changes: Mapping[str, Any], *, actor: str, now: datetime, address: str, keep: str = ""
) -> None:
    """Write columns of an account. A new password ends every sign-in but ``keep``, the one that changed it."""
    with db.write() as conn:
        person = _one(conn, _PEOPLE.c.id == id, str(id))
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(**changes))
        if "password" in changes:
            end_sign_ins(conn, id, now, but=keep)
        for column in changes:
            if column in _SECRET:
                _record(conn, _SECRET[column], person, person, actor or person.username, now, address)


def take_counter(db: Database, id: int, counter: int) -> bool:
    """True exactly once for each time step of a person: one conditional UPDATE, so that a code never works twice."""
    with db.write() as conn:
        later = update(_PEOPLE).where(_PEOPLE.c.id == id, _PEOPLE.c.totp_counter < counter)
        taken = conn.execute(later.values(totp_counter=counter).returning(_PEOPLE.c.id))
        return taken.one_or_none() is not None


def forget_factors(db: Database, username: str, *, actor: str, now: datetime, address: str = "") -> None:
    """Codes, recovery codes and passkeys are gone, and every sign-in with them. Raises NotFound."""
    with db.write() as conn:
        person = in_(conn, username)
        conn.execute(delete(_KEYS).where(_KEYS.c.person == person.id))
        gone = {"tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None}
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(gone))
        end_sign_ins(conn, person.id, now)
        _record(conn, "person.forget_factors", person, person, actor, now, address)


def spend_recovery_code(
    db: Database, id: int, held: Sequence[str], left: Sequence[str], *, now: datetime, address: str
) -> bool:
    """True where ``held`` were still the person's codes and ``left`` are now: a code is spent once."""
    with db.write() as conn:
        alone(conn, "people")
        codes = conn.execute(select(_PEOPLE.c.mf_recovery_codes).where(_PEOPLE.c.id == id)).scalar_one()
        if list(codes or ()) != list(held):
            return False
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(mf_recovery_codes=list(left)))
        person = _one(conn, _PEOPLE.c.id == id, str(id))
        _record(conn, "person.recovery_code_used", person, person, person.username, now, address)
        return True


def _record(
    conn: Connection, act: str, before: Person | None, after: Person, actor: str, now: datetime, address: str
) -> None:
    audit.record(
        conn,
        actor=actor,
        act=act,
        subject=f"person/{after.username}",
        before=said(before) if before else None,
        after=said(after),
        now=now,
        address=address,
    )
