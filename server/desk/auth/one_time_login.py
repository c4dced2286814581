"""The view of one-time links, ``/desk/welcome/TOKEN``: create the first keeper's account or set a password.

Registered by server.desk.app. The links are made by server.store.people.one_time_links and resets.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, session, url_for
from flask_babel import gettext
from flask_security import hash_password, login_user

from server.core.policy import Person
from server.desk.auth.forms import FirstAccountForm, PasswordForm
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.database.errors import StoreError, StoreRefusal
from server.store.people import accounts, one_time_links, people
from server.store.people.one_time_links import Link

pages = Blueprint("door", __name__, url_prefix="/desk")


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@needs("public", factor="none")
def welcome(token: str) -> Response | str | tuple[str, int]:
    link = one_time_links.find(desk.db, token, desk.now())
    person = people.by_id(desk.db, link.person) if link is not None and link.person is not None else None
    if link is None or not _is_valid(person):
        return render_template("auth/login/stale.html"), 410
    form = FirstAccountForm() if person is None else PasswordForm()
    if form.validate_on_submit() and (username := _set_password(token, link, form)):
        if person is not None and person.second_factor:
            return _to_login()  # the link replaces only the password, not the second factor
        try:
            login_user(current_app.extensions["security"].datastore.find_user(username=username), authn_via=["link"])
        except StoreError:
            # The password is set and the link is used up: the general error page would wrongly say that nothing
            # changed.
            session.clear()
            return _to_login()
        return desk.go(url_for("shell.home"))
    return render_template("auth/login/welcome.html", form=form, link=link, person=person)


def _to_login() -> Response:
    flash(gettext("Đã đặt mật khẩu. Hãy đăng nhập."), "info")
    return desk.go(url_for("security.login"))


def _is_valid(person: Person | None) -> bool:
    """True if a one-time link still works; ``person`` is the person it belongs to.

    It works unless the person is suspended. The link for the first account (``person`` is None) works while nobody
    has an account.
    """
    return not people.anybody(desk.db) if person is None else person.active


def _set_password(token: str, link: Link, form: PasswordForm) -> str:
    """Sets the password, or creates the first account; marks the link as used. Returns the username.

    Returns "" and flashes a message if the link was used meanwhile or the store refuses the values.
    """
    hashed, now = hash_password(form.password.data), desk.now()
    try:
        if link.person is None:
            values = {name: form[name].data.strip() for name in ("username", "name", "email")}
            return people.first_keeper(desk.db, token, **values, password=hashed, now=now).username
        return accounts.set_password_by_link(desk.db, token, link.person, hashed, now=now, address=desk.address())
    except one_time_links.LinkSpent:
        flash(gettext("Liên kết này vừa được dùng rồi"), "error")
    except StoreRefusal as error:
        flash(said(error), "error")
    return ""
