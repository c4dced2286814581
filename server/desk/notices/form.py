"""The form of an urgent notice, and its conversion to and from a Notice.

Used by the notices' actions and view model, and by the audit log.

Labels and error messages are Vietnamese message ids of gettext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
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
from server.core.text_input import number_or_none
from server.desk.web.alert_wording import LEVELS
from server.desk.web.dates import MomentField
from server.desk.web.fields import Form
from server.desk.web.refusals import said

MOST_ACTS = 3
LONGEST = timedelta(days=14)
AT = "at"
# In characters; more than the form allows for any text. The preview is drawn without validation, and megabytes of
# text would take minutes to divide into lines.
_LONGEST_FIELD = 1_000
_HOURS = ("1", "3", "6", "12", "24", "48")
_LONG_ACT = lazy_gettext("Dài quá %(max)d chữ cái: hãy viết gọn lại")
Level = Literal["urgent", "priority"]


THREATS: Mapping[str, object] = {
    "": lazy_gettext("Theo mức và cấp độ rủi ro thiên tai của tin này"),
    "now-extreme": lazy_gettext("Đang xảy ra, đe dọa tính mạng nhiều người"),
    "now-severe": lazy_gettext("Đang xảy ra, nguy hiểm"),
    "soon-extreme": lazy_gettext("Sắp xảy ra, đe dọa tính mạng nhiều người"),
    "soon-severe": lazy_gettext("Sắp xảy ra, nguy hiểm"),
    "later-severe": lazy_gettext("Có thể xảy ra, nguy hiểm: cần chuẩn bị"),
    "moderate": lazy_gettext("Sắp xảy ra, ảnh hưởng vừa phải"),
    "minor": lazy_gettext("Ảnh hưởng nhỏ, để biết"),
}
"""The choices of ``threat``: "" and the keys of core.alerts.threats.GRADES."""


class NoticeForm(Form):
    """The form of an urgent notice; areas, headline and end are required.

    Choosing a hazard fills in prepared texts, which the user may change. ``offered`` are the slugs of the areas to
    choose from. Times in the form are local to ``zone``; ``now`` is an aware datetime.
    """

    danger = RadioField(
        lazy_gettext("Việc gì"),
        choices=[SelectChoice(hazard.slug, hazard.name) for hazard in HAZARDS],
        default="khac",
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
    act1 = StringField(lazy_gettext("Việc cần làm 1"), [Length(max=100, message=_LONG_ACT)])
    act2 = StringField(lazy_gettext("Việc cần làm 2"), [Length(max=100, message=_LONG_ACT)])
    act3 = StringField(lazy_gettext("Việc cần làm 3"), [Length(max=100, message=_LONG_ACT)])
    everywhere = BooleanField(lazy_gettext("Tất cả các đơn vị của tôi"))
    areas = SelectMultipleField(
        lazy_gettext("Gửi đến"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    hours = SelectField(lazy_gettext("Hiệu lực trong"), [InputRequired()], choices=[], default="6")
    until = MomentField(lazy_gettext("Đến đúng lúc"), [Optional()])
    level = RadioField(
        lazy_gettext("Mức"),
        choices=[SelectChoice(level, LEVELS[level]) for level in ("urgent", "priority")],
        default="urgent",
    )
    risk = SelectField(lazy_gettext("Cấp độ rủi ro thiên tai"), [InputRequired()], choices=[], default="0")
    threat = SelectField(
        lazy_gettext("Nguy hiểm đến mức nào"),
        choices=[],
        default="",
        description=lazy_gettext("Ghi trong cảnh báo gửi cho các máy chủ và ứng dụng khác; trên bảng tin không đổi."),
    )
    sender = StringField(lazy_gettext("Ai ban hành"), [Length(max=120)])
    exercise = BooleanField(lazy_gettext("Đây là diễn tập"))

    def __init__(self, tree: AreaTree, offered: Sequence[str], zone: ZoneInfo, now: datetime) -> None:
        super().__init__()
        self.tree, self.offered, self.zone, self.now = tree, tuple(offered), zone, now
        self.danger.choices = [SelectChoice(hazard.slug, said(hazard.name)) for hazard in HAZARDS]
        areas = tree.labels()
        self.areas.choices = [SelectChoice(slug, areas[slug]) for slug in self.offered]
        self.hours.choices = [
            *(SelectChoice(hours, gettext("%(hours)s giờ", hours=hours)) for hours in _HOURS),
            SelectChoice(AT, gettext("Đến đúng lúc…")),
        ]
        self.risk.choices = [("0", gettext("Không nêu"))] + [
            (str(n), gettext("Cấp %(level)s", level=n)) for n in range(1, 6)
        ]
        self.threat.choices = [SelectChoice(threat, name) for threat, name in THREATS.items()]

    def validate_headline(self, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(gettext("Chưa có điều phải nói"))

    def validate_areas(self, field: SelectMultipleField) -> None:
        if not self.targets():
            raise ValidationError(gettext("Chưa chọn nơi nhận: để trống thì không gửi đến đâu cả"))
        if set(field.data or ()) - set(self.offered):
            raise ValidationError(gettext("Có đơn vị bạn không được gửi đến"))

    def validate_hours(self, field: SelectField) -> None:
        """Checks ``until`` if the choice is an exact time.

        The check is here because WTForms calls no validator of ``until`` while that optional field is empty.
        """
        if field.data != AT:
            return
        if self.until.data is None:
            raise ValidationError(gettext("Chưa nêu đến lúc nào"))
        if not self.now < self.ends() <= self.now + LONGEST:
            raise ValidationError(gettext("Phải ở sau bây giờ và trong vòng 14 ngày"))

    def targets(self) -> tuple[str, ...]:
        """Returns the slugs of the chosen areas, without those that lie below another chosen area."""
        chosen = set(self.offered if self.everywhere.data else self.areas.data or ())
        areas = tuple(slug for slug in self.offered if slug in chosen)
        return tuple(slug for slug in areas if not any(self.tree.is_above(other, slug) for other in areas))

    def ends(self) -> datetime:
        """Returns the time at which the notice ends, in UTC; six hours from now if the form has no valid choice."""
        if self.hours.data == AT and self.until.data is not None:
            ends: datetime = self.until.data.replace(tzinfo=self.zone).astimezone(UTC)
            return ends
        hours = int(self.hours.data) if self.hours.data in _HOURS else 6
        return self.now + timedelta(hours=hours)

    def notice(self, actor: str) -> Notice:
        """Returns the notice in the form, as a draft whose writer has the username ``actor``.

        Works for an incomplete form, too, for the preview. Texts are cut at `_LONGEST_FIELD` characters.
        """
        acts = [_cut(field.data).strip() for field in (self.act1, self.act2, self.act3)]
        hazard = BY_SLUG.get(self.danger.data or "")
        targets = self.targets()
        level: Level = "priority" if self.level.data == "priority" else "urgent"
        return Notice(
            id=0,
            level=level,
            headline=" ".join(_cut(self.headline.data).split()),
            areas=targets,
            issued=self.now,
            until=self.ends(),
            acts=tuple(filter(None, acts)),
            danger=hazard.name if hazard and hazard.headline else "",
            risk=number_or_none(self.risk.data or "") or 0,
            sender=_cut(self.sender.data).strip() or (self.tree.get(targets[0]).name if targets else ""),
            exercise=bool(self.exercise.data),
            state="drafted",
            created_by=actor,
            threat=self.threat.data if self.threat.data in THREATS else "",
        )

    def fill(self, notice: Notice) -> None:
        """Fills the form from an existing notice."""
        acts = [*notice.acts, "", "", ""]
        self.headline.data, self.sender.data = notice.headline, notice.sender
        self.act1.data, self.act2.data, self.act3.data = acts[:MOST_ACTS]
        self.danger.data = next(
            (hazard.slug for hazard in HAZARDS if hazard.name == notice.danger and hazard.headline), "khac"
        )
        self.areas.data, self.everywhere.data = list(notice.areas), False
        self.hours.data, self.until.data = AT, notice.until.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
        self.level.data = "priority" if notice.level == "priority" else "urgent"
        self.risk.data, self.exercise.data = str(notice.risk), notice.exercise
        self.threat.data = notice.threat if notice.threat in THREATS else ""


def _cut(text: str | None) -> str:
    return (text or "")[:_LONGEST_FIELD]
