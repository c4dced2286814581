"""Accounts as Flask-Security wants them, on server.store.people.accounts: loaded whole, written column by column.

Its own datastores keep an ORM session open through the request; here each reading and each writing is one short
transaction, as everywhere in the store. Rights never come from its global roles, only from server.core.policy.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import g, request, session
from flask_security import RoleMixin, UserDatastore, UserMixin, WebAuthnMixin

from server.store.database.engine import Database
from server.store.people import accounts, passkeys, sign_ins

_KEPT = (
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

_PASSKEY = (
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
    """A row of people, for the time of a request."""

    fs_uniquifier = email = username = ""  # Flask-Security looks for these names on the class

    def __init__(self, row: Any, must: Callable[[int], bool]) -> None:
        self._must = must
        self.id, self.username = row["id"], row["username"]
        for name in _KEPT:
            setattr(self, name, row[name])
        self.mf_recovery_codes = list(row["mf_recovery_codes"] or ())
        self.tf_phone_number = row["tf_phone_number"] or None
        self.roles: list[RoleMixin] = []
        self.webauthn = [Passkey(self.id, **_named(key)) for key in row["passkeys"]]
        self.loaded = self.state()

    def check_tf_required(self, tf_setup_methods: Any, tf_fresh: bool) -> Any:  # noqa: ARG002 - asked each time
        """Whoever has a second factor is asked for it, and editors and keepers must have one where config says."""
        return bool(tf_setup_methods) or self._must(self.id), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return self._must(self.id)

    def state(self) -> dict[str, Any]:
        return {name: list(v) if isinstance(v := getattr(self, name), list) else v for name in _KEPT}


class Passkey(WebAuthnMixin):
    """A row of passkeys; ``id`` None until it is stored."""

    def __init__(self, person: int, **values: Any) -> None:
        self.person = person
        self.id = values.pop("id", None)
        for name, value in values.items():
            setattr(self, name, value)

    def get_user_mapping(self) -> dict[str, Any]:
        return {"id": self.person}


def _named(key: dict[str, Any]) -> dict[str, Any]:
    """A row under the names of the mixin."""
    rest = {name: value for name, value in key.items() if name not in ("person", "made", "last_used")}
    return rest | {"lastuse_datetime": key["last_used"].replace(tzinfo=None)}


class Accounts(UserDatastore):
    """The datastore: what is put is written at ``commit``, each change with its audit row."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        *,
        must_have_factor: Callable[[int], bool] = lambda _: False,
        spend: Callable[[Any, int], bool] = lambda *_: False,
    ) -> None:
        super().__init__(Account, RoleMixin, Passkey)
        self._store, self._clock, self._must, self._spend = db, clock, must_have_factor, spend

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        column, value = kwargs.popitem()
        row = accounts.find(self._store, column, value, any_case=case_insensitive)
        return None if row is None else Account(row, self._must)

    def find_role(self, role: str) -> None:
        """There are none: see the module."""

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        key = passkeys.find(self._store, credential_id)
        return None if key is None else Passkey(key["person"], **_named(dict(key)))

    def create_webauthn(self, user: UserMixin, *args: Any, **values: Any) -> None:  # noqa: ARG002 - all by name
        made = Passkey(user.id, lastuse_datetime=None, **values)
        user.webauthn.append(made)
        self.put(made)

    def mf_delete_recovery_code(self, user: Any, idx: int) -> bool:
        return self._spend(user, idx)

    def put(self, model: Account | Passkey) -> Account | Passkey:
        waiting: list[Account | Passkey] = g.setdefault("accounts_put", [])
        if model not in waiting:
            waiting.append(model)
        return model

    def delete(self, model: Passkey) -> None:
        g.setdefault("accounts_deleted", []).append(model)

    def commit(self) -> None:
        for model in g.pop("accounts_put", []):
            self._write(model)
        for model in g.pop("accounts_deleted", []):
            passkeys.delete(self._store, model.person, model.name, now=self._clock(), address=_address())

    def _write(self, model: Account | Passkey) -> None:
        if isinstance(model, Passkey):
            if _row(model)["id"] is not None and g.get("sign_in") is not None:
                # One that was used by somebody who is signed in: he has just shown it.
                sign_ins.showed_factor(self._store, g.sign_in.id, self._clock())
            passkeys.save(self._store, model.person, _row(model), now=self._clock(), address=_address())
            return
        now_is = model.state()
        changes = {name: value for name, value in now_is.items() if value != model.loaded[name]}
        if changes:
            person = g.get("person")
            accounts.save(
                self._store,
                model.id,
                changes,
                actor=person.username if person else model.username,
                now=self._clock(),
                address=_address(),
                keep=session.get("sign_in", ""),
            )
            model.loaded = now_is

    def new_uniquifier(self) -> str:
        return secrets.token_hex(16)


def _row(key: Any) -> dict[str, Any]:
    """Its columns, as they are stored."""
    row = {name: getattr(key, name, None) for name in _PASSKEY}
    return row | {"id": key.id, "transports": list(key.transports or ())}


def _address() -> str:
    return request.remote_addr or ""
