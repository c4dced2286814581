"""One-time links: ``/desk/welcome/TOKEN`` makes the first keeper or sets the password of an invited person.

Registered by server.desk.app. The links are made by server.store.people.one_time_links and resets.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, url_for
from flask_babel import gettext
from flask_security import hash_password, login_user

from server.core.policy import Person
from server.desk.auth.forms import FirstAccountForm, PasswordForm
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.database.errors import StoreRefusal
from server.store.people import accounts, one_time_links, people
from server.store.people.one_time_links import Link

pages = Blueprint("door", __name__, url_prefix="/desk")


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@needs("public")
def welcome(token: str) -> Response | str | tuple[str, int]:
    link = one_time_links.find(desk.db, token, desk.now())
    person = people.by_id(desk.db, link.person) if link is not None and link.person is not None else None
    if link is None or not _is_valid(person):
        return render_template("auth/login/stale.html"), 410
    form = FirstAccountForm() if person is None else PasswordForm()
    if form.validate_on_submit() and (username := _set_password(token, link, form)):
        if person is not None and person.second_factor:
            # The link replaces only the password, not the second factor.
            flash(gettext("Đã đặt mật khẩu. Hãy đăng nhập."), "info")
            return desk.go(url_for("security.login"))
        login_user(current_app.extensions["security"].datastore.find_user(username=username), authn_via=["link"])
        return desk.go(url_for("shell.home"))
    return render_template("auth/login/welcome.html", form=form, link=link, person=person)


def _is_valid(person: Person | None) -> bool:
    """A link without a person is for the first account only; a suspended person cannot use one."""
    return not people.anybody(desk.db) if person is None else person.active


def _set_password(token: str, link: Link, form: PasswordForm) -> str:
    """Spends the link and returns the username; "" if the link was spent meanwhile or the name is taken."""
    hashed, now = hash_password(form.password.data), desk.now()
    try:
        if link.person is None:
            values = {name: form[name].data.strip() for name in ("username", "name", "email")}
            return people.first_keeper(desk.db, token, **values, password=hashed, now=now).username
    except one_time_links.LinkSpent:
        return _spent()
    except StoreRefusal as error:
        flash(str(error), "error")
        return ""
    if not one_time_links.use(desk.db, token, now):
        return _spent()
    person = people.by_id(desk.db, link.person)
    accounts.save(desk.db, person.id, {"password": hashed}, actor=person.username, now=now, address=desk.address())
    return person.username


def _spent() -> str:
    flash(gettext("Liên kết này vừa được dùng rồi"), "error")
    return ""
