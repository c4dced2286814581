"""Stores the login data of people, in the form that Flask-Security expects; called by desk.auth and cli.

Every change of a secret is one transaction with an audit record, which never contains the secret itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, cast

from sqlalchemy import Connection, delete, exists, func, select, update

from server.core.policy import Person
from server.store import tables
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.people import one_time_links, rows, sign_ins
from server.store.people.passkeys import PasskeyRow, as_row

_PEOPLE = tables.people
# Secret columns of an account, each with the act under which the audit records a change.
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
    """The account whose ``column`` (a name) equals ``value``, None if there is none.

    With ``any_case`` the comparison ignores upper and lower case.
    """
    wanted = func.lower(_PEOPLE.c[column]) == str(value).lower() if any_case else _PEOPLE.c[column] == value
    with db.read() as conn:
        row = conn.execute(select(_PEOPLE).where(wanted)).one_or_none()
        if row is None:
            return None
        keys = conn.execute(select(tables.passkeys).where(tables.passkeys.c.person == row.id))
        read = {"passkeys": [as_row(key) for key in keys], "mf_recovery_codes": _codes(row.mf_recovery_codes)}
        return cast(AccountRow, row._asdict() | read)


def speak(db: Database, id: int, language: str) -> None:
    """Store the language of a person, in which mails to the person are written. Not recorded in the audit."""
    with db.write() as conn:
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(language=language))


def _codes(stored: object) -> list[str]:
    """The stored recovery codes, [] if they are unreadable: that must not keep the person out of the desk."""
    return [one for one in stored if isinstance(one, str)] if isinstance(stored, list | tuple) else []


def save(
    db: Database, id: int, changes: Mapping[str, object], *, actor: str, now: datetime, address: str, keep: str = ""
) -> None:
    """Write the columns in ``changes`` to the account with this id. Raises NotFound.

    ``actor`` "" stands for the person. ``address`` is the client's IP address, for the audit. A new password ends
    every sign-in of the person except the one with the id ``keep``, and makes every unused one-time link of the
    person invalid.
    """
    with db.write() as conn:
        _save(conn, rows.by_id(conn, id), changes, actor, now, address, keep)


def set_password_by_link(db: Database, token: str, person: int, password: str, *, now: datetime, address: str) -> str:
    """Use the one-time link ``token`` and set the password of ``person`` (an id), in one transaction.

    ``password`` is a hash, ``address`` the client's IP address, for the audit. Returns the username. Raises NotFound
    for an unknown person; LinkSpent if the link is unknown, was used or has expired, or if the person is suspended.
    If it raises, nothing changes.
    """
    with db.write() as conn:
        held = rows.by_id(conn, person)
        if not held.active or not one_time_links.take(conn, token, now):
            raise one_time_links.LinkSpent("Liên kết này vừa được dùng rồi")
        _save(conn, held, {"password": password}, held.username, now, address, "")
        return held.username


def _save(
    conn: Connection,
    person: Person,
    changes: Mapping[str, object],
    actor: str,
    now: datetime,
    address: str,
    keep: str,
) -> None:
    conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(**changes))
    if "password" in changes:
        sign_ins.end_all(conn, person.id, now, but=keep)
        one_time_links.void(conn, person.id, now)
    for column in changes:
        if column in _SECRET:
            rows.record(conn, _SECRET[column], person, person, actor or person.username, now, address)


def set_first_factor(db: Database, id: int, method: str, secret: str, *, now: datetime, address: str) -> bool:
    """Set the TOTP secret of an account that has no second factor yet; returns whether it had none.

    If it has one, nothing is written. ``method`` is the name of the factor for Flask-Security, ``address`` the
    client's IP address, for the audit. One conditional UPDATE, so that only one of two browsers that finish the
    set-up at the same time succeeds.
    """
    has_passkey = exists().where(tables.passkeys.c.person == id)
    first = update(_PEOPLE).where(_PEOPLE.c.id == id, _PEOPLE.c.tf_totp_secret.is_(None), ~has_passkey)
    with db.write() as conn:
        values = {"tf_primary_method": method, "tf_totp_secret": secret}
        if conn.execute(first.values(values).returning(_PEOPLE.c.id)).one_or_none() is None:
            return False
        person = rows.by_id(conn, id)
        rows.record(conn, _SECRET["tf_totp_secret"], person, person, person.username, now, address)
        return True


def take_counter(db: Database, id: int, counter: int) -> bool:
    """Mark the TOTP time step ``counter`` as used; False if it, or a later one, was used before.

    This is one conditional UPDATE, so that a code never works twice, even in two requests at the same time.
    """
    with db.write() as conn:
        later = update(_PEOPLE).where(_PEOPLE.c.id == id, _PEOPLE.c.totp_counter < counter)
        taken = conn.execute(later.values(totp_counter=counter).returning(_PEOPLE.c.id))
        return taken.one_or_none() is not None


def forget_factors(db: Database, username: str, *, actor: str, now: datetime, address: str = "") -> None:
    """Delete a person's TOTP secret, recovery codes and passkeys, and end all sign-ins. Raises NotFound."""
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
    """Replace a person's recovery codes ``held`` by ``left``, which lacks the one that was used.

    Returns False, writing nothing, if the stored codes are not ``held`` any more. So a code works only once, even in
    two requests at the same time.
    """
    with db.write() as conn:
        advisory_lock(conn, "people")
        codes = conn.execute(select(_PEOPLE.c.mf_recovery_codes).where(_PEOPLE.c.id == id)).scalar_one()
        if _codes(codes) != list(held):
            return False
        conn.execute(update(_PEOPLE).where(_PEOPLE.c.id == id).values(mf_recovery_codes=list(left)))
        person = rows.by_id(conn, id)
        rows.record(conn, "person.recovery_code_used", person, person, person.username, now, address)
        return True
