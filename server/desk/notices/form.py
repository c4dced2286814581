"""The form of an urgent notice and what it comes to; called by urgent. Labels and complaints are Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.areas import AreaTree
from server.core.model import Notice
from server.core.notices.hazards import BY_SLUG, HAZARDS
from server.desk.web.fields import Form

MOST_ACTS = 3
LONGEST = timedelta(days=14)
AT = "at"
_HOURS = ("1", "3", "6", "12", "24", "48")
Level = Literal["urgent", "priority"]


def _dangers() -> list[SelectChoice]:
    return [SelectChoice(one.slug, one.name) for one in HAZARDS]


class UrgentForm(Form):
    """What is prepared by the danger may be changed; nothing is sent that has no target, no words or no end."""

    danger = RadioField(
        lazy_gettext("Việc gì"), choices=[SelectChoice(one.slug, one.name) for one in HAZARDS], default="khac"
    )
    headline = TextAreaField(
        lazy_gettext("Điều phải nói"),
        [
            InputRequired(lazy_gettext("Chưa có điều phải nói")),
            Length(max=180, message=lazy_gettext("Dài quá %(max)d chữ cái: người đi đường không đọc kịp")),
        ],
        description=lazy_gettext("Một câu: chuyện gì, ở đâu, phải làm gì trước tiên."),
        render_kw={"rows": 3, "maxlength": 180},
    )
    act1 = StringField(lazy_gettext("Việc cần làm 1"), [Length(max=100)])
    act2 = StringField(lazy_gettext("Việc cần làm 2"), [Length(max=100)])
    act3 = StringField(lazy_gettext("Việc cần làm 3"), [Length(max=100)])
    everywhere = BooleanField(lazy_gettext("Tất cả các đơn vị của tôi"))
    areas = SelectMultipleField(
        lazy_gettext("Gửi đến"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    hours = SelectField(lazy_gettext("Hiệu lực trong"), [InputRequired()], choices=[], default="6")
    until = DateTimeLocalField(lazy_gettext("Đến đúng lúc"), [Optional()])
    level = RadioField(
        lazy_gettext("Mức"),
        choices=[
            SelectChoice("urgent", lazy_gettext("Khẩn cấp: phủ toàn màn hình")),
            SelectChoice("priority", lazy_gettext("Ưu tiên: dải chữ và trang kế tiếp")),
        ],
        default="urgent",
    )
    risk = SelectField(lazy_gettext("Cấp rủi ro thiên tai"), [InputRequired()], choices=[], default="0")
    sender = StringField(lazy_gettext("Ai ban hành"), [Length(max=120)])
    exercise = BooleanField(lazy_gettext("Đây là diễn tập"))

    def __init__(self, tree: AreaTree, mine: Sequence[str], zone: ZoneInfo, now: datetime, **more: Any) -> None:
        super().__init__(**more)
        self.tree, self.mine, self.zone, self.now = tree, tuple(mine), zone, now
        self.areas.choices = [SelectChoice(slug, tree.get(slug).name) for slug in self.mine]
        self.hours.choices = [
            *(SelectChoice(hours, gettext("%(hours)s giờ", hours=hours)) for hours in _HOURS),
            SelectChoice(AT, gettext("Đến đúng lúc…")),
        ]
        self.risk.choices = [("0", gettext("Không nêu"))] + [
            (str(n), gettext("Cấp %(level)s", level=n)) for n in range(1, 6)
        ]

    def validate_headline(self, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(gettext("Chưa có điều phải nói"))

    def validate_areas(self, field: SelectMultipleField) -> None:
        if not self.targets():
            raise ValidationError(gettext("Chưa chọn nơi nhận: để trống thì không gửi đến đâu cả"))
        if set(field.data or ()) - set(self.mine):
            raise ValidationError(gettext("Có đơn vị bạn không được gửi đến"))

    def validate_hours(self, field: SelectField) -> None:
        """Here, because an empty ``until`` is not asked any further."""
        if field.data != AT:
            return
        if self.until.data is None:
            raise ValidationError(gettext("Chưa nêu đến lúc nào"))
        if not self.now < self.ends() <= self.now + LONGEST:
            raise ValidationError(gettext("Phải ở sau bây giờ và trong vòng 14 ngày"))

    def targets(self) -> tuple[str, ...]:
        """Areas as addressed: of "all of mine" only the topmost, of what was ticked no area below another one."""
        ticked = (
            self.mine if self.everywhere.data else tuple(one for one in self.mine if one in (self.areas.data or ()))
        )
        return tuple(one for one in ticked if not any(self.tree.is_above(other, one) for other in ticked))

    def ends(self) -> datetime:
        if self.hours.data == AT and self.until.data is not None:
            ends: datetime = self.until.data.replace(tzinfo=self.zone).astimezone(UTC)
            return ends
        hours = int(self.hours.data) if self.hours.data in _HOURS else 6
        return self.now + timedelta(hours=hours)

    def notice(self, actor: str) -> Notice:
        """What the form says, as a draft; also of a form that is not complete, for the preview."""
        acts = [(field.data or "").strip() for field in (self.act1, self.act2, self.act3)]
        danger = BY_SLUG.get(self.danger.data or "")
        targets = self.targets()
        level: Level = "priority" if self.level.data == "priority" else "urgent"
        return Notice(
            id=0,
            level=level,
            headline=" ".join((self.headline.data or "").split()),
            areas=targets,
            issued=self.now,
            until=self.ends(),
            acts=tuple(filter(None, acts)),
            danger=danger.name if danger and danger.headline else "",
            risk=int(self.risk.data) if (self.risk.data or "").isdigit() else 0,
            sender=(self.sender.data or "").strip() or (self.tree.get(targets[0]).name if targets else ""),
            exercise=bool(self.exercise.data),
            state="drafted",
            created_by=actor,
        )

    def fill(self, notice: Notice) -> None:
        """Makes the form say what a notice says, to change it."""
        acts = [*notice.acts, "", "", ""]
        self.headline.data, self.sender.data = notice.headline, notice.sender
        self.act1.data, self.act2.data, self.act3.data = acts[:MOST_ACTS]
        self.danger.data = next((one.slug for one in HAZARDS if one.name == notice.danger and one.headline), "khac")
        self.areas.data, self.everywhere.data = list(notice.areas), False
        self.hours.data, self.until.data = AT, notice.until.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
        self.level.data = "priority" if notice.level == "priority" else "urgent"
        self.risk.data, self.exercise.data = str(notice.risk), notice.exercise
