"""The form of a webhook's receiver: name, address, areas, events; called by views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask_babel import gettext, lazy_gettext
from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.webhook_events import EventKind
from server.desk.web.context import desk
from server.desk.web.event_names import event_groups
from server.desk.web.fields import Form, required
from server.desk.web.names import area_name
from server.notifications.webhooks import BadAddress, Fault, checked_address
from server.store.notifications.webhooks import Settings, Webhook

_FAULTS: Mapping[Fault, object] = {
    "address": lazy_gettext("Đây không phải địa chỉ web. Hãy chép nguyên địa chỉ mà phần mềm nhận đưa ra."),
    "https": lazy_gettext(
        "Địa chỉ phải bắt đầu bằng https://. Địa chỉ http:// chỉ dùng được cho máy nội bộ có tên ở mục [fetch] "
        "allow_private của config.toml."
    ),
    "password": lazy_gettext("Địa chỉ không được chứa tên đăng nhập và mật khẩu."),
    "private": lazy_gettext(
        "Đây là máy nội bộ. Người quản trị máy chủ phải cho phép trước, ở mục [fetch] allow_private của config.toml."
    ),
}


class WebhookForm(Form):
    """The form with the settings of a receiver."""

    name = StringField(lazy_gettext("Nơi nhận"), [required(), Length(max=80)],
                       description=lazy_gettext("Ví dụ: Nhóm Zalo của xã, Phần mềm một cửa"))  # fmt: skip
    url = StringField(lazy_gettext("Địa chỉ nhận"), [required(), Length(max=1000)],
                      description=lazy_gettext("Bắt đầu bằng https://, do phần mềm nhận đưa ra"))  # fmt: skip
    areas = SelectMultipleField(
        lazy_gettext("Việc của đơn vị nào (và mọi cấp dưới)"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    events = SelectMultipleField(
        lazy_gettext("Báo khi"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    @classmethod
    def of(cls, hook: Webhook) -> WebhookForm:
        """Returns the form with the posted values; if none were posted, with those of ``hook``."""
        return cls(name=hook.name, url=hook.url, areas=list(hook.areas), events=list(hook.events)).with_choices()

    def with_choices(self) -> WebhookForm:
        """Sets the areas that the signed-in person may choose, and the events; returns the form itself."""
        slugs = desk.areas("webhook.manage")
        self.areas.choices = [SelectChoice(slug, area_name(slug)) for slug in slugs]
        self.events.choices = [
            SelectChoice(kind, step, optgroup=subject)
            for subject, steps in event_groups()
            for kind, step in steps.items()
        ]
        if len(slugs) == 1 and not self.areas.data:
            self.areas.data = list(slugs)
        return self

    def wanted(self) -> Settings | None:
        """Returns the posted settings; None if some are missing or wrong, and then these fields have errors."""
        complete = self.validate_on_submit()
        for field, sentence in (
            (self.areas, gettext("Hãy chọn ít nhất một đơn vị")),
            (self.events, gettext("Hãy chọn ít nhất một việc")),
        ):
            if not field.data:
                field.errors = [sentence]
                complete = False
        try:
            url = checked_address(self.url.data or "", desk.config.fetch.allow_private)
        except BadAddress as bad:
            if not self.url.errors:
                self.url.errors = [str(_FAULTS[bad.fault])]
            return None
        if not complete:
            return None
        events = cast(tuple[EventKind, ...], tuple(self.events.data))
        return Settings(" ".join(self.name.data.split()), url, tuple(self.areas.data), events)
