"""The form of a board; used by its views, the design gallery and the audit log.

Single values are WTForms fields; lanes, hours and days with another theme are rows of fields (form_rows). Saving
keeps what the form does not show, and keeps unchanged values exactly (without rounding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from zoneinfo import available_timezones

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, Regexp
from wtforms.widgets import TextInput

from server.core.geography import points
from server.core.model import Board, Format, Layout, Owner, Point, ThemeDays
from server.core.typesetting.formats import CANVASES, size_class
from server.desk.boards.form_rows import MOST_ROWS, Rows, days_of, hours_of, lanes_of, run_button
from server.desk.web.dates import day_text
from server.desk.web.fields import Form, required
from server.desk.web.names import area_name
from server.desk.web.owner_names import OWNER_NAMES
from server.desk.web.refusals import said

THEMES: Mapping[str, str] = {
    "province": lazy_gettext("Tỉnh (đỏ)"),
    "commune": lazy_gettext("Xã (lục)"),
    "contrast": lazy_gettext("Tương phản cao"),
    "mourning": lazy_gettext("Ngày tang"),
}
LAYOUTS: Mapping[str, str] = {
    "landscape": lazy_gettext("Nằm ngang"),
    "portrait": lazy_gettext("Đứng"),
    "classic": lazy_gettext("4:3"),
}
SERVING: Mapping[str, str] = {
    "off": lazy_gettext("Không hiện"),
    "lap": lazy_gettext("Xen vào vòng chiếu"),
    "always": lazy_gettext("Luôn hiện, chỉ tin khẩn phủ lên"),
}
LANGUAGE_NAMES: Mapping[str, str] = {"vi": "Tiếng Việt", "en": "English"}
# Vietnam's zone first, then every zone that config.toml may name.
VIETNAM = "Asia/Ho_Chi_Minh"
ZONES: Mapping[str, str] = {
    VIETNAM: lazy_gettext("Việt Nam (UTC+7)"),
    **{zone: zone for zone in sorted(available_timezones() - {VIETNAM})},
}


# Fields with the names and the values of the board's own.
_AS_STORED = ("name", "public", "sound", "serving", "serving_every", "chime", "owner", "owner_name")


class NumberField(DecimalField):  # type: ignore[misc] # WTForms carries no types
    """A field for a decimal number; accepts a comma (Vietnamese) or a point (number pads) as the decimal sign.

    It is a text input: browsers in English drop the comma from number inputs, so that 2,5 would become 25.
    """

    widget = TextInput()

    def __init__(self, label: str, validators: list[Callable[..., object]], **more: object) -> None:
        super().__init__(label, validators, places=None, render_kw={"inputmode": "decimal"}, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip().replace(",", ".") for text in valuelist])
        except ValueError as error:
            raise ValueError(gettext("Mục này là một số")) from error


def between(least: float, most: float) -> NumberRange:
    """Returns a WTForms validator that accepts numbers from ``least`` to ``most``, both included."""
    message = lazy_gettext("Số từ %(least)s đến %(most)s", least=f"{least:g}".replace(".", ","), most=f"{most:g}")
    return NumberRange(least, most, message=message)


class BoardForm(Form):
    """The form with all settings of a board: place, look, text size, hours, lanes and days with another theme."""

    name = StringField(lazy_gettext("Tên bảng tin"), [required(), Length(max=80)])
    slug = StringField(
        lazy_gettext("Địa chỉ"),
        [Optional(), Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy_gettext("Chữ thường không dấu, số, gạch nối"))],
        description=lazy_gettext(
            "Chữ thường không dấu, ví dụ: nha-van-hoa-thon-dong. Để trống: lấy theo tên. Không đổi được về sau."
        ),
        render_kw={"autocomplete": "off"},
    )
    area = SelectField(lazy_gettext("Đơn vị"))
    public = BooleanField(lazy_gettext("Ai cũng xem được trên mạng"))
    language = SelectField(lazy_gettext("Ngôn ngữ"), choices=list(LANGUAGE_NAMES.items()))
    zone = SelectField(lazy_gettext("Múi giờ"), choices=list(ZONES.items()))
    layout = RadioField(
        lazy_gettext("Chiều màn hình"),
        choices=list(LAYOUTS.items()),
        default="landscape",
    )
    diagonal = NumberField(lazy_gettext("Đường chéo (inch)"), [Optional(), between(6, 2000)])
    distance = NumberField(lazy_gettext("Người xem đứng cách (mét)"), [Optional(), between(0.3, 200)])
    theme = SelectField(lazy_gettext("Màu thường ngày"), choices=list(THEMES.items()))
    side = BooleanField(lazy_gettext("Cột bên: những tin sắp phát"))
    ticker = BooleanField(lazy_gettext("Dòng chữ chạy phía dưới"))
    sound = BooleanField(lazy_gettext("Phim có tiếng được phát cả tiếng"))
    serving = RadioField(lazy_gettext("Bảng số thứ tự"), choices=list(SERVING.items()), default="off")
    serving_every = IntegerField(
        lazy_gettext("Hiện một lượt sau mỗi bao nhiêu trang"), [required(), NumberRange(1, 50)], default=5
    )
    chime = BooleanField(lazy_gettext("Có âm thanh: hai tiếng chuông ngắn mỗi khi gọi số mới"))
    owner = RadioField(lazy_gettext("Chủ sở hữu"), choices=list(OWNER_NAMES.items()), default="state")
    owner_name = StringField(lazy_gettext("Tên doanh nghiệp"), [Length(max=120)])
    agreed_share = NumberField(
        lazy_gettext("Thỏa thuận dành cho tin tuyên truyền (%)"),
        [Optional(), between(0, 100)],
        description=lazy_gettext("Phần thời lượng ít nhất; dùng cho bản thống kê thời lượng hằng tháng."),
    )
    upper_share = NumberField(
        lazy_gettext("Tin cấp trên chiếm nhiều nhất (%)"),
        [required(), between(0, 100)],
        default=50,
        description=lazy_gettext("Chỉ khi bảng có tin của đơn vị mình."),
    )
    point = StringField(
        lazy_gettext("Vị trí: vĩ độ, kinh độ"),
        [Length(max=points.LONGEST)],
        description=lazy_gettext(
            "Ví dụ: 20,6464 106,0511; hoặc dán liên kết của Google Maps, OpenStreetMap. Dùng cho cảnh báo theo vùng. "
            "Để trống: lấy của đơn vị."
        ),
        render_kw={"autocomplete": "off"},
    )
    everywhere = BooleanField(lazy_gettext("Thêm các ngày này cho mọi bảng tin khác của đơn vị và cấp dưới"))

    def __init__(self) -> None:
        super().__init__()
        self.lanes = Rows("lanes", ("source", "most", "days"))
        self.hours = Rows("hours", ("start", "end"))
        self.days = Rows("days", ("theme", "first", "last"))
        self.sources: Mapping[str, str] = {}
        if request.method == "POST":
            for rows in self.all_rows.values():
                rows.read(request.form)

    @property
    def all_rows(self) -> dict[str, Rows]:
        """The name of each group of rows -> its rows."""
        return {rows.name: rows for rows in (self.lanes, self.hours, self.days)}

    def offer(self, areas: Iterable[str], sources: Mapping[str, str]) -> BoardForm:
        """Sets the choices: ``areas`` are slugs, ``sources`` maps slugs to names. Returns the form itself."""
        self.area.choices = [SelectChoice(slug, area_name(slug)) for slug in areas]
        self.sources = sources
        return self

    def fill(self, board: Board) -> BoardForm:
        """Fills the fields and rows from a board. Returns the form itself."""
        for name in (*_AS_STORED, "area", "theme", "language", "zone"):
            self[name].data = getattr(board, name)
        self.layout.data, self.side.data = board.format.layout, board.format.side
        self.ticker.data = board.format.ticker
        self.diagonal.data, self.distance.data = _decimal(board.diagonal), _decimal(board.distance)
        self.upper_share.data = _decimal(board.upper_share * 100)
        self.agreed_share.data = _decimal(None if board.agreed_share is None else board.agreed_share * 100)
        self.point.data = points.point_text(board.point)
        # Lanes of sources that have been removed are left out, because validation would refuse their rows.
        lanes = [one for one in board.lanes if one.source in self.sources]
        self.lanes.fill([(one.source, one.most, one.newest_days) for one in lanes])
        self.hours.fill([(f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in board.hours])
        self.days.fill([(one.theme, day_text(one.first), day_text(one.last)) for one in board.days])
        return self

    def act(self) -> bool:
        """Performs the button of a row (move, remove, add) if the form was sent by one; otherwise returns False."""
        return run_button(request.form.get("do", ""), self.all_rows)

    def validate_point(self, field: StringField) -> None:
        if (field.data or "").strip():
            try:
                points.point_in(field.data)
            except ValueError as error:
                raise ValidationError(said(error)) from error

    def validate_side(self, field: BooleanField) -> None:
        if field.data and self.layout.data == "portrait":
            raise ValidationError(gettext("Màn hình đứng không có chỗ cho cột bên"))

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        good = bool(super().validate(extra_validators))
        # WTForms does not run further validators of an optional field that is empty, so this is checked here.
        for empty, other in ((self.distance, self.diagonal), (self.diagonal, self.distance)):
            if _typed(other) and not _typed(empty):
                empty.errors, good = [gettext("Cần cả đường chéo lẫn khoảng cách")], False
        for rows in self.all_rows.values():
            if rows.excess:
                self.form_errors.append(
                    gettext(
                        "Nhiều nhất %(most)s dòng ở mỗi mục; hãy bỏ %(excess)s dòng.",
                        most=MOST_ROWS,
                        excess=rows.excess,
                    )
                )
                good = False
        lanes_of(self.lanes, self.sources)
        hours_of(self.hours)
        days_of(self.days, THEMES)
        return good and all(rows.good for rows in self.all_rows.values())

    def format(self, before: Board) -> Format:
        """Returns the board's format as the form describes it.

        An invalid layout stays as in ``before``, and so does the size class if the size of the panel is unknown.
        """
        layout: Layout = self.layout.data if self.layout.data in CANVASES else before.format.layout
        size = before.format.size
        diagonal, distance = self._panel()
        if diagonal and distance:
            size = size_class(layout, diagonal, distance)
        return Format(layout, size, bool(self.side.data) and layout != "portrait", bool(self.ticker.data))

    def value(self, before: Board) -> Board:
        """Returns a copy of ``before`` with the values of the form, which need not be valid.

        In place of an invalid value, the field keeps the value of ``before`` or is empty; invalid rows are left out.
        """
        diagonal, distance = self._panel()
        share = float(self.upper_share.data) / 100 if self.upper_share.data is not None else before.upper_share
        return replace(
            before,
            name=(self.name.data or "").strip(),
            area=self.area.data or before.area,
            public=bool(self.public.data),
            theme=self.theme.data if self.theme.data in THEMES else before.theme,
            language=self.language.data or before.language,
            zone=self.zone.data if self.zone.data in ZONES else before.zone,
            format=self.format(before),
            hours=hours_of(self.hours),
            lanes=lanes_of(self.lanes, self.sources),
            point=self._point(before),
            upper_share=before.upper_share if abs(share - before.upper_share) < 1e-9 else min(max(share, 0.0), 1.0),
            diagonal=diagonal,
            distance=distance,
            days=days_of(self.days, THEMES),
            sound=bool(self.sound.data),
            serving=self.serving.data if self.serving.data in SERVING else before.serving,
            serving_every=min(max(self.serving_every.data or before.serving_every, 1), 50),
            chime=bool(self.chime.data),
            owner=(owner := self.owner.data if self.owner.data in OWNER_NAMES else before.owner),
            owner_name="" if owner == "state" else " ".join((self.owner_name.data or "").split()),
            agreed_share=self._agreed(before, owner),
        )

    def days_for_all(self) -> tuple[ThemeDays, ...]:
        """Returns the days with another theme that are to be added to the other boards, too.

        Empty unless the box for this is ticked.
        """
        return days_of(self.days, THEMES) if self.everywhere.data else ()

    def _agreed(self, before: Board, owner: Owner) -> float | None:
        """Returns the agreed share, 0 to 1, of a company that shares airtime; None for other owners."""
        if owner != "company_shared" or self.agreed_share.data is None:
            return None
        share = min(max(float(self.agreed_share.data) / 100, 0.0), 1.0)
        old = before.agreed_share
        return old if old is not None and abs(share - old) < 1e-9 else share

    def _point(self, before: Board) -> Point | None:
        """Returns the point in the form; None if it is empty or invalid.

        If the text was not changed, the point of ``before`` is returned exactly, with more digits than the text
        shows.
        """
        typed = (self.point.data or "").strip()
        if not typed or typed == points.point_text(before.point):
            return before.point if typed else None
        try:
            return points.point_in(typed)
        except ValueError:
            return None

    def _panel(self) -> tuple[float | None, float | None]:
        """Returns the diagonal in inches and the viewing distance in metres; (None, None) unless both are valid."""
        values = [one.data for one in (self.diagonal, self.distance)]
        if any(one is None or not 0.3 <= one <= 2000 for one in values):
            return None, None
        return float(values[0]), float(values[1])


def _typed(field: DecimalField) -> str:
    return "".join(field.raw_data or ()).strip()


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.10g}")
