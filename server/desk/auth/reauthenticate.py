"""A second factor, shown again before a dangerous act; the urgent page, panic and people lead here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_security import verify_password
from wtforms import PasswordField, StringField

from server.desk.auth import mfa
from server.desk.web.context import DeskContext
from server.desk.web.fields import Form, required
from server.desk.web.rights import needs
from server.store.people import sign_ins


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


def confirm_pages(desk: DeskContext) -> Blueprint:
    pages = Blueprint("confirm", __name__, url_prefix="/desk/confirm")

    @pages.route("/", methods=["GET", "POST"])
    @needs("own")
    def ask() -> Response | str:
        account = current_app.extensions["security"].datastore.find_user(username=desk.actor())
        coded = bool(account.tf_totp_secret)
        form: Any = CodeForm() if coded else OwnPasswordForm()
        onward = _inside(request.args.get("next", ""))
        if form.validate_on_submit():
            if _right(account, form.code.data, coded):
                sign_ins.showed_factor(desk.db, desk.sign_in().id, desk.now())
                if request.args.get("undone"):
                    flash(gettext("Đã xác nhận. Việc vừa rồi chưa được làm: hãy bấm lại."), "info")
                return desk.go(onward)
            form.code.errors = [_wrong(coded)]
        return render_template(
            "auth/reauthenticate.html", form=form, coded=coded, keys=bool(account.webauthn), onward=onward
        )

    return pages


def _right(account: Any, said: str, coded: bool) -> bool:
    if coded:
        return mfa.verify(account, said)
    # A passkey is stronger than a password: whoever has one must show that.
    normal = current_app.extensions["security"].password_util.normalize(said)
    return not account.webauthn and bool(verify_password(normal, account.password))


def _wrong(coded: bool) -> str:
    if coded:
        return str(gettext("Mã không đúng hoặc đã dùng rồi. Hãy đợi mã tiếp theo."))
    return str(gettext("Mật khẩu không đúng."))


def _inside(address: str) -> str:
    """An address of the desk; anything else leads home."""
    good = address.startswith("/desk/") and "//" not in address and "\\" not in address
    return address if good else url_for("shell.home")
