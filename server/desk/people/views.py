"""Views in which keepers (administrators) list, invite and suspend people, give roles and send one-time links.

Registered by server.desk.app. A keeper sees people who hold a role in one of the keeper's areas, and people without
any role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.policy import Person
from server.desk.people.access import is_mine
from server.desk.people.forms import GrantForm, InviteForm
from server.desk.people.mails import MailRow, count_failed
from server.desk.web import bell
from server.desk.web.context import desk
from server.desk.web.layout import role_name
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.database.errors import NotFound, StoreRefusal
from server.store.people import messages, one_time_links, people, resets

pages = Blueprint("people", __name__, url_prefix="/desk/people")

MOST_MAILS = 3


@pages.get("/")
@needs("person.manage")
def index() -> str:
    """The list of the people of the user's areas; ``?area=SLUG`` shows those of one area and below."""
    area = request.args.get("area", "")
    listed = [one for one in people.all(desk.db) if is_mine(one) and _is_in(one, area)]
    return render_template(
        "people/index.html", people=listed, area=area, areas=_areas(), role_name=role_name, failed=count_failed()
    )


@pages.route("/new", methods=["GET", "POST"])
@needs("person.manage", factor="fresh")
def new() -> Response | str:
    """GET: the form for a new person. POST: adds the person with a first role and sends the link to set a password.

    If no mail can be sent, the page shows the link.
    """
    form = InviteForm()
    form.offer()
    if form.validate_on_submit():
        desk.require("person.manage", form.area.data)
        try:
            person, link = _invite(form)
        except StoreRefusal as error:
            form.username.errors = [said(error)]
        else:
            return _page(person, link=link)
    return render_template("people/new.html", form=form)


@pages.get("/<username>")
@needs("person.manage")
def one(username: str) -> str:
    return _page(_person_or_404(username))


@pages.post("/<username>/grant")
@needs("person.manage", factor="fresh", subject="person/{username}")
def grant(username: str) -> Response | str:
    """Gives a person the role and the area in the posted form; shows the form's errors if there are any."""
    person, form = _person_or_404(username), GrantForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(person, form)
    desk.require("person.manage", form.area.data)
    given = form.value()
    try:
        people.grant(desk.db, username, given, by=desk.person(), actor=desk.actor(), now=desk.now())
    except people.NotAllowed as error:
        return _done(username, said(error))
    return _done(username, gettext("Đã giao quyền %(role)s.", role=role_name(given.role)))


@pages.post("/<username>/revoke")
@needs("person.manage", factor="fresh", subject="person/{username}")
def revoke(username: str) -> Response:
    """Revokes a person's role; the form field ``grant`` is "ROLE AREA"."""
    person = _person_or_404(username)
    held = next((one for one in person.grants if f"{one.role} {one.area}" == request.form.get("grant")), None)
    if held is None:
        abort(400)
    desk.require("person.manage", held.area)
    try:
        people.revoke(desk.db, username, held, by=desk.person(), actor=desk.actor(), now=desk.now())
    except people.NotAllowed as error:
        return _done(username, said(error))
    return _done(username, gettext("Đã thu lại quyền %(role)s.", role=role_name(held.role)))


@pages.post("/<username>/<act>")
@needs("person.manage", factor="fresh", subject="person/{username}")
def act(username: str, act: str) -> Response | str:
    """Runs an action on a person; if it makes a one-time link that is not mailed, the page shows the link.

    ``act`` is "link" (invite again), "suspend", "open" (end the suspension), "ask-reset", "cancel-reset" or
    "confirm-reset" (steps of a password reset). Answers 404 for any other.
    """
    person = _person_or_404(username)
    if act not in _ACTIONS:
        abort(404)
    try:
        link = _ACTIONS[act](person)
    except StoreRefusal as error:
        return _done(username, said(error))
    return _page(people.get(desk.db, username), link=link) if link else _done(username, gettext("Đã xong."))


def _person_or_404(username: str) -> Person:
    """Returns the person with this username; 404 if there is none or the user may not see them (`is_mine`)."""
    try:
        person = people.get(desk.db, username)
    except NotFound:
        abort(404)
    if not is_mine(person):
        abort(404)
    return person


def _page(person: Person, form: GrantForm | None = None, link: str = "") -> str:
    return render_template(
        "people/one.html",
        person=person,
        form=form or GrantForm().offer(),
        link=link,
        mails=[MailRow.of(one) for one in messages.mails_to(desk.db, person.email, most=MOST_MAILS)],
        reset=resets.asked(desk.db, person.id, desk.now()),
        myself=person.id == desk.person().id,
        whole=all(desk.may("person.manage", one.area) for one in person.grants),
        role_name=role_name,
    )


def _done(username: str, message: str) -> Response:
    flash(message, "info")
    return desk.go(url_for("people.one", username=username))


def _is_in(person: Person, area: str) -> bool:
    return not area or any(desk.tree().covers(area, one.area) for one in person.grants)


def _areas() -> list[tuple[str, str, int]]:
    """Returns (slug, name, depth) of each area in which the user may manage people, for the list on the page.

    The topmost of these areas have depth 0.
    """
    tree, mine = desk.tree(), desk.areas("person.manage")
    least = min((len(tree.chain(one)) for one in mine), default=0)
    return [(one, tree.get(one).name, len(tree.chain(one)) - least) for one in mine]


def _invite(form: InviteForm) -> tuple[Person, str]:
    """Adds the person in the form and sends the one-time link; raises StoreRefusal if the store refuses the person.

    Returns the person and the link; the link is "" if a mail was queued.
    """
    values = {name: str(form[name].data).strip() for name in ("username", "name", "email")}
    made = people.add(desk.db, **values, actor=desk.actor(), now=desk.now())
    person = people.grant(desk.db, made.username, form.value(), by=desk.person(), actor=desk.actor(), now=desk.now())
    return person, _make_link(person)


# The actions on a person. Each returns the one-time link that the keeper must hand over, or "" if there is none or it
# is mailed. They raise StoreRefusal.


def _make_link(person: Person) -> str:
    """Makes and sends a one-time link for a person who has no password yet.

    Answers 403 if the user may not invite that person. Raises StoreRefusal if the person has a password.
    """
    try:
        token = resets.invite(desk.db, person.username, by=desk.person(), now=desk.now())
    except people.NotAllowed:
        abort(403)
    except resets.HasPassword as error:
        raise StoreRefusal(gettext("Người này đã có mật khẩu; hãy dùng Đặt lại lối vào.")) from error
    return _send_link(person, token, one_time_links.INVITE_LASTS)


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
    token = resets.confirm(desk.db, person.username, by=desk.person(), now=desk.now())
    return _send_link(person, token, one_time_links.RESET_LASTS)


def _send_link(person: Person, token: str, lasts: timedelta) -> str:
    """Queues a mail with the link of ``token``, which is valid for ``lasts``, and returns "".

    Returns the link itself if no mail server is configured.
    """
    address = url_for("door.welcome", token=token, _external=True)
    if not desk.config.mail.host:
        return address
    with bell.language_of(person):  # the language of the person who receives the mail
        subject, text = _invitation(person, address, lasts)
    desk.write_to(person.email, subject, text)
    flash(gettext("Đang gửi thư cho %(email)s.", email=person.email), "info")
    return ""


def _invitation(person: Person, address: str, lasts: timedelta) -> tuple[str, str]:
    text = gettext(
        "Xin chào %(name)s,\n\nHãy mở liên kết này để đặt mật khẩu vào bàn biên tập Bảng Tin. Nó dùng được một lần, "
        "trong %(hours)s giờ.\n\n%(address)s\n\nTên đăng nhập của bạn: %(username)s",
        name=person.name,
        address=address,
        username=person.username,
        hours=round(lasts.total_seconds() / 3600),
    )
    return gettext("Lối vào bàn biên tập Bảng Tin"), text


_ACTIONS: Mapping[str, Callable[[Person], str]] = {
    "link": _make_link,
    "suspend": _suspend,
    "open": _reactivate,
    "ask-reset": _ask_reset,
    "cancel-reset": _cancel_reset,
    "confirm-reset": _confirm_reset,
}
