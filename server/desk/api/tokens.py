"""Views of the API's keys (tokens): list, create and revoke them; registered by server.desk.app.

Editors and keepers can create keys with at most their own rights and areas.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from server.desk.web.context import desk
from server.desk.web.fields import Form, required
from server.desk.web.names import area_name
from server.desk.web.refusals import said
from server.desk.web.right_names import KEY_RIGHTS
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.people import tokens
from server.store.people.tokens import GIVEN, Token

pages = Blueprint("tokens", __name__, url_prefix="/desk/tokens")


class TokenForm(Form):
    """The form for a new API key: the program's name, the key's rights and area, and for how many days it is valid.

    ``boards`` are the boards that a key with a right in `tokens.ON_BOARDS` may use; other rights do not use them.
    """

    name = StringField(lazy_gettext("Cho chương trình nào"), [required(), Length(max=80)])
    rights = SelectMultipleField(
        lazy_gettext("Được làm gì"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    boards = SelectMultipleField(
        lazy_gettext("Lời nhắn, số thứ tự trên bảng tin nào"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    area = SelectField(lazy_gettext("Đơn vị (và mọi cấp dưới)"))
    days = IntegerField(lazy_gettext("Dùng được bao nhiêu ngày"), [required(), NumberRange(1, 730)], default=365)

    def with_choices(self) -> TokenForm:
        """Sets the choices: what rights, areas and boards the signed-in person may give to a key.

        Returns the form itself.
        """
        self.rights.choices = [SelectChoice(right, str(KEY_RIGHTS[right])) for right in GIVEN if desk.may(right)]
        areas, editing = desk.areas("token.manage"), set(desk.areas("board.message"))
        self.boards.choices = [SelectChoice(one.slug, one.name) for one in boards.all(desk.db) if one.area in editing]
        self.area.choices = [SelectChoice(slug, area_name(slug)) for slug in areas]
        return self


def _page(form: TokenForm, made: str = "") -> str:
    """Returns the page with the list of keys and the form of a new key; ``made`` is the key that was just created."""
    listed = [one for one in tokens.listed(desk.db) if _may_manage(one)]
    return render_template(
        "api/tokens.html", form=form, tokens=listed, made=made, names=KEY_RIGHTS, airing=tokens.AIRING, now=desk.now()
    )


@pages.get("/")
@needs("token.manage")
def index() -> str:
    """The page with the keys that the user may manage, and with the form of a new key."""
    return _page(TokenForm().with_choices())


@pages.post("/")
@needs("token.manage", factor="fresh")
def make() -> Response | str:
    """Creates a key and shows it on the page, which is the only time that anybody can read it."""
    form = TokenForm().with_choices()
    if not form.validate_on_submit():
        return _page(form)
    desk.require("token.manage", form.area.data)
    try:
        made = tokens.make(
            desk.db, form.name.data, form.rights.data, [form.area.data], by=desk.person(),
            until=desk.now() + timedelta(days=form.days.data), now=desk.now(), boards=form.boards.data or (),
        )  # fmt: skip
    except (StoreRefusal, ValueError) as error:
        form.rights.errors = [said(error)]
        return _page(form)
    return _page(TokenForm(formdata=None).with_choices(), made)


@pages.post("/<int:id>/revoke")
@needs("token.manage", factor="fresh", subject="token/{id}")
def revoke(id: int) -> Response:
    """Revokes a key; answers 404 if it does not exist or the user may not manage it."""
    found = _token_or_404(id)
    try:
        tokens.revoke(desk.db, id, actor=desk.actor(), now=desk.now())
    except NotFound:
        abort(404)
    flash(gettext("Đã thu hồi khóa %(name)s.", name=found.name), "info")
    return desk.go(url_for("tokens.index"))


def _token_or_404(id: int) -> Token:
    found = next((one for one in tokens.listed(desk.db) if one.id == id), None)
    if found is None or not _may_manage(found):
        abort(404)
    return found


def _may_manage(token: Token) -> bool:
    return all(desk.may("token.manage", area) for area in token.areas)
