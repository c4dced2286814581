"""The form of what an area is: name, level, owning body, answerable person, former names; called by details_views."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import cast

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from server.core.area_import.columns import LONGEST_NAME, former_names_in, kind_of, with_former_name
from server.core.geography.communes import compared
from server.core.model import AreaKind, OutlinedArea
from server.desk.web.area_kinds import KIND_LABELS
from server.desk.web.context import desk
from server.desk.web.fields import Form, is_telephone, required
from server.desk.web.names import area_name
from server.desk.web.refusals import said


class DetailsForm(Form):
    """The form of a new area, or of an existing one; the parent is chosen for a new one only."""

    name = StringField(
        lazy_gettext("Tên"), [required(), Length(max=LONGEST_NAME)],
        description=lazy_gettext("Đủ cả loại, như Xã Minh Tân, Tổ dân phố số 3"),
    )  # fmt: skip
    parent = SelectField(lazy_gettext("Thuộc"), validate_choice=False)
    kind = SelectField(lazy_gettext("Cấp"), validate_choice=False)
    owner = StringField(
        lazy_gettext("Cơ quan chủ quản"), [Length(max=LONGEST_NAME)],
        description=lazy_gettext(
            "Như Ủy ban nhân dân xã Minh Tân. Trang công khai ghi tên này làm nơi đăng tin; để trống thì ghi tên "
            "đơn vị."
        ),
    )  # fmt: skip
    answerable = StringField(
        lazy_gettext("Người chịu trách nhiệm nội dung"), [Length(max=LONGEST_NAME)],
        description=lazy_gettext("Họ tên và chức vụ. Chỉ hiện ở bàn biên tập."),
    )  # fmt: skip
    phone = StringField(
        lazy_gettext("Điện thoại liên hệ"), [Length(max=40), is_telephone],
        description=lazy_gettext(
            "Gọi số này khi màn hình tắt. Số điện thoại trực cho người dân ghi ở phần vị trí và mã."
        ),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )  # fmt: skip
    former_names = TextAreaField(
        lazy_gettext("Tên cũ"),
        description=lazy_gettext(
            "Mỗi dòng một tên, có thể kèm huyện cũ, như Xã An Ninh, huyện Quỳnh Phụ. Người tìm theo tên cũ sẽ thấy "
            "đơn vị này. Khi đổi tên, tên đang dùng tự thành tên cũ."
        ),
        render_kw={"rows": 5},
    )
    mark = HiddenField()

    @classmethod
    def of(cls, area: OutlinedArea | None, parent: str = "") -> DetailsForm:
        """Returns the form with the posted values; if none were posted, with those of ``area``.

        For a new area (None) ``parent`` is the one that is chosen at first.
        """
        form = cls() if area is None else cls(
            name=area.name, kind=area.kind, owner=area.owner, answerable=area.answerable, phone=area.phone,
            former_names="\n".join(area.former_names), mark=details_mark(area),
        )  # fmt: skip
        form.kind.choices = [SelectChoice(kind, str(label)) for kind, label in KIND_LABELS.items()]
        form.parent.choices = [SelectChoice(slug, area_name(slug)) for slug in desk.areas("area.manage")]
        if area is not None:
            del form.parent
        elif form.parent.data is None:
            form.parent.data = parent
        return form

    def read(self, before: OutlinedArea) -> OutlinedArea | None:
        """Validates the form and returns a copy of ``before`` with its values; None if a field has an error."""
        complete = self.validate()
        name = " ".join((self.name.data or "").split())
        parent = self.parent.data if "parent" in self else before.parent
        if "parent" in self and parent not in desk.areas("area.manage"):
            self.parent.errors = [gettext("Hãy chọn một đơn vị mà bạn quản trị")]
            complete = False
        try:
            former = former_names_in(self.former_names.data or "")
        except ValueError as error:
            self.former_names.errors = [said(error)]
            return None
        if complete and (namesake := _namesake(name, parent, before.slug)):
            self.name.errors = [gettext("Nơi này đã có một đơn vị tên «%(name)s».", name=namesake)]
            complete = False
        if not complete:
            return None
        kind = self.kind.data if self.kind.data in KIND_LABELS else ""
        found = kind or (kind_of(name) if "parent" in self else "")
        shown = (self.owner, self.answerable, self.phone)
        owner, answerable, phone = (" ".join((one.data or "").split()) for one in shown)
        return replace(
            before, name=name, parent=parent, kind=cast(AreaKind, "" if found == "district" else found),
            owner=owner, answerable=answerable, phone=phone,
            former_names=with_former_name(former, before.name, name),
        )  # fmt: skip


def details_mark(area: OutlinedArea) -> str:
    """Returns a digest of what the form shows, 16 hex digits, by which the view notices another person's change."""
    shown = (area.name, area.kind, area.owner, area.answerable, area.phone, area.former_names)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _namesake(name: str, parent: str | None, slug: str) -> str:
    """Returns the name of another area with this name below the same parent; "" if there is none."""
    tree = desk.tree()
    others = (tree.get(one) for one in tree.slugs() if one != slug)
    return next((one.name for one in others if one.parent == parent and compared(one.name) == compared(name)), "")
