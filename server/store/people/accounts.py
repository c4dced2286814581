"""Login data of people, in the form Flask-Security expects; called by desk.auth and the command line.

Every change is one transaction with its audit record, which says that a secret changed and never holds its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, cast

from sqlalchemy import delete, func, select, update

from server.store import tables
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.people import rows, sign_ins
from server.store.people.passkeys import PasskeyRow

_PEOPLE = tables.people
# Secret columns of an account, each with the audit's name for a change of it.
_SECRET = {
    "password": "person.password",
    "tf_totp_secret": "person.second_factor",
    "mf_recovery_codes": "person.recovery_codes",
}


class AccountRow(TypedDict):
    """A row of the table ``people`` with the person's passkeys."""

    id: int
    username: str
    name: str
    email: str
    password: str | None
    active: bool
    language: str
    made: datetime
    made_by: str
    fs_uniquifier: str
    fs_webauthn_user_handle: str | None
    tf_primary_method: str | None
    tf_totp_secret: str | None
    tf_phone_number: str | None
    mf_recovery_codes: list[str] | None
    totp_counter: int
    passkeys: list[PasskeyRow]


def find(db: Database, column: str, value: object, *, any_case: bool = False) -> AccountRow | None:
    """The account whose ``column`` equals ``value``, None if there is none.

    ``any_case`` compares without regard to case.
    """
    wanted = func.lower(_PEOPLE.c[column]) == str(value).lower() if any_case else _PEOPLE.c[column] == value
    with db.read() as conn:
        row = conn.execute(select(_PEOPLE).where(wanted)).one_or_none()
        if row is None:
            return None
        keys = conn.execute(select(tables.passkeys).where(tables.passkeys.c.person == row.id))
        return cast(AccountRow, row._asdict() | {"passkeys": [key._asdict() for key in keys]})


def save(
    db: Database, id: int, changes: Mapping[str, object], *, actor: str, now: datetime, address: str, keep: str = ""
) -> None:
    """Write the columns in ``changes``. Raises NotFound.

    A new password ends every sign-in of the person except ``keep``, the one that changed it.
    """
    with db.write() as conn:
        person = rows.by_id(conn, id)
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(**changes))
        if "password" in changes:
            sign_ins.end_all(conn, id, now, but=keep)
        for column in changes:
            if column in _SECRET:
                rows.record(conn, _SECRET[column], person, person, actor or person.username, now, address)


def take_counter(db: Database, id: int, counter: int) -> bool:
    """True exactly once for each TOTP time step of a person.

    A single conditional UPDATE, so that a code never works twice, even in two requests at once.
    """
    with db.write() as conn:
        later = update(_PEOPLE).where(_PEOPLE.c.id == id, _PEOPLE.c.totp_counter < counter)
        taken = conn.execute(later.values(totp_counter=counter).returning(_PEOPLE.c.id))
        return taken.one_or_none() is not None


def forget_factors(db: Database, username: str, *, actor: str, now: datetime, address: str = "") -> None:
    """Delete a person's TOTP secret, recovery codes and passkeys, and end every sign-in. Raises NotFound."""
    with db.write() as conn:
        person = rows.by_username(conn, username)
        conn.execute(delete(tables.passkeys).where(tables.passkeys.c.person == person.id))
        cleared = {"tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None}
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(cleared))
        sign_ins.end_all(conn, person.id, now)
        rows.record(conn, "person.forget_factors", person, person, actor, now, address)


def spend_recovery_code(
    db: Database, id: int, held: Sequence[str], left: Sequence[str], *, now: datetime, address: str
) -> bool:
    """Replace the recovery codes ``held`` by ``left``; False if ``held`` are not the person's codes any more.

    The comparison makes a code usable once, also in two requests at the same time.
    """
    with db.write() as conn:
        advisory_lock(conn, "people")
        codes = conn.execute(select(_PEOPLE.c.mf_recovery_codes).where(_PEOPLE.c.id == id)).scalar_one()
        if list(codes or ()) != list(held):
            return False
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(mf_recovery_codes=list(left)))
        person = rows.by_id(conn, id)
        rows.record(conn, "person.recovery_code_used", person, person, person.username, now, address)
        return True
