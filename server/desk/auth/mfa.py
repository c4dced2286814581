"""Checks second factors (one-time codes, recovery codes, passkeys) and says who must have one.

Used by login, access and reauthenticate.

Flask-Security leaves it to the application to accept each code only once. Here a conditional UPDATE stores the time
step of the last accepted code, so if two browsers send the same code at once, only one is signed in.
"""

from __future__ import annotations

import base64
from typing import cast

import structlog
from flask import Flask, Response, abort, current_app, flash, request, session, url_for
from flask_babel import gettext
from flask_security import Security, Totp, UserMixin, WebauthnUtil
from passlib.exc import TokenError
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.core.policy import needs_second_factor
from server.desk.auth.accounts import Account, Accounts
from server.desk.web.context import DeskContext, desk
from server.setup.secret_keys import key
from server.store.people import accounts

log = structlog.get_logger("people")
# Prefixes of the endpoints that a user who still has to set up a second factor may use.
_ALLOWED_BEFORE_SETUP = ("security.", "shell.language", "security_pages.")

# The endpoints at which a second factor is set up during sign-in, and the values of ``tf_state`` that Flask-Security
# keeps in the session meanwhile.
_SETTING_UP = ("security.two_factor_setup", "security.two_factor_token_validation")
_SETTING_UP_STATES = ("setup_from_login", "validating_profile")


def configure(app: Flask, context: DeskContext) -> None:
    """Sets Flask-Security's options for one-time codes, recovery codes and passkeys in ``app.config``."""
    app.config.update(
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,  # seconds: tolerates a clock that is one time step off
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/desk/security/",
        SECURITY_TOTP_SECRETS={"1": key(context.data, "totp")},
        SECURITY_TOTP_ISSUER="Bảng Tin",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=10,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[_fernet_key(key(context.data, "recovery"))],
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


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(bytes.fromhex(secret))


class SingleUseTotp(Totp):
    """Checks time-based one-time passwords (RFC 6238); each is accepted only once."""

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        except (ValueError, TypeError, LookupError) as error:
            # The stored secret is damaged, or encrypted with a key that is lost: the person has recovery codes, and
            # two keepers can reset the account.
            log.error("second factor not readable", person=user.id, error=type(error).__name__)
            return False
        return accounts.take_counter(desk.db, user.id, match.counter)


class PasskeyRules(WebauthnUtil):
    """The requirements for passkeys: the authenticator may be part of the device or a security key.

    A passkey that replaces the password (usage "first") must verify the user, for example by a PIN or a fingerprint.
    """

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        alone = usage == "first"
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED
            if alone
            else UserVerificationRequirement.PREFERRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]  # noqa: ARG002
    ) -> UserVerificationRequirement:  # fmt: skip
        return UserVerificationRequirement.REQUIRED if usage == ["first"] else UserVerificationRequirement.PREFERRED


def verify_code(account: Account, code: str) -> bool:
    """True if ``code`` is the account's current one-time code or an unused recovery code.

    The code cannot be used again afterwards.
    """
    library: Security = current_app.extensions["security"]
    code = "".join(code.split())
    secret = account.tf_totp_secret
    if secret and library.totp_factory.verify_totp(code, secret, account, window=30):
        return True
    codes = library.mf_recovery_codes_util
    dashed = code if "-" in code else "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    if not codes.check_recovery_code(account, dashed):
        return False
    codes.delete_recovery_code(account, dashed)
    cast(Accounts, library.datastore).commit()
    return True


def spend_recovery_code(account: Account, at: int) -> bool:
    """Removes one recovery code of the account; always returns True, because Flask-Security expects a bool.

    ``at`` is its index among the codes that can be decrypted; codes that cannot be are removed, too. Answers 409 if
    another request has changed the account's recovery codes meanwhile.
    """
    codes = current_app.extensions["security"].mf_recovery_codes_util
    readable = [code for code in account.mf_recovery_codes if codes._decrypt_codes([code])]
    left = [code for index, code in enumerate(readable) if index != at]
    held = account.mf_recovery_codes
    if not accounts.spend_recovery_code(desk.db, account.id, held, left, now=desk.now(), address=desk.address()):
        abort(409)
    account.mf_recovery_codes = left
    account.loaded["mf_recovery_codes"] = list(left)
    return True


def refuse_second_setup(context: DeskContext) -> Response | None:
    """Returns a redirect to sign-in if a user who has only given the password tries to set up another second factor.

    None for any other request, and if the account has no second factor yet. Without this check, Flask-Security would
    offer the set-up to an account that has only a passkey, and to a browser whose half-finished set-up is older than
    the one that the owner completed elsewhere.
    """
    if request.endpoint not in _SETTING_UP or session.get("tf_state") not in _SETTING_UP_STATES:
        return None
    row = accounts.find(context.db, "fs_uniquifier", session.get("tf_user_id", ""))
    if row is None or not (row["tf_totp_secret"] or row["passkeys"]):
        return None
    for name in [name for name in session if name.startswith("tf_")]:
        del session[name]
    flash(gettext("Tài khoản này đã có bước thứ hai. Hãy đăng nhập bằng khóa truy cập hoặc mã của bạn."), "error")
    by_passkey = any(one["usage"] == "first" for one in row["passkeys"])
    return context.go(url_for("security.wan_signin" if by_passkey else "security.login"))


def must_set_up(context: DeskContext) -> Response | None:
    """Returns a redirect to the set-up of a second factor if the user must have one and has none yet; otherwise None.

    A user must have one if a role of the user requires it and the configuration says so (``people.second_factor``).
    Requests to the pages of the set-up itself get None.
    """
    person = context.person()
    if not context.config.people.second_factor or person.second_factor or not needs_second_factor(person.grants):
        return None
    if (request.endpoint or "").startswith(_ALLOWED_BEFORE_SETUP):
        return None
    return context.go(url_for("security.two_factor_setup"))
