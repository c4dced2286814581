"""People: who is there, what each may do where; invited, given rights, suspended, let in anew. For keepers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Regexp

from server.core.policy import ROLES, Grant, Person
from server.desk.auth.forms import USERNAME, same_address
from server.desk.web.context import DeskContext
from server.desk.web.fields import Form, required
from server.desk.web.layout import role_name
from server.desk.web.rights import needs
from server.store.database.errors import NotFound, StoreRefusal
from server.store.people import people, resets


class GrantForm(Form):
    """A role for an area."""

    role = SelectField(lazy_gettext("Vai trò"))
    area = SelectField(lazy_gettext("Đơn vị (và mọi cấp dưới)"))

    def offer(self, desk: DeskContext) -> GrantForm:
        """What may be given: every role, in the areas that who asks looks after."""
        self.role.choices = [SelectChoice(one, role_name(one)) for one in ROLES]
        names = [(slug, desk.tree()) for slug in desk.areas("person.manage")]
        self.area.choices = [SelectChoice(slug, _indented(slug, tree)) for slug, tree in names]
        return self

    def value(self) -> Grant:
        return Grant(self.role.data, self.area.data)


class InviteForm(GrantForm):
    """Somebody new."""

    name = StringField(lazy_gettext("Họ và tên"), [required(), Length(max=80)])
    username = StringField(
        lazy_gettext("Tên đăng nhập"),
        [required(), Regexp(USERNAME, message=lazy_gettext("Chữ thường không dấu, số, dấu chấm; bắt đầu bằng chữ"))],
        description=lazy_gettext("Chữ thường không dấu, ví dụ: hoa.nguyen. Không đổi được về sau."),
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(lazy_gettext("Thư điện tử"), [required(), same_address], render_kw={"autocomplete": "off"})


def _indented(slug: str, tree: Any) -> str:
    return "\u2003" * (len(tree.chain(slug)) - 1) + str(tree.get(slug).name)


def people_pages(desk: DeskContext) -> Blueprint:
    pages = Blueprint("people", __name__, url_prefix="/desk/people")

    def shown(username: str) -> Person:
        try:
            person = people.get(desk.db, username)
        except NotFound:
            abort(404)
        if not _mine(desk, person):
            abort(404)  # the same as for one who is not there
        return person

    def page(person: Person, form: GrantForm | None = None, link: str = "") -> str:
        return render_template(
            "people/one.html",
            person=person,
            form=form or GrantForm().offer(desk),
            link=link,
            waiting=resets.asked(desk.db, person.id, desk.now()),
            myself=person.id == desk.person().id,
            whole=all(desk.may("person.manage", one.area) for one in person.grants),
            role_name=role_name,
        )

    def done(person: str, sentence: str) -> Response:
        flash(sentence, "info")
        return desk.go(url_for("people.one", username=person))

    @pages.get("/")
    @needs("person.manage")
    def index() -> str:
        area = request.args.get("area", "")
        listed = [one for one in people.all(desk.db) if _mine(desk, one) and _in(desk, one, area)]
        return render_template("people/index.html", people=listed, area=area, areas=_areas(desk), role_name=role_name)

    @pages.route("/new", methods=["GET", "POST"])
    @needs("person.manage")
    def new() -> Response | str:
        if request.method == "GET" and (asking := desk.ask_factor()):
            return asking
        form = InviteForm()
        form.offer(desk)
        if form.validate_on_submit():
            desk.require("person.manage", form.area.data)
            try:
                person, link = _invite(desk, form)
            except StoreRefusal as error:
                form.username.errors = [str(error)]
            else:
                return page(person, link=link)
        return render_template("people/new.html", form=form)

    @pages.get("/<username>")
    @needs("person.manage")
    def one(username: str) -> str:
        return page(shown(username))

    @pages.post("/<username>/grant")
    @needs("person.manage")
    def grant(username: str) -> Response | str:
        person, form = shown(username), GrantForm()
        form.offer(desk)
        if not form.validate_on_submit():
            return page(person, form)
        desk.require("person.manage", form.area.data)
        if asking := desk.ask_factor():
            return asking
        given = form.value()
        try:
            people.grant(desk.db, username, given, by=desk.person(), actor=desk.actor(), now=desk.now())
        except people.NotAllowed as error:
            return done(username, str(error))
        return done(username, gettext("Đã giao quyền %(role)s.", role=role_name(given.role)))

    @pages.post("/<username>/revoke")
    @needs("person.manage")
    def revoke(username: str) -> Response:
        person = shown(username)
        given = next((one for one in person.grants if f"{one.role} {one.area}" == request.form.get("grant")), None)
        if given is None:
            abort(400)
        desk.require("person.manage", given.area)
        try:
            people.revoke(desk.db, username, given, by=desk.person(), actor=desk.actor(), now=desk.now())
        except people.NotAllowed as error:
            return done(username, str(error))
        return done(username, gettext("Đã thu lại quyền %(role)s.", role=role_name(given.role)))

    @pages.post("/<username>/<act>")
    @needs("person.manage")
    def act(username: str, act: str) -> Response | str:
        person = shown(username)
        if act not in _ACTS:
            abort(404)
        if asking := desk.ask_factor():
            return asking
        try:
            link = _ACTS[act](desk, person)
        except StoreRefusal as error:
            return done(username, str(error))
        return page(people.get(desk.db, username), link=link) if link else done(username, gettext("Đã xong."))

    return pages


def _mine(desk: DeskContext, person: Person) -> bool:
    """True of whom who asks looks after in some area, and of whom nobody has given anything yet."""
    return not person.grants or any(desk.may("person.manage", one.area) for one in person.grants)


def _in(desk: DeskContext, person: Person, area: str) -> bool:
    return not area or any(desk.tree().covers(area, one.area) for one in person.grants)


def _areas(desk: DeskContext) -> list[tuple[str, str, int]]:
    """Slug, name and depth of the areas at the side."""
    tree, mine = desk.tree(), desk.areas("person.manage")
    least = min((len(tree.chain(one)) for one in mine), default=0)
    return [(one, tree.get(one).name, len(tree.chain(one)) - least) for one in mine]


def _invite(desk: DeskContext, form: InviteForm) -> tuple[Person, str]:
    """The new person, and the link to pass on where no letter could be sent."""
    given = {name: str(form[name].data).strip() for name in ("username", "name", "email")}
    made = people.add(desk.db, **given, actor=desk.actor(), now=desk.now())
    person = people.grant(desk.db, made.username, form.value(), by=desk.person(), actor=desk.actor(), now=desk.now())
    return person, _link(desk, person)


def _link(desk: DeskContext, person: Person) -> str:
    """A way in for somebody without a password; "" where it went by letter."""
    try:
        token = resets.invite(desk.db, person.username, by=desk.person(), now=desk.now())
    except people.NotAllowed:
        abort(403)
    except resets.HasPassword as error:
        raise StoreRefusal(gettext("Người này đã có mật khẩu; hãy dùng Đặt lại lối vào.")) from error
    return _send(desk, person, token)


def _send(desk: DeskContext, person: Person, token: str) -> str:
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


def _suspend(desk: DeskContext, person: Person) -> str:
    people.suspend(desk.db, person.username, active=False, by=desk.person(), actor=desk.actor(), now=desk.now())
    return ""


def _open(desk: DeskContext, person: Person) -> str:
    people.suspend(desk.db, person.username, active=True, by=desk.person(), actor=desk.actor(), now=desk.now())
    return ""


def _ask_reset(desk: DeskContext, person: Person) -> str:
    resets.ask(desk.db, person.username, by=desk.person(), now=desk.now())
    return ""


def _cancel_reset(desk: DeskContext, person: Person) -> str:
    resets.cancel(desk.db, person.username, by=desk.person(), now=desk.now())
    return ""


def _confirm_reset(desk: DeskContext, person: Person) -> str:
    return _send(desk, person, resets.confirm(desk.db, person.username, by=desk.person(), now=desk.now()))


_ACTS = {
    "link": _link,
    "suspend": _suspend,
    "open": _open,
    "ask-reset": _ask_reset,
    "cancel-reset": _cancel_reset,
    "confirm-reset": _confirm_reset,
}
