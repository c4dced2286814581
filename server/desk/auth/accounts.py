"""Flask-Security's user datastore on top of server.store.people; made by server.desk.auth.login.

The library's own datastores keep an ORM session open during the whole request; here each read and each write is one
short transaction, as everywhere in the store. Rights never come from the library's global roles, only from
server.core.policy.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import g, request, session
from flask_security import RoleMixin, UserDatastore, UserMixin, WebAuthnMixin

from server.store.database.engine import Database
from server.store.people import accounts, passkeys, sign_ins

# The columns that the library reads and writes, under its own names.
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
    """A row of ``people`` during one request; ``loaded`` is what it held when it was read."""

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
        """A second factor is asked for if the account has one or must have one."""
        return bool(tf_setup_methods) or self._must_have_factor(self.id), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return self._must_have_factor(self.id)

    def state(self) -> dict[str, object]:
        """The columns as they are now, with copies of lists."""
        values = {name: getattr(self, name) for name in _ACCOUNT_COLUMNS}
        return {name: list(value) if isinstance(value, list) else value for name, value in values.items()}


class Passkey(WebAuthnMixin):
    """A row of ``passkeys``; ``id`` is None until it is stored."""

    def __init__(self, person: int, **values: object) -> None:
        self.person, self.is_stored = person, "id" in values
        for name, value in {"id": None, **values}.items():
            setattr(self, name, value)

    def get_user_mapping(self) -> dict[str, object]:
        return {"id": self.person}


def _mixin_values(row: Mapping[str, Any]) -> dict[str, object]:
    """A row of ``passkeys`` under the names of `WebAuthnMixin`."""
    rest = {name: value for name, value in row.items() if name not in ("person", "made", "last_used")}
    return rest | {"lastuse_datetime": row["last_used"].replace(tzinfo=None)}


class Accounts(UserDatastore):
    """The datastore. ``put`` and ``delete`` only record a change; ``commit`` writes each one with its audit row.

    ``must_have_factor`` says whether the person with that id needs a second factor; ``spend_recovery_code`` spends
    the code at that index.
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
        """The account for which a column has a value, passed as the only keyword argument; None if there is none."""
        column, value = kwargs.popitem()
        row = accounts.find(self._store, column, value, any_case=case_insensitive)
        return None if row is None else Account(row, self._must_have_factor)

    def find_role(self, role: str) -> None:
        """Always None: the library's roles are not used."""

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        row = passkeys.find(self._store, credential_id)
        return None if row is None else Passkey(row["person"], **_mixin_values(row))

    def create_webauthn(self, user: UserMixin, *args: object, **values: object) -> None:  # noqa: ARG002 - all by name
        passkey = Passkey(user.id, lastuse_datetime=None, **values)
        user.webauthn.append(passkey)
        self.put(passkey)

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        return self._spend_recovery_code(cast(Account, user), idx)

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
        if passkey.is_stored and g.get("sign_in") is not None:
            # The library saves a stored passkey only after it was used, so the user has just shown a second factor.
            sign_ins.showed_factor(self._store, g.sign_in.id, self._clock())
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
