"""Forms of the page of screens: pairing one, a screen's words, a board; called by screens and screen_boards."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DecimalField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, Regexp

from server.core.areas import AreaTree
from server.core.formats import size_class
from server.core.model import Board, Hours, Lane, Layout
from server.core.screens import Screen, normal_code
from server.desk.forms import required

_SPAN = re.compile(r"(\d{1,2})[:h](\d{2})\s*-\s*(\d{1,2})[:h](\d{2})\Z")
_LANE = re.compile(r"(?P<source>[a-z0-9-]+)(\s*,\s*(?P<most>\d{1,3}))?(\s*,\s*(?P<days>\d{1,5}))?\Z")


class PairForm(FlaskForm):  # type: ignore[misc] # untyped
    """Eight letters, and where the device will be."""

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
        named = {board.slug: f"{board.name} · {tree.get(board.area).name}" for board in boards}
        self.board.choices = [SelectChoice(slug, name) for slug, name in named.items()]
        listed = [SelectChoice(str(one.id), f"{one.name} · {named[one.board]}") for one in screens]
        self.replaces.choices = [SelectChoice("", gettext("Không thay chiếc nào")), *listed]
        return self

    def validate_code(self, field: StringField) -> None:
        if not normal_code(field.data or ""):
            raise ValidationError(gettext("Mã có tám chữ cái, ví dụ: FHSQ GJRN"))


class ScreenForm(FlaskForm):  # type: ignore[misc] # untyped
    """What people call a screen, and whom to call about it."""

    name = StringField(lazy_gettext("Tên màn hình"), [required(), Length(max=60)])
    phone = StringField(
        lazy_gettext("Gọi ai khi màn hình không trả lời"), [Length(max=40)], render_kw={"type": "tel"}
    )
    notes = TextAreaField(lazy_gettext("Ghi chú"), [Length(max=500)])


class BoardForm(FlaskForm):  # type: ignore[misc] # untyped
    """A board: what one place shows."""

    name = StringField(lazy_gettext("Tên bảng tin"), [required(), Length(max=80)])
    slug = StringField(
        lazy_gettext("Địa chỉ"),
        [required(), Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy_gettext("Chữ thường không dấu, số, gạch nối"))],
        description=lazy_gettext("Chữ thường không dấu, ví dụ: nha-van-hoa-thon-dong. Không đổi được về sau."),
        render_kw={"autocomplete": "off"},
    )
    area = SelectField(lazy_gettext("Đơn vị"))
    public = BooleanField(lazy_gettext("Ai cũng xem được trên mạng"))
    theme = SelectField(
        lazy_gettext("Màu"),
        choices=[
            ("province", lazy_gettext("Tỉnh (đỏ)")),
            ("commune", lazy_gettext("Xã (lục)")),
            ("contrast", lazy_gettext("Tương phản cao")),
            ("mourning", lazy_gettext("Ngày tang")),
        ],
    )
    layout = SelectField(
        lazy_gettext("Chiều màn hình"),
        choices=[
            ("landscape", lazy_gettext("Nằm ngang")),
            ("portrait", lazy_gettext("Đứng")),
            ("classic", lazy_gettext("4:3")),
        ],
    )
    diagonal = DecimalField(
        lazy_gettext("Đường chéo (inch)"), [Optional(), NumberRange(6, 2000)], render_kw={"inputmode": "decimal"}
    )
    distance = DecimalField(
        lazy_gettext("Người xem đứng cách (mét)"),
        [Optional(), NumberRange(0.3, 200)],
        description=lazy_gettext("Cùng đường chéo quyết định cỡ chữ. Để trống cả hai: giữ cỡ chữ đang có."),
        render_kw={"inputmode": "decimal"},
    )
    hours = StringField(
        lazy_gettext("Giờ bật"),
        [Length(max=120)],
        description=lazy_gettext(
            "Ví dụ: 05:00-11:30, 13:00-22:30. Để trống: cả ngày. Tin khẩn vẫn đánh thức màn hình."
        ),
    )
    lanes = TextAreaField(
        lazy_gettext("Nguồn tin"),
        description=lazy_gettext(
            "Mỗi dòng: mã nguồn, nhiều nhất mấy tin, không cũ hơn mấy ngày. Ví dụ: tin-tinh, 9, 30"
        ),
    )
    upper_share = DecimalField(lazy_gettext("Tin cấp trên chiếm nhiều nhất (%)"), [NumberRange(0, 100)], default=50)

    def offer(self, areas: Iterable[str], tree: AreaTree) -> BoardForm:
        self.area.choices = [SelectChoice(slug, tree.get(slug).name) for slug in areas]
        return self

    def fill(self, board: Board) -> BoardForm:
        self.name.data, self.slug.data, self.area.data = board.name, board.slug, board.area
        self.public.data, self.theme.data, self.layout.data = board.public, board.theme, board.format.layout
        self.hours.data = ", ".join(f"{one.start:%H:%M}-{one.end:%H:%M}" for one in board.hours)
        self.lanes.data = "\n".join(f"{one.source}, {one.most}, {one.newest_days}" for one in board.lanes)
        self.upper_share.data = round(board.upper_share * 100)
        return self

    def validate_hours(self, field: StringField) -> None:
        try:
            hours_of(field.data or "")
        except ValueError as error:
            raise ValidationError(gettext("Giờ bật viết như 05:00-22:30, cách nhau bằng dấu phẩy")) from error

    def validate_lanes(self, field: TextAreaField) -> None:
        try:
            lanes_of(field.data or "")
        except ValueError as error:
            raise ValidationError(gettext("Dòng này không hiểu được: %(line)s", line=str(error))) from error

    def validate(self, extra_validators: Any = None) -> bool:
        good: bool = super().validate(extra_validators)
        # Of a field that may be empty nothing more is asked by itself when it is.
        if (self.distance.data is None) != (self.diagonal.data is None):
            self.distance.errors = [*self.distance.errors, gettext("Cần cả đường chéo lẫn khoảng cách")]
            return False
        return good

    def value(self, before: Board) -> Board:
        """The board that the form says, of the one that was."""
        layout: Layout = self.layout.data
        size = before.format.size
        if self.diagonal.data is not None and self.distance.data is not None:
            size = size_class(layout, float(self.diagonal.data), float(self.distance.data))
        return replace(
            before,
            name=self.name.data.strip(),
            area=self.area.data,
            public=self.public.data,
            theme=self.theme.data,
            format=replace(before.format, layout=layout, size=size),
            hours=hours_of(self.hours.data or ""),
            lanes=lanes_of(self.lanes.data or ""),
            upper_share=float(self.upper_share.data or 0) / 100,
        )


def hours_of(text: str) -> tuple[Hours, ...]:
    """Raises ValueError where it is not "05:00-11:30, 13:00-22:30"."""
    found = []
    for piece in (one.strip() for one in text.split(",") if one.strip()):
        matched = _SPAN.match(piece)
        if matched is None:
            raise ValueError(piece)
        begin, end = (time(int(matched[at]), int(matched[at + 1])) for at in (1, 3))
        found.append(Hours(begin, end))
    return tuple(found)


def lanes_of(text: str) -> tuple[Lane, ...]:
    """Raises ValueError with the line that is not "source, most, days"."""
    found: list[Lane] = []
    for line in (one.strip() for one in text.splitlines() if one.strip()):
        matched = _LANE.match(line)
        if matched is None:
            raise ValueError(line)
        given: dict[str, Any] = {}
        if matched["most"]:
            given["most"] = int(matched["most"])
        if matched["days"]:
            given["newest_days"] = int(matched["days"])
        found.append(Lane(matched["source"], **given))
    return tuple(found)
