"""The form of an announcement and what it comes to; called by composer. Labels and complaints are Vietnamese.

A draft may lack nearly everything: only what cannot be understood is refused here. What keeps it from the glass is
said by server/core/announcements/parts.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
    URLField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.announcements import recurrence
from server.core.announcements.parts import LONGEST_TEXT, LONGEST_TITLE
from server.core.announcements.table_text import Rows, as_text, rows_of
from server.core.areas import AreaTree
from server.core.model import Announcement, AnnouncementKind, Attachment, Board, Contact, Recurrence, Window
from server.desk.web.fields import Form

SHOWN_DAYS = 7
_WITH_FILES = ("pictures", "pdf", "video")
KINDS: Mapping[str, Any] = {
    "text": lazy_gettext("Chữ"),
    "table": lazy_gettext("Bảng"),
    "pictures": lazy_gettext("Ảnh"),
    "pdf": lazy_gettext("PDF"),
    "video": lazy_gettext("Video"),
    "link": lazy_gettext("Mã QR"),
    "contact": lazy_gettext("Liên hệ"),
}
_DAYS = tuple((str(n), label) for n, label in enumerate(("T2", "T3", "T4", "T5", "T6", "T7", "CN")))
# Where a lack that the rules name is mended in the form.
PLACES: Mapping[str, str] = {"windows": "until", "recurrence": "last", "contact": "contact_name"}


class ComposeForm(Form):
    """``files`` are the stored files that the page named, in their order."""

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
    since = DateTimeLocalField(lazy_gettext("Từ lúc"), [Optional()], description=lazy_gettext("Để trống: ngay"))
    until = DateTimeLocalField(
        lazy_gettext("Đến lúc"), [Optional()], description=lazy_gettext("Để trống: đến khi gỡ")
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
        default=["0", "1", "2", "3", "4"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    month_days = StringField(
        lazy_gettext("Ngày trong tháng"),
        description=lazy_gettext("Ví dụ: 15, 30; hoặc: cuối tháng"),
        default="15, 30",
    )
    opens = TimeField(lazy_gettext("Từ giờ"), [Optional()], default=time(7))
    closes = TimeField(lazy_gettext("Đến giờ"), [Optional()], default=time(9))
    first = DateField(lazy_gettext("Ngày đầu"), [Optional()], description=lazy_gettext("Để trống: hôm nay"))
    last = DateField(lazy_gettext("Ngày cuối"), [Optional()], description=lazy_gettext("Để trống: mãi"))
    but_holidays = BooleanField(lazy_gettext("Trừ ngày lễ, Tết"))
    priority = BooleanField(lazy_gettext("Ưu tiên: chiếu ngay ở lần chuyển trang kế tiếp"))
    statutory = BooleanField(lazy_gettext("Niêm yết theo quy định: phải chiếu lại đều đặn"))
    gap = IntegerField(
        lazy_gettext("Chiếu lại sau nhiều nhất (phút)"), [Optional(), NumberRange(min=1, max=1440)], default=15
    )
    sound = BooleanField(lazy_gettext("Phát cả tiếng, ở bảng tin được phép"))

    def __init__(
        self,
        tree: AreaTree,
        mine: Sequence[str],
        boards: Sequence[Board],
        zone: ZoneInfo,
        now: datetime,
        files: Sequence[Attachment] = (),
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.tree, self.mine, self.zone, self.now, self.files = tree, tuple(mine), zone, now, tuple(files)
        self.all_boards = tuple(boards)
        # Whoever may write for several names one: nobody reaches a whole province by leaving a field alone.
        asked = [SelectChoice("", gettext("Chọn đơn vị"))] if len(self.mine) > 1 else []
        self.area.choices = [*asked, *(SelectChoice(slug, tree.get(slug).name) for slug in self.mine)]
        offered = [board for board in boards if any(tree.covers(slug, board.area) for slug in self.mine)]
        self.boards.choices = [SelectChoice(board.slug, board.name) for board in offered]

    def validate_table(self, field: TextAreaField) -> None:
        try:
            rows_of(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def validate_month_days(self, field: StringField) -> None:
        if self.when.data == "repeat" and self.every.data == "month" and not _month_days(field.data or ""):
            raise ValidationError(gettext("Hãy ghi các ngày từ 1 đến 31, cách nhau bằng dấu phẩy"))

    def validate_weekdays(self, field: SelectMultipleField) -> None:
        if self.when.data == "repeat" and self.every.data == "week" and not field.data:
            raise ValidationError(gettext("Chưa chọn ngày nào trong tuần"))

    def validate_boards(self, field: SelectMultipleField) -> None:
        if self.where.data != "boards":
            return
        if not field.data:
            raise ValidationError(gettext("Chưa chọn bảng tin nào"))
        of_area = {one.slug for one in self.all_boards if self.tree.covers(self.area.data or "", one.area)}
        if set(field.data) - of_area:
            raise ValidationError(gettext("Có bảng tin không thuộc đơn vị đã chọn"))

    def validate_statutory(self, field: BooleanField) -> None:
        """Here, because an empty ``gap`` is not asked any further."""
        if field.data and not self.gap.data:
            raise ValidationError(gettext("Chưa ghi số phút"))

    def complain(self, field: str, sentence: str) -> None:
        """Stands under the field that the rules mean; ``files`` has no field of its own."""
        place = PLACES.get(field, field)
        if place in self._fields:
            self._fields[place].errors = [*self._fields[place].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def rows(self) -> Rows:
        try:
            return rows_of(self.table.data or "")
        except ValueError:
            return ()

    def announcement(self, actor: str, base: Announcement | None = None) -> Announcement:
        """What the form says, also of a form that is not complete, for the preview; ``base`` is what is changed."""
        kind: AnnouncementKind = self.kind.data if self.kind.data in KINDS else "text"
        blank = Announcement(0, "", "", "", (), self.now, actor, state="draft")
        repeats = self.when.data == "repeat"
        boards = tuple(self.boards.data or ()) if self.where.data == "boards" else ()
        return replace(
            base or blank,
            kind=kind,
            title=" ".join((self.title.data or "").split()),
            text=(self.text.data or "").replace("\r\n", "\n").strip(),
            table=self.rows() if kind == "table" else (),
            attachments=self.files if kind in _WITH_FILES else (),
            contact=self._contact() if kind == "contact" else None,
            link=(self.link.data or "").strip(),
            area=self.area.data if self.area.data in self.mine else "",
            boards=boards,
            windows=() if repeats else self._windows(),
            recurrence=self._recurrence() if repeats else None,
            priority=bool(self.priority.data),
            longest_gap=timedelta(minutes=self.gap.data) if self.statutory.data and self.gap.data else None,
            sound=bool(self.sound.data) and kind == "video",
        )

    def fill(self, one: Announcement) -> None:
        """Makes the form say what an announcement says, to change it."""
        for name in ("kind", "title", "text", "link", "area", "priority", "sound"):
            self._fields[name].data = getattr(one, name)
        self.table.data, self.files = as_text(one.table), one.attachments
        self.where.data, self.boards.data = ("boards" if one.boards else "all"), list(one.boards)
        self.statutory.data = one.longest_gap is not None
        if one.longest_gap is not None:
            self.gap.data = int(one.longest_gap.total_seconds() // 60)
        card = one.contact or Contact("")
        for name in ("name", "role", "phone", "address", "hours", "email"):
            self._fields[f"contact_{name}"].data = getattr(card, name)
        if one.recurrence is not None:
            self._fill_rule(one.recurrence)
        elif one.windows:
            self.since.data = self._local(one.windows[0].start)
            self.until.data = self._local(one.windows[-1].until)
        else:
            self.until.data = self.usual_end()

    def usual_end(self) -> datetime:
        """A week from now at the end of the working day, as the field holds it."""
        day = self.now.astimezone(self.zone).date() + timedelta(days=SHOWN_DAYS)
        return datetime.combine(day, time(17))

    def _fill_rule(self, rule: Recurrence) -> None:
        self.when.data = "repeat"
        weekdays, month_days = recurrence.weekdays_of(rule.rule), recurrence.month_days_of(rule.rule)
        self.every.data = "week" if weekdays else "month" if month_days else "day"
        self.weekdays.data = [str(day) for day in weekdays] or self.weekdays.data
        if month_days:
            self.month_days.data = ", ".join("cuối tháng" if day < 0 else str(day) for day in month_days)
        self.opens.data, self.closes.data = rule.start, rule.end
        self.first.data, self.last.data, self.but_holidays.data = rule.first, rule.last, rule.but_holidays

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None, microsecond=0, second=0)

    def _windows(self) -> tuple[Window, ...]:
        # To the minute, as the field shows it again: saving what was not changed changes nothing.
        now = self.now.replace(second=0, microsecond=0)
        begin = self.since.data.replace(tzinfo=self.zone).astimezone(UTC) if self.since.data else now
        end = self.until.data.replace(tzinfo=self.zone).astimezone(UTC) if self.until.data else None
        return (Window(begin, end),)

    def _recurrence(self) -> Recurrence | None:
        weekdays = [int(day) for day in self.weekdays.data or ()] if self.every.data == "week" else []
        month_days = _month_days(self.month_days.data or "") if self.every.data == "month" else []
        if (self.every.data == "week" and not weekdays) or (self.every.data == "month" and not month_days):
            return None
        today = self.now.astimezone(self.zone).date()
        return Recurrence(
            recurrence.rule_of(weekdays, month_days),
            self.opens.data or time(7),
            self.closes.data or time(17),
            self.first.data or today,
            self.last.data,
            bool(self.but_holidays.data),
            str(self.zone),
        )

    def _contact(self) -> Contact:
        said = [
            (self._fields[f"contact_{name}"].data or "").strip()
            for name in ("name", "role", "phone", "address", "hours", "email")
        ]
        return Contact(*said)


def _month_days(text: str) -> list[int]:
    """ "15, 30" or "cuối tháng" as numbers; empty where anything in it is not understood."""
    words = [word.strip().lower() for word in re.split(r"[,;]| và ", text) if word.strip()]
    days = [-1 if word == "cuối tháng" else int(word) if word.isdecimal() else 0 for word in words]
    return sorted(set(days), key=lambda day: day if day > 0 else 32) if all(_is_day(day) for day in days) else []


def _is_day(day: int) -> bool:
    return day == recurrence.LAST_DAY or 1 <= day <= 31
