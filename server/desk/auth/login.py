"""Configures Flask-Security, which signs users in, with this product's accounts; called by server.desk.app.

There is no default account: the first keeper gets a one-time link on the console (server.desk.auth.one_time_login).
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Flask, g, has_request_context, request, session
from flask_login import user_logged_out
from flask_security import MailUtil, Security, tf_profile_changed, user_authenticated
from passlib.context import CryptContext

from server.core.policy import needs_second_factor
from server.core.text_input import cleaned
from server.desk.auth import mfa
from server.desk.auth.accounts import Account, Accounts
from server.desk.auth.forms import ChangeForm, UsernameLoginForm
from server.desk.auth.passwords import LowPriorityHasher
from server.desk.web.context import DeskContext, desk
from server.setup.secret_keys import key
from server.store.people import people, sign_ins

_TEMPLATES = {
    "LOGIN_USER": "login",
    "VERIFY": "verify",
    "CHANGE_PASSWORD": "change",
    "FORGOT_PASSWORD": "forgot",
    "RESET_PASSWORD": "reset",
}


def set_up_login(app: Flask, context: DeskContext) -> LowPriorityHasher:
    """Adds Flask-Security to ``app``, with its pages below /desk and the templates of this folder.

    Returns the object that hashes the passwords.
    """
    app.config.update(
        SECURITY_URL_PREFIX="/desk",
        SECURITY_PASSWORD_SALT=key(context.data, "passwords"),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        # Normalizes accented letters to one code point, as everywhere in this product; the library's default, NFKD,
        # would decompose them.
        SECURITY_INPUT_NORMALIZE_FORM="NFKC",
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106 - the name of a Unicode normalization form
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": str, "case_insensitive": True}}],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        **{f"SECURITY_{name}_TEMPLATE": f"auth/login/{file}.html" for name, file in _TEMPLATES.items()},
        SECURITY_CHANGEABLE=True,
        SECURITY_POST_CHANGE_VIEW="/desk/security/",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=bool(context.config.mail.host),
        SECURITY_RECOVERABLE=bool(context.config.mail.host),
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=2),
        SECURITY_POST_RESET_VIEW="/desk/login",
        SECURITY_EMAIL_HTML=False,
        # The folder with the Vietnamese translations of the library's English texts.
        SECURITY_I18N_DIRNAME=str(context.data / "words"),
        SECURITY_FRESHNESS=timedelta(minutes=30),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(0),
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/desk/login",
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_CACHE_CONTROL=None,  # web/security_headers.py sets Cache-Control
        SECURITY_FLASH_MESSAGES=True,
    )
    mfa.configure(app, context)
    accounts = Accounts(
        context.db,
        context.clock,
        must_have_factor=_must_have_factor,
        spend_recovery_code=mfa.spend_recovery_code,
    )
    library = Security(
        app,
        accounts,
        login_form=UsernameLoginForm,
        change_password_form=ChangeForm,
        mail_util_cls=OutboxMail,
        totp_cls=mfa.SingleUseTotp,
        webauthn_util_cls=mfa.PasskeyRules,
    )
    hasher = LowPriorityHasher(library.pwd_context, _is_signed_in)
    library.pwd_context = cast(CryptContext, hasher)
    library.want_json(lambda _: False)
    tf_profile_changed.connect(_note_factor, app)
    user_authenticated.connect(_begin_sign_in, app)
    user_logged_out.connect(_end_sign_in, app)
    return hasher


class OutboxMail(MailUtil):
    """Queues Flask-Security's mails in the store; the worker sends them, so no request waits for a mail server."""

    def send_mail(
        self,
        template: str,  # noqa: ARG002 - the texts have been rendered already
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002 - the worker knows the sender
        body: str | None,
        html: str | None,  # noqa: ARG002 - mails are plain text
        **kwargs: object,  # noqa: ARG002
    ) -> None:
        desk.write_to(str(recipient), str(subject), body or "")


def _is_signed_in() -> bool:
    return bool(has_request_context() and g.get("person"))


def _must_have_factor(id: int) -> bool:
    return desk.config.people.second_factor and needs_second_factor(people.by_id(desk.db, id).grants)


def _note_factor(_: Flask, **__: object) -> None:
    """Records in the sign-in that the user has just confirmed a second factor.

    Called when one has been set up, which proves that the user possesses it.
    """
    if g.get("sign_in") is not None:
        sign_ins.showed_factor(desk.db, g.sign_in.id, desk.now())


def _begin_sign_in(_: Flask, user: Account, authn_via: list[str] | None = None, **__: object) -> None:
    made = sign_ins.begin(
        desk.db,
        user.id,
        address=desk.address(),
        agent=cleaned(request.user_agent.string),
        now=desk.now(),
        # The library passes None for authn_via only after the second step (code, recovery code or passkey).
        factor=authn_via is None or "webauthn" in authn_via,
    )
    session["sign_in"] = made.id


def _end_sign_in(_: Flask, user: Account | None, **__: object) -> None:
    id = session.pop("sign_in", "")
    if id and user is not None and not user.is_anonymous:
        sign_ins.end(desk.db, id, person=user.id, now=desk.now())
    g.person = g.sign_in = None
