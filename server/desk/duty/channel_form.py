"""The form of a channel of alarms; called by channel_views."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.duty.plan import Channel, ChannelKind
from server.core.policy import Person
from server.desk.web.alarm_names import CHANNEL_NAMES
from server.desk.web.context import desk
from server.desk.web.fields import Form, required
from server.desk.web.names import area_name
from server.store.duty.channels import Secrets, Settings
from server.store.people.account_rules import is_email

_SECRET = [Length(max=2000)]
_OFF = {"autocomplete": "off"}
_ADDRESSES: Mapping[str, tuple[Callable[[str], object], object]] = {
    "telegram": (
        re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}").fullmatch,
        lazy_gettext("Hãy ghi số của nhóm hay người nhận, như -100123, hoặc tên nhóm công khai, như @ten_nhom"),
    ),
    "zalo": (
        re.compile(r"[A-Za-z0-9_-]+").fullmatch,
        lazy_gettext("Mã người quan tâm chỉ gồm chữ không dấu và số, không có dấu cách"),
    ),
    "mail": (is_email, lazy_gettext("Đây không phải địa chỉ thư")),
}
"""Kind of channel -> whether an address can be one of this kind, and what is said if not."""


class ChannelForm(Form):
    """The form with the settings of a channel. Secrets are only typed in: no page ever shows them."""

    kind = SelectField(lazy_gettext("Báo qua"))
    name = StringField(lazy_gettext("Tên gọi"), [required(), Length(max=80)],
                       description=lazy_gettext("Ví dụ: Nhóm trực của xã"))  # fmt: skip
    address = StringField(
        lazy_gettext("Địa chỉ nhận"),
        [required(), Length(max=200)],
        description=lazy_gettext(
            "Telegram: số của nhóm hay người nhận. Zalo: mã người quan tâm OA. Thư: địa chỉ hộp thư."
        ),
    )
    token = PasswordField(
        lazy_gettext("Mã bot Telegram"), _SECRET, render_kw=_OFF, description=lazy_gettext("Do BotFather cấp")
    )
    app = StringField(lazy_gettext("Mã ứng dụng Zalo"), [Length(max=100)], render_kw=_OFF)
    app_secret = PasswordField(lazy_gettext("Khóa bí mật của ứng dụng Zalo"), _SECRET, render_kw=_OFF)
    renewal = PasswordField(
        lazy_gettext("Mã làm mới của Zalo OA (refresh token)"),
        _SECRET,
        render_kw=_OFF,
        description=lazy_gettext("Bảng Tin tự đổi mã này mỗi lần làm mới; đừng dùng chung với phần mềm khác"),
    )
    areas = SelectMultipleField(
        lazy_gettext("Báo động của đơn vị nào (và mọi cấp dưới)"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    person = SelectField(
        lazy_gettext("Của ai"),
        description=lazy_gettext("Kênh của một người chỉ báo khi đến phiên người ấy, và theo giờ yên tĩnh của họ"),
    )
    urgent_only = BooleanField(lazy_gettext("Chỉ báo việc khẩn"))

    @classmethod
    def of(cls, channel: Channel, people: Sequence[Person]) -> ChannelForm:
        """Returns the form with the posted values; if none were posted, with those of ``channel``."""
        return cls(
            kind=channel.kind,
            name=channel.name,
            address=channel.address,
            areas=list(channel.areas),
            person=channel.person,
            urgent_only=channel.urgent_only,
        ).offer(people)

    def offer(self, people: Sequence[Person], *, new: bool = False) -> ChannelForm:
        """Sets the choices; returns the form itself. In the form of a ``new`` channel, secrets are required."""
        for field in (self.token, self.app, self.app_secret, self.renewal):
            field.flags.required = new
        slugs = desk.areas("webhook.manage")
        self.kind.choices = [SelectChoice(kind, str(name)) for kind, name in CHANNEL_NAMES.items()]
        self.areas.choices = [SelectChoice(slug, area_name(slug)) for slug in slugs]
        people_choices = [SelectChoice(one.username, one.name) for one in people]
        self.person.choices = [SelectChoice("", gettext("Của cả nhóm")), *people_choices]
        if len(slugs) == 1 and not self.areas.data:
            self.areas.data = list(slugs)
        return self

    def validate_address(self, field: Field) -> None:
        """Refuses an address that the chosen kind of channel cannot have; WTForms calls this."""
        fits, sentence = _ADDRESSES.get(self.kind.data, (bool, ""))
        if not fits(field.data.strip()):
            raise ValidationError(str(sentence))

    def validate_areas(self, field: Field) -> None:
        """Refuses a channel without areas; WTForms calls this."""
        if not field.data:
            raise ValidationError(gettext("Hãy chọn ít nhất một đơn vị"))

    def wanted(self) -> Settings | None:
        """Returns the posted settings; None if some are missing or wrong, and then these fields have errors."""
        if not self.validate_on_submit():
            return None
        return Settings(
            cast(ChannelKind, self.kind.data),
            " ".join(self.name.data.split()),
            tuple(self.areas.data),
            self.address.data.strip(),
            self.person.data,
            bool(self.urgent_only.data),
        )

    def secrets(self, *, needed: bool) -> Secrets | None:
        """Returns the posted secrets; None if none were typed. If they are ``needed``, a missing one has an error."""
        token, app, app_secret, renewal = (
            (field.data or "").strip() for field in (self.token, self.app, self.app_secret, self.renewal)
        )
        if self.kind.data == "telegram":
            if token:
                return Secrets(token)
            missing = [self.token]
        elif self.kind.data == "zalo":
            if app and app_secret and renewal:
                return Secrets("", renewal, app, app_secret)
            values = ((self.app, app), (self.app_secret, app_secret), (self.renewal, renewal))
            missing = [field for field, value in values if not value]
            needed = needed or len(missing) < len(values)  # some were typed: then all are needed
        else:
            return Secrets() if needed else None
        if needed:
            for field in missing:
                field.errors = [gettext("Mục này chưa có gì")]
        return None

    def is_wrong(self) -> bool:
        """Whether a field has an error."""
        return any(field.errors for field in self)
