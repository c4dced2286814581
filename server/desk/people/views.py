"""People at the desk, for keepers: lists and invites them, gives roles, suspends, sends new sign-in links.

Registered by server.desk.app. A keeper sees people who hold a role in one of the keeper's areas, and people without
any role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.policy import Person
from server.desk.people.forms import GrantForm, InviteForm
from server.desk.web.context import desk
from server.desk.web.layout import role_name
from server.desk.web.rights import needs
from server.store.database.errors import NotFound, StoreRefusal
from server.store.people import people, resets

pages = Blueprint("people", __name__, url_prefix="/desk/people")


@pages.get("/")
@needs("person.manage")
def index() -> str:
    """The people of the user's areas; ``?area=SLUG`` shows those of one area and below."""
    area = request.args.get("area", "")
    listed = [one for one in people.all(desk.db) if _is_mine(one) and _is_in(one, area)]
    return render_template("people/index.html", people=listed, area=area, areas=_areas(), role_name=role_name)


@pages.route("/new", methods=["GET", "POST"])
@needs("person.manage")
def new() -> Response | str:
    """Adds a person with a first role and sends the link with which they set a password."""
    if request.method == "GET" and (asking := desk.ask_factor()):
        return asking
    form = InviteForm()
    form.offer()
    if form.validate_on_submit():
        desk.require("person.manage", form.area.data)
        try:
            person, link = _invite(form)
        except StoreRefusal as error:
            form.username.errors = [str(error)]
        else:
            return _page(person, link=link)
    return render_template("people/new.html", form=form)


@pages.get("/<username>")
@needs("person.manage")
def one(username: str) -> str:
    return _page(_person_or_404(username))


@pages.post("/<username>/grant")
@needs("person.manage")
def grant(username: str) -> Response | str:
    """Gives a role for an area."""
    person, form = _person_or_404(username), GrantForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(person, form)
    desk.require("person.manage", form.area.data)
    if asking := desk.ask_factor():
        return asking
    given = form.value()
    try:
        people.grant(desk.db, username, given, by=desk.person(), actor=desk.actor(), now=desk.now())
    except people.NotAllowed as error:
        return _done(username, str(error))
    return _done(username, gettext("Đã giao quyền %(role)s.", role=role_name(given.role)))


@pages.post("/<username>/revoke")
@needs("person.manage")
def revoke(username: str) -> Response:
    """Revokes the role named by the field ``grant``: "ROLE AREA"."""
    person = _person_or_404(username)
    held = next((one for one in person.grants if f"{one.role} {one.area}" == request.form.get("grant")), None)
    if held is None:
        abort(400)
    desk.require("person.manage", held.area)
    try:
        people.revoke(desk.db, username, held, by=desk.person(), actor=desk.actor(), now=desk.now())
    except people.NotAllowed as error:
        return _done(username, str(error))
    return _done(username, gettext("Đã thu lại quyền %(role)s.", role=role_name(held.role)))


@pages.post("/<username>/<act>")
@needs("person.manage")
def act(username: str, act: str) -> Response | str:
    """Runs the action `_ACTIONS[act]` on a person; shows the one-time link if one was made but not mailed."""
    person = _person_or_404(username)
    if act not in _ACTIONS:
        abort(404)
    if asking := desk.ask_factor():
        return asking
    try:
        link = _ACTIONS[act](person)
    except StoreRefusal as error:
        return _done(username, str(error))
    return _page(people.get(desk.db, username), link=link) if link else _done(username, gettext("Đã xong."))


def _person_or_404(username: str) -> Person:
    """404 for a person of other areas as well as for one that does not exist."""
    try:
        person = people.get(desk.db, username)
    except NotFound:
        abort(404)
    if not _is_mine(person):
        abort(404)
    return person


def _page(person: Person, form: GrantForm | None = None, link: str = "") -> str:
    return render_template(
        "people/one.html",
        person=person,
        form=form or GrantForm().offer(),
        link=link,
        waiting=resets.asked(desk.db, person.id, desk.now()),
        myself=person.id == desk.person().id,
        whole=all(desk.may("person.manage", one.area) for one in person.grants),
        role_name=role_name,
    )


def _done(username: str, message: str) -> Response:
    flash(message, "info")
    return desk.go(url_for("people.one", username=username))


def _is_mine(person: Person) -> bool:
    """True if the user manages people in one of the person's areas, or the person has no role yet."""
    return not person.grants or any(desk.may("person.manage", one.area) for one in person.grants)


def _is_in(person: Person, area: str) -> bool:
    return not area or any(desk.tree().covers(area, one.area) for one in person.grants)


def _areas() -> list[tuple[str, str, int]]:
    """Slug, name and depth (from 0) of the user's areas, for the list at the side."""
    tree, mine = desk.tree(), desk.areas("person.manage")
    least = min((len(tree.chain(one)) for one in mine), default=0)
    return [(one, tree.get(one).name, len(tree.chain(one)) - least) for one in mine]


def _invite(form: InviteForm) -> tuple[Person, str]:
    """The new person, and the link to pass on if no mail could be sent ("" otherwise). Raises StoreRefusal."""
    values = {name: str(form[name].data).strip() for name in ("username", "name", "email")}
    made = people.add(desk.db, **values, actor=desk.actor(), now=desk.now())
    person = people.grant(desk.db, made.username, form.value(), by=desk.person(), actor=desk.actor(), now=desk.now())
    return person, _make_link(person)


# The actions on a person: each returns a link to pass on, "" if there is none or a mail was sent. They raise
# StoreRefusal.


def _make_link(person: Person) -> str:
    """A one-time link for somebody without a password."""
    try:
        token = resets.invite(desk.db, person.username, by=desk.person(), now=desk.now())
    except people.NotAllowed:
        abort(403)
    except resets.HasPassword as error:
        raise StoreRefusal(gettext("Người này đã có mật khẩu; hãy dùng Đặt lại lối vào.")) from error
    return _send_link(person, token)


def _suspend(person: Person) -> str:
    people.suspend(desk.db, person.username, active=False, by=desk.person(), actor=desk.actor(), now=desk.now())
    return ""


def _reactivate(person: Person) -> str:
    people.suspend(desk.db, person.username, active=True, by=desk.person(), actor=desk.actor(), now=desk.now())
    return ""


def _ask_reset(person: Person) -> str:
    resets.ask(desk.db, person.username, by=desk.person(), now=desk.now())
    return ""


def _cancel_reset(person: Person) -> str:
    resets.cancel(desk.db, person.username, by=desk.person(), now=desk.now())
    return ""


def _confirm_reset(person: Person) -> str:
    return _send_link(person, resets.confirm(desk.db, person.username, by=desk.person(), now=desk.now()))


def _send_link(person: Person, token: str) -> str:
    """Mails the link; returns it if no mail server is configured."""
    address = url_for("door.welcome", token=token, _external=True)
    if not desk.config.mail.host:
        return address
    text = gettext(
        "Xin chào %(name)s,\n\nHãy mở liên kết này để đặt mật khẩu vào bàn biên tập Bảng Tin. Nó dùng được một lần."
        "\n\n%(address)s\n\nTên đăng nhập của bạn: %(username)s",
        name=person.name,
        address=address,
        username=person.username,
    )
    desk.write_to(person.email, gettext("Lối vào bàn biên tập Bảng Tin"), text)
    flash(gettext("Đã gửi thư cho %(email)s.", email=person.email), "info")
    return ""


_ACTIONS: Mapping[str, Callable[[Person], str]] = {
    "link": _make_link,
    "suspend": _suspend,
    "open": _reactivate,
    "ask-reset": _ask_reset,
    "cancel-reset": _cancel_reset,
    "confirm-reset": _confirm_reset,
}
