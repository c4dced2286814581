"""Reads people and areas in the caller's transaction, and audits changes of people; called within server.store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from server.core.areas import AreaTree, attached
from server.core.model import Area
from server.core.policy import Grant, Person
from server.store import tables
from server.store.audit import audit
from server.store.database.decoding import as_value_or_defaults
from server.store.database.errors import NotFound
from server.store.tables import columns_of

PEOPLE, GRANTS = tables.people, tables.grants
_PLAIN = ("id", "username", "name", "email", "active", "language")
_SECOND_FACTOR = or_(
    and_(PEOPLE.c.tf_primary_method.is_not(None), PEOPLE.c.tf_totp_secret.is_not(None)),
    exists().where(tables.passkeys.c.person == PEOPLE.c.id),
)
_SELECT = select(*(PEOPLE.c[name] for name in _PLAIN), _SECOND_FACTOR.label("second_factor"))


@dataclass(frozen=True, slots=True)
class AuditedPerson:
    """The fields of a person that the audit records; none of them is secret."""

    username: str
    name: str
    email: str
    active: bool
    grants: tuple[Grant, ...]


def audited(person: Person) -> AuditedPerson:
    """The fields of ``person`` that the audit records."""
    return AuditedPerson(person.username, person.name, person.email, person.active, person.grants)


def everyone(conn: Connection) -> tuple[Person, ...]:
    """Return every person, suspended ones included, ordered by name."""
    grants: dict[int, list[Grant]] = {}
    for row in conn.execute(select(GRANTS).order_by(GRANTS.c.area, GRANTS.c.role)):
        grants.setdefault(row.person, []).append(Grant(row.role, row.area))
    return tuple(_person(row, grants.get(row.id, ())) for row in conn.execute(_SELECT.order_by(PEOPLE.c.name)))


def by_username(conn: Connection, username: str) -> Person:
    """The person with this username. Raises NotFound."""
    return _one(conn, PEOPLE.c.username == username, username)


def by_id(conn: Connection, id: int) -> Person:
    """The person with this id. Raises NotFound."""
    return _one(conn, PEOPLE.c.id == id, str(id))


def _one(conn: Connection, condition: ColumnElement[bool], shown: str) -> Person:
    row = conn.execute(_SELECT.where(condition)).one_or_none()
    if row is None:
        raise NotFound(f"Không có người dùng {shown}")
    grants = select(GRANTS).where(GRANTS.c.person == row.id).order_by(GRANTS.c.area, GRANTS.c.role)
    return _person(row, (Grant(one.role, one.area) for one in conn.execute(grants)))


def _person(row: Row[*tuple[object, ...]], grants: Iterable[Grant]) -> Person:
    values = row._asdict()
    return Person(**{**values, "second_factor": bool(values["second_factor"])}, grants=tuple(grants))


def areas_in_use() -> ColumnElement[bool]:
    """The SQL condition that selects areas that are not retired."""
    return tables.areas.c.retired.is_(False)


def area_tree(conn: Connection) -> AreaTree:
    """The tree of the areas that are not retired."""
    rows = conn.execute(
        select(*columns_of(tables.areas, Area)).where(areas_in_use()).order_by(tables.areas.c.position)
    )
    return AreaTree(attached(as_value_or_defaults(Area, row) for row in rows))


def record(
    conn: Connection, act: str, before: Person | None, after: Person, actor: str, now: datetime, address: str
) -> None:
    """Add an audit record of ``act`` on a person."""
    audit.record(
        conn,
        actor=actor,
        act=act,
        subject=f"person/{after.username}",
        before=audited(before) if before else None,
        after=audited(after),
        now=now,
        address=address,
    )
