"""Forms for signing in, choosing a password and making the first account; used by login and one_time_login.

Labels and error messages are Vietnamese sentences, translated by their gettext ids.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_security.forms import ChangePasswordForm, LoginForm
from wtforms import EmailField, PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import EqualTo, Length, Regexp

from server.desk.web.fields import Form, required

USERNAME = r"^[a-z][a-z0-9._-]{1,39}$"


def normalize_email(_: Form, field: EmailField) -> None:
    """A validator: the field must be an e-mail address; it is changed to the form in which addresses are compared."""
    try:
        field.data = current_app.extensions["security"].mail_util.normalize(field.data or "")
    except ValueError as error:
        raise ValidationError(gettext("Địa chỉ thư này không đúng dạng")) from error


class UsernameLoginForm(LoginForm):
    """Sign-in by username or e-mail address, in one field."""

    # Flask-Security names the field "email".
    email = StringField(
        lazy_gettext("Tên đăng nhập hoặc thư điện tử"), [required()], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(lazy_gettext("Mật khẩu"), [required()], render_kw={"autocomplete": "current-password"})

    def validate(self, **more: object) -> bool:
        """Finds the account first; the library then checks the password."""
        self.ifield = self.email
        name = (self.email.data or "").strip()
        column = "email" if "@" in name else "username"
        if name:
            self.user = current_app.extensions["security"].datastore.find_user(True, **{column: name})
        return bool(super().validate(**more))


class PasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        [required()],
        description=lazy_gettext("Ít nhất 12 ký tự. Một câu dài dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(lazy_gettext("Gõ lại mật khẩu"), [required()], render_kw={"autocomplete": "new-password"})
    submit = SubmitField(lazy_gettext("Xong"))

    def validate_password(self, field: PasswordField) -> None:
        # Keeps the normalized form, which the library compares: an accented letter can be typed in two ways.
        errors, field.data = current_app.extensions["security"].password_util.validate(field.data or "", False)
        if errors:
            raise ValidationError(" ".join(errors))

    def validate_again(self, field: PasswordField) -> None:
        util = current_app.extensions["security"].password_util
        if util.normalize(field.data or "") != util.normalize(self.password.data or ""):
            raise ValidationError(gettext("Hai mật khẩu không giống nhau"))


class FirstAccountForm(PasswordForm):
    """The account of the first keeper."""

    name = StringField(lazy_gettext("Họ và tên"), [required(), Length(max=80)])
    username = StringField(
        lazy_gettext("Tên đăng nhập"),
        [required(), Regexp(USERNAME, message=lazy_gettext("Chữ thường không dấu, số, dấu chấm; bắt đầu bằng chữ"))],
        description=lazy_gettext("Chữ thường không dấu, ví dụ: hoa.nguyen. Không đổi được về sau."),
        render_kw={"autocomplete": "username"},
    )
    email = EmailField(
        lazy_gettext("Thư điện tử"), [required(), normalize_email], render_kw={"autocomplete": "email"}
    )


class ChangeForm(ChangePasswordForm):
    """The library's form for changing one's password, with Vietnamese labels."""

    password = PasswordField(lazy_gettext("Mật khẩu đang dùng"), render_kw={"autocomplete": "current-password"})
    new_password = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        [required()],
        description=lazy_gettext("Ít nhất 12 ký tự. Một câu dài dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    new_password_confirm = PasswordField(
        lazy_gettext("Gõ lại mật khẩu"),
        [required(), EqualTo("new_password", message=lazy_gettext("Hai mật khẩu không giống nhau"))],
        render_kw={"autocomplete": "new-password"},
    )
