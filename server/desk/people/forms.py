"""The forms for inviting a person and for giving a role; used by server.desk.people.views."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Regexp

from server.core.areas import AreaTree
from server.core.policy import ROLES, Grant
from server.desk.auth.forms import normalize_email
from server.desk.web.context import desk
from server.desk.web.fields import Form, required
from server.desk.web.layout import role_name
from server.desk.web.names import area_name
from server.store.people.account_rules import USERNAME


class GrantForm(Form):
    """The form that gives a person a role in an area."""

    role = SelectField(lazy_gettext("Vai trò"))
    area = SelectField(lazy_gettext("Đơn vị (và mọi cấp dưới)"))

    def offer(self) -> GrantForm:
        """Sets the choices: every role, and the areas in which the user manages people. Returns the form itself."""
        self.role.choices = [SelectChoice(one, role_name(one)) for one in ROLES]
        tree = desk.tree()
        self.area.choices = [SelectChoice(slug, _indented(slug, tree)) for slug in desk.areas("person.manage")]
        return self

    def value(self) -> Grant:
        return Grant(self.role.data, self.area.data)


class InviteForm(GrantForm):
    """The form that adds a person with a first role."""

    name = StringField(lazy_gettext("Họ và tên"), [required(), Length(max=80)])
    username = StringField(
        lazy_gettext("Tên đăng nhập"),
        [required(), Regexp(USERNAME, message=lazy_gettext("Chữ thường không dấu, số, dấu chấm; bắt đầu bằng chữ"))],
        description=lazy_gettext("Chữ thường không dấu, ví dụ: hoa.nguyen. Không đổi được về sau."),
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(lazy_gettext("Thư điện tử"), [required(), normalize_email], render_kw={"autocomplete": "off"})


def _indented(slug: str, tree: AreaTree) -> str:
    """Returns the area's name, indented by its depth in the tree."""
    return "\u2003" * (len(tree.chain(slug)) - 1) + area_name(slug)
