"""Stores the passkeys (WebAuthn) of people; called by desk.auth.accounts and store.people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict, cast

import sqlalchemy
from sqlalchemy import Connection, Row, insert, select, update

from server.store.audit import audit
from server.store.database.engine import Database
from server.store.tables import passkeys, people

_UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)


class PasskeyRow(TypedDict):
    """A row of the table ``passkeys``."""

    id: int
    person: int
    credential_id: bytes
    public_key: bytes
    name: str
    sign_count: int
    usage: str
    device_type: str
    backup_state: bool
    transports: list[str]
    extensions: str | None
    made: datetime
    last_used: datetime


@dataclass(frozen=True, slots=True)
class _AuditedPasskey:
    """What the audit records of a passkey: ``passkey`` is its name."""

    passkey: str


def find(db: Database, credential_id: bytes) -> PasskeyRow | None:
    """The passkey with this WebAuthn credential id, None if it is unknown."""
    with db.read() as conn:
        row = conn.execute(select(passkeys).where(passkeys.c.credential_id == credential_id)).one_or_none()
        return None if row is None else as_row(row)


def as_row(row: Row[*tuple[object, ...]]) -> PasskeyRow:
    """Convert a row of ``passkeys``.

    Unreadable times and transports are replaced by defaults: they must not keep the person from signing in.
    """
    values = row._asdict()
    for name in ("made", "last_used"):
        if not isinstance(values[name], datetime):
            values[name] = _UNKNOWN
    if not isinstance(values["transports"], list):
        values["transports"] = []
    return cast(PasskeyRow, values)


def save(db: Database, person: int, row: Mapping[str, object], *, now: datetime, address: str) -> None:
    """Add a passkey of ``person`` (an id) if ``row["id"]`` is None; else record that the passkey was used.

    In the second case only ``sign_count``, ``backup_state`` and ``last_used`` change. ``address`` is the client's IP
    address, for the audit.
    """
    values = {name: value for name, value in row.items() if name != "id"}
    with db.write() as conn:
        if row["id"] is not None:
            used = {"sign_count": row["sign_count"], "backup_state": row["backup_state"], "last_used": now}
            conn.execute(update(passkeys).where(passkeys.c.id == row["id"]).values(used))
            return
        conn.execute(insert(passkeys).values(**values, person=person, made=now, last_used=now))
        _record(conn, person, "person.passkey_add", None, _AuditedPasskey(str(row["name"])), now, address)


def delete(db: Database, person: int, name: str, *, now: datetime, address: str) -> None:
    """Delete the passkey with this name of ``person`` (an id)."""
    with db.write() as conn:
        conn.execute(sqlalchemy.delete(passkeys).where(passkeys.c.person == person, passkeys.c.name == name))
        _record(conn, person, "person.passkey_remove", _AuditedPasskey(name), None, now, address)


def _record(
    conn: Connection,
    person: int,
    act: str,
    before: _AuditedPasskey | None,
    after: _AuditedPasskey | None,
    now: datetime,
    address: str,
) -> None:
    username = conn.execute(select(people.c.username).where(people.c.id == person)).scalar_one()
    audit.record(
        conn,
        actor=username,
        act=act,
        subject=f"person/{username}",
        before=before,
        after=after,
        now=now,
        address=address,
    )
