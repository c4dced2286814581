"""Defines the fields of the announcement form; used by composer_form, wording and the audit log.

Labels and error messages are Vietnamese message ids of gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.announcements import recurrence
from server.core.announcements.parts import LONGEST_TEXT, LONGEST_TITLE
from server.core.announcements.table_text import rows_of
from server.core.text_input import number_or_none
from server.desk.web.dates import DayField, HourField, MomentField
from server.desk.web.fields import Form
from server.desk.web.refusals import said

KINDS: Mapping[str, object] = {
    "text": lazy_gettext("Chữ"),
    "table": lazy_gettext("Bảng"),
    "pictures": lazy_gettext("Ảnh"),
    "pdf": lazy_gettext("PDF"),
    "video": lazy_gettext("Video"),
    "link": lazy_gettext("Mã QR"),
    "contact": lazy_gettext("Liên hệ"),
}
_DAYS = tuple((str(n), label) for n, label in enumerate(("T2", "T3", "T4", "T5", "T6", "T7", "CN")))
_LAST_DAY = "cuối tháng"


class ComposeFields(Form):
    """The fields of the composer's form, with the checks for which the values of the fields are sufficient."""

    original = HiddenField()  # the id of the announcement that a new one was copied from
    kind = RadioField(lazy_gettext("Loại"), choices=[SelectChoice(*one) for one in KINDS.items()], default="text")
    title = StringField(
        lazy_gettext("Tiêu đề"),
        [Length(max=LONGEST_TITLE, message=lazy_gettext("Dài quá %(max)d chữ cái"))],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    text = TextAreaField(
        lazy_gettext("Nội dung"),
        [Length(max=LONGEST_TEXT, message=lazy_gettext("Dài quá %(max)d chữ cái"))],
        description=lazy_gettext("**đậm**, # đề mục, - gạch đầu dòng"),
        render_kw={"rows": 5},
    )
    table = TextAreaField(
        lazy_gettext("Bảng"),
        description=lazy_gettext("Dán từ Excel, hoặc gửi tệp XLSX, CSV ở dưới. Dòng đầu là tên cột."),
        render_kw={"rows": 6, "wrap": "off", "spellcheck": "false"},
    )
    link = URLField(
        lazy_gettext("Địa chỉ mã QR"), [Length(max=400)], render_kw={"placeholder": "https://", "inputmode": "url"}
    )
    contact_name = StringField(lazy_gettext("Tên người hoặc nơi liên hệ"), [Length(max=120)])
    contact_role = StringField(lazy_gettext("Chức vụ hoặc việc phụ trách"), [Length(max=120)])
    contact_phone = TelField(lazy_gettext("Điện thoại"), [Length(max=60)])
    contact_address = StringField(lazy_gettext("Địa chỉ"), [Length(max=200)])
    contact_hours = StringField(lazy_gettext("Giờ làm việc"), [Length(max=120)])
    contact_email = EmailField(lazy_gettext("Thư điện tử"), [Length(max=120)])
    area = SelectField(lazy_gettext("Đơn vị"), choices=[], validate_choice=False)
    where = RadioField(
        lazy_gettext("Nơi chiếu"),
        choices=[
            SelectChoice("all", lazy_gettext("Mọi bảng tin của đơn vị và cấp dưới")),
            SelectChoice("boards", lazy_gettext("Chỉ những bảng tin này")),
        ],
        default="all",
    )
    boards = SelectMultipleField(
        lazy_gettext("Bảng tin"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    when = RadioField(
        lazy_gettext("Thời gian"),
        choices=[
            SelectChoice("once", lazy_gettext("Một đợt")),
            SelectChoice("repeat", lazy_gettext("Lặp lại theo ngày")),
        ],
        default="once",
    )
    # A day alone means the whole day: people write "20/12/2026" for an end after the work of that day.
    since = MomentField(
        lazy_gettext("Từ lúc"), [Optional()], description=lazy_gettext("Để trống: ngay"), alone=time(0)
    )
    until = MomentField(
        lazy_gettext("Đến lúc"), [Optional()], description=lazy_gettext("Để trống: đến khi gỡ"), alone=time(23, 59)
    )
    every = RadioField(
        lazy_gettext("Vào những ngày"),
        choices=[
            SelectChoice("week", lazy_gettext("Trong tuần")),
            SelectChoice("month", lazy_gettext("Trong tháng")),
            SelectChoice("day", lazy_gettext("Hằng ngày")),
        ],
        default="week",
    )
    weekdays = SelectMultipleField(
        lazy_gettext("Thứ"),
        choices=[SelectChoice(*one) for one in _DAYS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    month_days = StringField(
        lazy_gettext("Ngày trong tháng"),
        description=lazy_gettext("Ví dụ: 15, 30; hoặc: cuối tháng"),
        default="15, 30",
    )
    opens = HourField(lazy_gettext("Từ giờ"), [Optional()], default=time(7))
    closes = HourField(lazy_gettext("Đến giờ"), [Optional()], default=time(9))
    first = DayField(lazy_gettext("Ngày đầu"), [Optional()], description=lazy_gettext("Để trống: hôm nay"))
    last = DayField(lazy_gettext("Ngày cuối"), [Optional()], description=lazy_gettext("Để trống: mãi"))
    but_holidays = BooleanField(lazy_gettext("Trừ ngày lễ, Tết"))
    advert = BooleanField(
        lazy_gettext("Quảng cáo, thông tin thương mại: không tính là tin tuyên truyền khi thống kê thời lượng")
    )
    priority = BooleanField(lazy_gettext("Ưu tiên: chiếu ngay ở lần chuyển trang kế tiếp"))
    statutory = BooleanField(lazy_gettext("Niêm yết theo quy định: phải chiếu lại đều đặn"))
    gap = IntegerField(
        lazy_gettext("Chiếu lại sau nhiều nhất (phút)"), [Optional(), NumberRange(min=1, max=1440)], default=15
    )
    sound = BooleanField(lazy_gettext("Phát cả tiếng, ở bảng tin được phép"))

    def validate_table(self, field: TextAreaField) -> None:
        try:
            rows_of(field.data or "")
        except ValueError as error:
            raise ValidationError(said(error)) from error

    def validate_month_days(self, field: StringField) -> None:
        if self.when.data == "repeat" and self.every.data == "month" and not parse_month_days(field.data or ""):
            raise ValidationError(gettext("Hãy ghi các ngày từ 1 đến 31, cách nhau bằng dấu phẩy"))

    def validate_weekdays(self, field: SelectMultipleField) -> None:
        if self.when.data == "repeat" and self.every.data == "week" and not field.data:
            raise ValidationError(gettext("Chưa chọn ngày nào trong tuần"))

    def validate_statutory(self, field: BooleanField) -> None:
        """Refuses an announcement required by law (``statutory``) without a longest time between showings (``gap``).

        The check is here because WTForms calls no validator of an empty optional field such as ``gap``.
        """
        if field.data and not self.gap.data:
            raise ValidationError(gettext("Chưa ghi số phút"))


def parse_month_days(text: str) -> list[int]:
    """Parses days of the month such as "15, 30" or "cuối tháng" (the last day, -1), and sorts them.

    Returns an empty list if any word is not a day of a month.
    """
    words = [word.strip().lower() for word in re.split(r"[,;]| và ", text) if word.strip()]
    days = [-1 if word == _LAST_DAY else number_or_none(word) or 0 for word in words]
    return sorted(set(days), key=lambda day: day if day > 0 else 32) if all(_is_day(day) for day in days) else []


def _is_day(day: int) -> bool:
    return day == recurrence.LAST_DAY or 1 <= day <= 31


def month_days_text(days: Iterable[int]) -> str:
    """Returns the days as text for the form field; the inverse of `parse_month_days`."""
    return ", ".join(_LAST_DAY if day < 0 else str(day) for day in days)
