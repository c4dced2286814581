"""The door of the desk: Flask-Security's sign-in with our accounts, sign-ins that can be ended, one-time links.

Called by desk_app. There is no default account: the first keeper comes by a link on the console.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, cast

from flask import Blueprint, Flask, Response, flash, g, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import user_logged_out
from flask_security import MailUtil, Security, hash_password, login_user, tf_profile_changed, user_authenticated
from passlib.context import CryptContext

from server.core.policy import needs_second_factor
from server.desk.auth import mfa
from server.desk.auth.accounts import Accounts
from server.desk.auth.forms import ChangeForm, DoorForm, FirstForm, PasswordForm
from server.desk.auth.passwords import Unhurried
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.setup.secret_keys import key
from server.store.database.errors import StoreRefusal
from server.store.people import accounts, one_time_links, people, sign_ins
from server.store.people.one_time_links import Link

_TEMPLATES = {
    "LOGIN_USER": "login",
    "VERIFY": "verify",
    "CHANGE_PASSWORD": "change",
    "FORGOT_PASSWORD": "forgot",
    "RESET_PASSWORD": "reset",
}


def open_door(app: Flask, desk: DeskContext) -> None:
    """Configures Flask-Security; its pages live under /desk and look like ours."""
    app.config.update(
        SECURITY_URL_PREFIX="/desk",
        SECURITY_PASSWORD_SALT=key(desk.data, "passwords"),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        # Vietnamese letters whole, as everywhere else: the library would take their signs apart.
        SECURITY_INPUT_NORMALIZE_FORM="NFKC",
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106 - the name of a form of letters
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": str, "case_insensitive": True}}],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        **{f"SECURITY_{name}_TEMPLATE": f"auth/login/{file}.html" for name, file in _TEMPLATES.items()},
        SECURITY_CHANGEABLE=True,
        SECURITY_POST_CHANGE_VIEW="/desk/security/",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=bool(desk.config.mail.host),
        SECURITY_RECOVERABLE=bool(desk.config.mail.host),
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=2),
        SECURITY_POST_RESET_VIEW="/desk/login",
        SECURITY_EMAIL_HTML=False,
        # The library speaks English; our catalogue of its words lies beside those of the desk.
        SECURITY_I18N_DIRNAME=str(desk.data / "words"),
        SECURITY_FRESHNESS=timedelta(minutes=30),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(0),
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/desk/login",
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_CACHE_CONTROL=None,  # the shield says it, in the words of RFC 9111
        SECURITY_FLASH_MESSAGES=True,
    )
    mfa.configure(app, desk)
    library = Security(
        app,
        _accounts(desk),
        login_form=DoorForm,
        change_password_form=ChangeForm,
        mail_util_cls=_mail(desk),
        totp_cls=mfa.once_only(desk),
        webauthn_util_cls=mfa.AnyKey,
    )
    library.pwd_context = cast(CryptContext, Unhurried(library.pwd_context))
    library.want_json(lambda _: False)
    tf_profile_changed.connect(_showed(desk), app, weak=False)
    user_authenticated.connect(_begin(desk), app, weak=False)
    user_logged_out.connect(_end(desk), app, weak=False)


def _accounts(desk: DeskContext) -> Accounts:
    def must(id: int) -> bool:
        return desk.config.people.second_factor and needs_second_factor(people.by_id(desk.db, id).grants)

    return Accounts(desk.db, desk.clock, must_have_factor=must, spend=partial(mfa.take_recovery_code, desk))


def _showed(desk: DeskContext) -> Any:
    def showed(_: Flask, **__: Any) -> None:
        if g.get("sign_in") is not None:
            sign_ins.showed_factor(desk.db, g.sign_in.id, desk.now())

    return showed


def _begin(desk: DeskContext) -> Any:
    def begun(_: Flask, user: Any, authn_via: list[str] | None = None, **__: Any) -> None:
        made = sign_ins.begin(
            desk.db,
            user.id,
            address=desk.address(),
            agent=request.user_agent.string,
            now=desk.now(),
            # Only the end of the library's second step names no way: a code, a recovery code or a passkey was shown.
            factor=authn_via is None or "webauthn" in authn_via,
        )
        session["sign_in"] = made.id

    return begun


def _end(desk: DeskContext) -> Any:
    def ended(_: Flask, user: Any, **__: Any) -> None:
        id = session.pop("sign_in", "")
        if id and user is not None and not user.is_anonymous:
            sign_ins.end(desk.db, id, person=user.id, now=desk.now())
        g.person = g.sign_in = None

    return ended


def _mail(desk: DeskContext) -> type[MailUtil]:
    class Outbox(MailUtil):
        """Letters of the library go through our outbox, so that no request waits for a mail server."""

        def send_mail(  # type: ignore[override] # called by position, and half of it is of no use here
            self, _: str, subject: str, recipient: Any, *rest: Any, **__: Any
        ) -> None:
            desk.write_to(str(recipient), str(subject), str(rest[1]))  # sender, text, HTML

    return Outbox


def door_pages(desk: DeskContext) -> Blueprint:
    """One-time links: ``/desk/welcome/TOKEN`` makes the first keeper, or sets the password of an invited person."""
    pages = Blueprint("door", __name__, url_prefix="/desk")

    @pages.route("/welcome/<token>", methods=["GET", "POST"])
    @needs("public")
    def welcome(token: str) -> Response | str | tuple[str, int]:
        link = one_time_links.find(desk.db, token, desk.now())
        person = people.by_id(desk.db, link.person) if link is not None and link.person is not None else None
        if link is None or (person is None and people.anybody(desk.db)) or (person is not None and not person.active):
            return render_template("auth/login/stale.html"), 410
        form = FirstForm() if person is None else PasswordForm()
        if form.validate_on_submit() and (username := _let_in(desk, token, link, form)):
            if person is not None and person.second_factor:
                # A link stands for the password alone.
                flash(gettext("Đã đặt mật khẩu. Hãy đăng nhập."), "info")
                return desk.go(url_for("security.login"))
            login_user(_account(desk, username), authn_via=["link"])
            return desk.go(url_for("shell.home"))
        return render_template("auth/login/welcome.html", form=form, link=link, person=person)

    return pages


def _let_in(desk: DeskContext, token: str, link: Link, form: Any) -> str:
    """The username that may come in now; "" where the link was used meanwhile, or somebody has that name."""
    hashed, now = hash_password(form.password.data), desk.now()
    try:
        if link.person is None:
            given = {name: form[name].data.strip() for name in ("username", "name", "email")}
            return people.first_keeper(desk.db, token, **given, password=hashed, now=now).username
    except one_time_links.LinkSpent:
        flash(gettext("Liên kết này vừa được dùng rồi"), "error")
        return ""
    except StoreRefusal as error:
        flash(str(error), "error")
        return ""
    if not one_time_links.use(desk.db, token, now):
        flash(gettext("Liên kết này vừa được dùng rồi"), "error")
        return ""
    person = people.by_id(desk.db, link.person)
    accounts.save(desk.db, person.id, {"password": hashed}, actor=person.username, now=now, address=desk.address())
    return person.username


def _account(desk: DeskContext, username: str) -> Any:
    return _accounts(desk).find_user(username=username)
