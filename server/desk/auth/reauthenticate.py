"""Asks for the second factor again before a dangerous action; `DeskContext.ask_factor` redirects here."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_security import verify_password
from wtforms import PasswordField, StringField

from server.desk.auth import mfa
from server.desk.auth.accounts import Account
from server.desk.web.context import desk
from server.desk.web.fields import Form, required
from server.desk.web.return_address import return_address
from server.desk.web.rights import needs
from server.store.people import sign_ins

pages = Blueprint("confirm", __name__, url_prefix="/desk/confirm")


class CodeForm(Form):
    code = StringField(
        lazy_gettext("Mã xác nhận hoặc mã dự phòng"),
        [required()],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True},
    )


class OwnPasswordForm(Form):
    code = PasswordField(
        lazy_gettext("Mật khẩu"), [required()], render_kw={"autocomplete": "current-password", "autofocus": True}
    )


@pages.route("/", methods=["GET", "POST"])
@needs("own")
def ask() -> Response | str:
    """Asks for a code, or for the password if the account has no authenticator; then goes to ``?next=``."""
    account: Account = current_app.extensions["security"].datastore.find_user(username=desk.actor())
    has_codes = bool(account.tf_totp_secret)
    form = CodeForm() if has_codes else OwnPasswordForm()
    onward = return_address(request.args.get("next", ""))
    if form.validate_on_submit():
        if _is_right(account, form.code.data):
            sign_ins.showed_factor(desk.db, desk.sign_in().id, desk.now())
            if request.args.get("undone"):
                flash(gettext("Đã xác nhận. Việc vừa rồi chưa được làm: hãy bấm lại."), "info")
            return desk.go(onward)
        form.code.errors = [_wrong(has_codes)]
    return render_template(
        "auth/reauthenticate.html", form=form, coded=has_codes, keys=bool(account.webauthn), onward=onward
    )


def _is_right(account: Account, secret: str) -> bool:
    if account.tf_totp_secret:
        return mfa.verify_code(account, secret)
    # A passkey is stronger than a password: an account that has one must show that.
    if account.webauthn or account.password is None:
        return False
    password = current_app.extensions["security"].password_util.normalize(secret)
    return bool(verify_password(password, account.password))


def _wrong(has_codes: bool) -> str:
    if has_codes:
        return str(gettext("Mã không đúng hoặc đã dùng rồi. Hãy đợi mã tiếp theo."))
    return str(gettext("Mật khẩu không đúng."))
