"""The forms for signing in, choosing a password and making the first account.

Used by login, one_time_login and the forms of people.

Labels and error messages are Vietnamese sentences, translated by their gettext ids.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_security.forms import ChangePasswordForm, LoginForm
from wtforms import EmailField, PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import EqualTo, Length, Regexp

from server.desk.web.fields import Form, required
from server.store.people.account_rules import USERNAME


def normalize_email(_: Form, field: EmailField) -> None:
    """A WTForms validator that requires an e-mail address and replaces it by its normalized form.

    Raises ValidationError if the text is not an e-mail address.
    """
    try:
        field.data = current_app.extensions["security"].mail_util.normalize(field.data or "")
    except ValueError as error:
        raise ValidationError(gettext("Địa chỉ thư này không đúng dạng")) from error


class UsernameLoginForm(LoginForm):
    """The form for signing in; its first field accepts a username or an e-mail address."""

    # Flask-Security names the field "email".
    email = StringField(
        lazy_gettext("Tên đăng nhập hoặc thư điện tử"), [required()], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(lazy_gettext("Mật khẩu"), [required()], render_kw={"autocomplete": "current-password"})

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.password.description = ""  # removes the library's link for a forgotten password; the page has its own

    def validate(self, **more: object) -> bool:
        """Finds the account by the typed name, then lets Flask-Security check the password.

        True if both are right.
        """
        self.ifield = self.email
        name = (self.email.data or "").strip()
        column = "email" if "@" in name else "username"
        if name:
            self.user = current_app.extensions["security"].datastore.find_user(True, **{column: name})
        return bool(super().validate(**more))


class PasswordForm(Form):
    """The form for a new password, which is typed twice."""

    password = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        [required()],
        description=lazy_gettext("Ít nhất 12 ký tự. Một câu dài dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(lazy_gettext("Gõ lại mật khẩu"), [required()], render_kw={"autocomplete": "new-password"})
    submit = SubmitField(lazy_gettext("Xong"))

    def validate_password(self, field: PasswordField) -> None:
        # Replaces the password by its normalized form, which the library compares later: an accented letter can be
        # typed as one or as two code points.
        errors, field.data = current_app.extensions["security"].password_util.validate(field.data or "", False)
        if errors:
            raise ValidationError(" ".join(errors))

    def validate_again(self, field: PasswordField) -> None:
        util = current_app.extensions["security"].password_util
        if util.normalize(field.data or "") != util.normalize(self.password.data or ""):
            raise ValidationError(gettext("Hai mật khẩu không giống nhau"))


class FirstAccountForm(PasswordForm):
    """The form that creates the first account, which belongs to a keeper (administrator)."""

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
