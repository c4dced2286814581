"""The forms for pairing a screen and for changing its name and notes; used by server.desk.screens.views."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from server.core.areas import AreaTree
from server.core.model import Board
from server.core.screens.screens import Screen, foreign_letters, normal_code
from server.desk.web.fields import Form, required


class PairForm(Form):
    """The form for pairing a screen.

    It holds the code of eight letters that the new device shows, and the board that it shall show or the screen that
    it replaces.
    """

    code = StringField(
        lazy_gettext("Tám chữ trên màn hình"),
        [required()],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"},
    )
    board = SelectField(lazy_gettext("Bảng tin"), [Optional()], validate_choice=False)
    replaces = SelectField(lazy_gettext("Thay cho màn hình hỏng"), [Optional()], validate_choice=False)
    name = StringField(
        lazy_gettext("Tên màn hình"),
        [Length(max=60)],
        description=lazy_gettext("Để ai cũng biết là chiếc nào: Sảnh tầng 1, Cổng phía đông"),
    )
    phone = StringField(
        lazy_gettext("Gọi ai khi màn hình không trả lời"),
        [Length(max=40)],
        render_kw={"type": "tel", "autocomplete": "off"},
    )

    def offer(self, boards: Iterable[Board], screens: Iterable[Screen], tree: AreaTree) -> PairForm:
        """Sets the choices: boards, and screens of these boards that can be replaced. Returns the form itself."""
        named = {board.slug: f"{board.name} · {tree.get(board.area).name}" for board in boards}
        self.board.choices = [SelectChoice(slug, name) for slug, name in named.items()]
        listed = [SelectChoice(str(one.id), f"{one.name} · {named[one.board]}") for one in screens]
        self.replaces.choices = [SelectChoice("", gettext("Không thay chiếc nào")), *listed]
        return self

    def validate_code(self, field: StringField) -> None:
        foreign = foreign_letters(field.data or "")
        if foreign:
            raise ValidationError(
                gettext("Mã trên màn hình không bao giờ có %(letters)s: hãy đọc lại", letters=", ".join(foreign))
            )
        if not normal_code(field.data or ""):
            raise ValidationError(gettext("Mã có tám chữ cái, ví dụ: FHSQ GJRN"))


class ScreenForm(Form):
    """The form with a screen's name, the phone number of the person responsible for it, and notes."""

    name = StringField(lazy_gettext("Tên màn hình"), [required(), Length(max=60)])
    phone = StringField(
        lazy_gettext("Gọi ai khi màn hình không trả lời"), [Length(max=40)], render_kw={"type": "tel"}
    )
    notes = TextAreaField(lazy_gettext("Ghi chú"), [Length(max=500)])
