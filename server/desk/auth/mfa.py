"""Second factors: codes that never work twice, recovery codes that are spent, who must have one; called by door.

Flask-Security leaves replay to us: a code's time step is taken by one conditional UPDATE, so of two browsers that
send the same code at once one gets in.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import Flask, Response, abort, current_app, request, url_for
from flask_security import Totp, WebauthnUtil
from passlib.exc import TokenError
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.core.policy import needs_second_factor
from server.desk.web.context import DeskContext
from server.setup.secret_keys import key
from server.store.people import accounts

# What somebody may still reach who must set up a second factor first.
_OPEN = ("security.", "shell.language", "security_pages.")


def configure(app: Flask, desk: DeskContext) -> None:
    """The library's settings for codes, recovery codes and passkeys."""
    app.config.update(
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,  # one step of a clock that is a little off
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/desk/security/",
        SECURITY_TOTP_SECRETS={"1": key(desk.data, "totp")},
        SECURITY_TOTP_ISSUER="Bảng Tin",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=10,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[_fernet(key(desk.data, "recovery"))],
        SECURITY_WEBAUTHN=True,
        SECURITY_WAN_RP_NAME="Bảng Tin",
        SECURITY_WAN_POST_REGISTER_VIEW="/desk/security/",
        SECURITY_WAN_ALLOW_USER_HINTS=False,
        SECURITY_TWO_FACTOR_SETUP_TEMPLATE="auth/mfa/code_setup.html",
        SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE="auth/mfa/code.html",
        SECURITY_TWO_FACTOR_SELECT_TEMPLATE="auth/mfa/select.html",
        SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE="auth/mfa/recovery.html",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE="auth/mfa/recovery_codes.html",
        SECURITY_WAN_REGISTER_TEMPLATE="auth/mfa/passkey_new.html",
        SECURITY_WAN_SIGNIN_TEMPLATE="auth/mfa/passkey.html",
        SECURITY_WAN_VERIFY_TEMPLATE="auth/mfa/passkey_verify.html",
    )


def _fernet(secret: str) -> bytes:
    return base64.urlsafe_b64encode(bytes.fromhex(secret))


def once_only(desk: DeskContext) -> type[Totp]:
    """The class of code generators whose codes work once."""

    class Once(Totp):
        def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
            try:
                match = self._totp.verify(token, totp_secret, window=window)
            except TokenError:
                return False
            return accounts.take_counter(desk.db, user.id, match.counter)

    return Once


class AnyKey(WebauthnUtil):
    """Fingerprints of the machine itself as well as keys that are plugged in; alone it must ask who is there."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        wanted = UserVerificationRequirement.REQUIRED if usage == "first" else UserVerificationRequirement.PREFERRED
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=wanted
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        return UserVerificationRequirement.PREFERRED


def verify(account: Any, said: str) -> bool:
    """True where ``said`` is a code that the person's generator shows now, or one of his recovery codes."""
    library = current_app.extensions["security"]
    said = "".join(said.split())
    if account.tf_totp_secret and library.totp_factory.verify_totp(said, account.tf_totp_secret, account, window=30):
        return True
    codes = library.mf_recovery_codes_util
    dashed = said if "-" in said else "-".join(said[at : at + 4] for at in range(0, len(said), 4))
    if not codes.check_recovery_code(account, dashed):
        return False
    codes.delete_recovery_code(account, dashed)
    library.datastore.commit()
    return True


def take_recovery_code(desk: DeskContext, account: Any, at: int) -> bool:
    """Spend one; 409 where somebody else has spent it meanwhile."""
    left = [code for index, code in enumerate(account.mf_recovery_codes) if index != at]
    address = request.remote_addr or ""
    held = account.loaded["mf_recovery_codes"]
    if not accounts.spend_recovery_code(desk.db, account.id, held, left, now=desk.now(), address=address):
        abort(409)
    account.mf_recovery_codes = left
    account.loaded["mf_recovery_codes"] = list(left)
    return True


def must_set_up(desk: DeskContext) -> Response | None:
    """The way to the page where a second factor is set up, for editors and keepers who have none yet."""
    person = desk.person()
    if not desk.config.people.second_factor or person.second_factor or not needs_second_factor(person.grants):
        return None
    if (request.endpoint or "").startswith(_OPEN):
        return None
    return desk.go(url_for("security.two_factor_setup"))
