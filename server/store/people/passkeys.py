"""Passkeys of people; called by the desk's accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy import delete as deleting

from server.store.audit import audit
from server.store.database.engine import Database
from server.store.tables import passkeys, people


@dataclass(frozen=True, slots=True)
class _Said:
    passkey: str


def find(db: Database, credential_id: bytes) -> Mapping[str, Any] | None:
    """The row of a credential."""
    with db.read() as conn:
        row = conn.execute(select(passkeys).where(passkeys.c.credential_id == credential_id)).one_or_none()
        return None if row is None else row._asdict()


def save(db: Database, person: int, row: Mapping[str, Any], *, now: datetime, address: str) -> None:
    """Keep a new passkey, or the counter of one that was used."""
    values = {name: value for name, value in row.items() if name != "id"}
    with db.write() as conn:
        if row["id"] is not None:
            used = {"sign_count": row["sign_count"], "backup_state": row["backup_state"], "last_used": now}
            conn.execute(update(passkeys).where(passkeys.c.id == row["id"]).values(used))
            return
        conn.execute(insert(passkeys).values(**values, person=person, made=now, last_used=now))
        _record(conn, person, "person.passkey_add", None, _Said(row["name"]), now, address)


def delete(db: Database, person: int, name: str, *, now: datetime, address: str) -> None:
    """Forget a passkey of this person."""
    with db.write() as conn:
        conn.execute(deleting(passkeys).where(passkeys.c.person == person, passkeys.c.name == name))
        _record(conn, person, "person.passkey_remove", _Said(name), None, now, address)


def _record(
    conn: Connection,
    person: int,
    act: str,
    before: _Said | None,
    after: _Said | None,
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
