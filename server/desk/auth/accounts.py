"""Flask-Security's user datastore, which reads and writes server.store.people; made by login, used by mfa.

The library's own datastores keep an ORM session open during the whole request. Here each read and each write is a
short transaction of its own, as everywhere in the store. The library's roles are not used: rights come from
server.core.policy only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import abort, g, request, session
from flask_security import RoleMixin, UserDatastore, UserMixin, WebAuthnMixin

from server.store.database.engine import Database
from server.store.people import accounts, passkeys, sign_ins

# The columns of ``people`` that Flask-Security reads and writes; they have the names that it expects.
_ACCOUNT_COLUMNS = (
    "email",
    "password",
    "active",
    "fs_uniquifier",
    "fs_webauthn_user_handle",
    "tf_primary_method",
    "tf_totp_secret",
    "tf_phone_number",
    "mf_recovery_codes",
)

_PASSKEY_COLUMNS = (
    "credential_id",
    "public_key",
    "name",
    "sign_count",
    "usage",
    "device_type",
    "backup_state",
    "extensions",
)


class Account(UserMixin):
    """A row of the table ``people`` as Flask-Security's user object, for one request.

    ``loaded`` holds the values of its columns as last read or written; Accounts.commit writes only what differs.
    ``must_have_factor`` returns whether the person with a given id must have a second factor.
    """

    fs_uniquifier = email = username = ""  # Flask-Security looks for these names on the class

    def __init__(self, row: Mapping[str, Any], must_have_factor: Callable[[int], bool]) -> None:
        self._must_have_factor = must_have_factor
        self.id, self.username = row["id"], row["username"]
        for name in _ACCOUNT_COLUMNS:
            setattr(self, name, row[name])
        self.mf_recovery_codes: list[str] = list(row["mf_recovery_codes"] or ())
        self.tf_phone_number = row["tf_phone_number"] or None
        self.roles: list[RoleMixin] = []
        self.webauthn: list[WebAuthnMixin] = [Passkey(self.id, **_mixin_values(key)) for key in row["passkeys"]]
        self.loaded = self.state()

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool  # noqa: ARG002 - never skipped
    ) -> tuple[bool, list[tuple[str, str]]]:  # fmt: skip
        """Called by Flask-Security: returns whether signing in requires a second factor, and the methods unchanged.

        A second factor is required if the account has set up a method or must have one.
        """
        return bool(tf_setup_methods) or self._must_have_factor(self.id), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return self._must_have_factor(self.id)

    def state(self) -> dict[str, object]:
        """Returns column name -> current value, with lists copied."""
        values = {name: getattr(self, name) for name in _ACCOUNT_COLUMNS}
        return {name: list(value) if isinstance(value, list) else value for name, value in values.items()}


class Passkey(WebAuthnMixin):
    """A row of the table ``passkeys`` as Flask-Security's WebAuthn credential; ``id`` is None until it is stored."""

    def __init__(self, person: int, **values: object) -> None:
        self.person, self.is_stored = person, "id" in values
        for name, value in {"id": None, **values}.items():
            setattr(self, name, value)

    def get_user_mapping(self) -> dict[str, object]:
        return {"id": self.person}


def _mixin_values(row: Mapping[str, Any]) -> dict[str, object]:
    """Returns the values of a row of ``passkeys`` under the attribute names of `WebAuthnMixin`."""
    rest = {name: value for name, value in row.items() if name not in ("person", "made", "last_used")}
    return rest | {"lastuse_datetime": row["last_used"].replace(tzinfo=None)}


class Accounts(UserDatastore):
    """Flask-Security's user datastore, on the tables ``people`` and ``passkeys``.

    ``put`` and ``delete`` only remember a change; ``commit`` writes all of them, each with its audit record.
    ``must_have_factor`` returns whether the person with the given id must have a second factor.
    ``spend_recovery_code`` removes the account's recovery code at the given index and returns whether it did.
    """

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        *,
        must_have_factor: Callable[[int], bool] = lambda _: False,
        spend_recovery_code: Callable[[Account, int], bool] = lambda *_: False,
    ) -> None:
        super().__init__(Account, RoleMixin, Passkey)
        self._store, self._clock = db, clock
        self._must_have_factor, self._spend_recovery_code = must_have_factor, spend_recovery_code

    def find_user(self, case_insensitive: bool = False, **kwargs: object) -> Account | None:
        """Returns the account whose column has the given value, for example ``find_user(username="hoa")``.

        None if there is none. Takes exactly one keyword argument besides ``case_insensitive``.
        """
        column, value = kwargs.popitem()
        row = accounts.find(self._store, column, value, any_case=case_insensitive)
        return None if row is None else Account(row, self._must_have_factor)

    def find_role(self, role: str) -> None:
        """Returns None, because the library's roles are not used."""

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        row = passkeys.find(self._store, credential_id)
        return None if row is None else Passkey(row["person"], **_mixin_values(row))

    def create_webauthn(self, user: UserMixin, *args: object, **values: object) -> None:  # noqa: ARG002 - all by name
        passkey = Passkey(user.id, lastuse_datetime=None, **values)
        user.webauthn.append(passkey)
        self.put(passkey)

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        return self._spend_recovery_code(cast(Account, user), idx)

    def tf_set(
        self, user: UserMixin, primary_method: str, totp_secret: str | None = None, phone: str | None = None
    ) -> None:
        """Sets the TOTP secret of an account.

        Answers 409 if a new secret is set during sign-in although the account has a second factor already. The
        library calls this at each sign-in with a code, too, with the unchanged secret.
        """
        if g.get("person") is None and totp_secret and totp_secret != user.tf_totp_secret:
            now = self._clock()
            if not accounts.set_first_factor(
                self._store, user.id, primary_method, totp_secret, now=now, address=_address()
            ):
                abort(409)
            cast(Account, user).loaded |= {"tf_primary_method": primary_method, "tf_totp_secret": totp_secret}
        super().tf_set(user, primary_method, totp_secret=totp_secret, phone=phone)

    def put(self, model: Account | Passkey) -> Account | Passkey:
        changed: list[Account | Passkey] = g.setdefault("accounts_put", [])
        if model not in changed:
            changed.append(model)
        return model

    def delete(self, model: Passkey) -> None:
        g.setdefault("accounts_deleted", []).append(model)

    def commit(self) -> None:
        for model in g.pop("accounts_put", []):
            if isinstance(model, Passkey):
                self._write_passkey(model)
            else:
                self._write_account(model)
        for model in g.pop("accounts_deleted", []):
            passkeys.delete(self._store, model.person, model.name, now=self._clock(), address=_address())

    def new_uniquifier(self) -> str:
        return secrets.token_hex(16)

    def _write_passkey(self, passkey: Passkey) -> None:
        sign_in = g.get("sign_in")
        if passkey.is_stored and sign_in is not None and sign_in.person == passkey.person:
            # The library saves a stored passkey only after it was used, so the user has just confirmed a second
            # factor. The owner is checked because the page for signing in accepts a passkey of any account.
            sign_ins.showed_factor(self._store, sign_in.id, self._clock())
        row: dict[str, object] = {name: getattr(passkey, name, None) for name in _PASSKEY_COLUMNS}
        row |= {"id": passkey.id, "transports": list(passkey.transports or ())}
        passkeys.save(self._store, passkey.person, row, now=self._clock(), address=_address())

    def _write_account(self, account: Account) -> None:
        state = account.state()
        changes = {name: value for name, value in state.items() if value != account.loaded[name]}
        if not changes:
            return
        person = g.get("person")
        accounts.save(
            self._store,
            account.id,
            changes,
            actor=person.username if person else account.username,
            now=self._clock(),
            address=_address(),
            keep=session.get("sign_in", ""),
        )
        account.loaded = state


def _address() -> str:
    return request.remote_addr or ""
