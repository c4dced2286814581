"""The form of an area: its point, outline, administrative codes and telephone number; used by desk.areas.views.

A new outline is read from the uploaded file once, when the user checks the form. From then on, a hidden field carries
it as text: the page that asks for the second factor posts the fields again, but cannot post the file again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from server.core.geography import codes as core_codes
from server.core.geography import geojson, points
from server.core.geography.communes import Commune
from server.core.geography.outlines import OutlineReading
from server.core.model import Outline, OutlinedArea
from server.desk.areas import outline_files
from server.desk.web.fields import Form, is_telephone
from server.desk.web.refusals import said

T = TypeVar("T")


class PlaceForm(Form):
    """The form in which keepers enter where an area is; `read` converts it to an area.

    ``notes`` are remarks on a new outline, in the user's language; `read` and `fill_in` set them.
    """

    point = StringField(
        lazy_gettext("Vị trí"),
        [Length(max=points.LONGEST)],
        description=lazy_gettext(
            "Vĩ độ rồi kinh độ, như 20,6464 106,0511; hoặc dán liên kết của Google Maps hay OpenStreetMap. "
            "Bảng tin không có vị trí riêng được coi là ở đây."
        ),
        render_kw={"autocomplete": "off"},
    )
    file = FileField(
        lazy_gettext("Đường bao mới"),
        description=lazy_gettext("Tệp GeoJSON hoặc KML, tọa độ WGS 84, nhiều nhất 20.000 điểm."),
        render_kw={"accept": ".geojson,.json,.kml,application/geo+json,application/vnd.google-earth.kml+xml"},
    )
    outline = HiddenField()
    drop = BooleanField(lazy_gettext("Bỏ đường bao đang có"))
    codes = TextAreaField(
        lazy_gettext("Mã hành chính"),
        description=lazy_gettext(
            "Mỗi dòng một mã, như VN-66 hoặc 12274. Ghi cả mã của các đơn vị đã sáp nhập, vì nơi phát cảnh báo có "
            "thể còn dùng."
        ),
        render_kw={"rows": 4, "spellcheck": "false"},
    )
    telephone = StringField(
        lazy_gettext("Điện thoại trực"),
        [Length(max=40), is_telephone],
        description=lazy_gettext(
            "Trang công khai của các bảng tin hiện số này cho mọi người. Để trống: dùng số của đơn vị cấp trên."
        ),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    mark = HiddenField()

    def __init__(self) -> None:
        super().__init__()
        self.notes: tuple[str, ...] = ()

    def fill(self, area: OutlinedArea) -> PlaceForm:
        """Fills the fields from a stored area. Returns the form itself."""
        self.point.data = points.point_text(area.point)
        self.codes.data = "\n".join(area.codes)
        self.telephone.data = area.telephone
        self.mark.data = mark_of(area)
        return self

    def fill_in(self, commune: Commune, before: OutlinedArea) -> PlaceForm:
        """Sets the point to that of ``commune`` and adds its code; an uploaded outline is kept.

        Returns the form itself.
        """
        self._outline(before)
        self.point.data = points.point_text(commune.point)
        lines = (self.codes.data or "").split("\n")
        typed = [line.strip() for line in lines if line.strip() not in ("", commune.code)]
        self.codes.data = "\n".join([commune.code, *typed])
        return self

    def read(self, before: OutlinedArea) -> OutlinedArea | None:
        """Validates the form and returns a copy of ``before`` with its values; None if a field has an error.

        Without a new outline, the outline of ``before`` is kept, or dropped if the box for this is ticked. A new
        outline is also written to the field ``outline``, and ``notes`` then holds remarks on it.
        """
        self.validate()
        typed = (self.point.data or "").strip()
        point = self._parsed(self.point, lambda: points.point_in(typed)) if typed else None
        if typed and typed == points.point_text(before.point):
            point = before.point  # exactly, with more digits than are shown
        codes = self._parsed(self.codes, lambda: core_codes.area_codes(self.codes.data or ""))
        outline = self._outline(before)
        if self.errors or codes is None or outline is None:
            return None
        telephone = " ".join((self.telephone.data or "").split())
        return replace(before, point=point, codes=codes, outline=outline, telephone=telephone)

    def pending_outline(self) -> Outline | None:
        """Returns the new outline in the hidden field ``outline``; None if the field is empty or invalid."""
        try:
            return geojson.read(self.outline.data).outline if self.outline.data else None
        except ValueError:
            return None

    def _outline(self, before: OutlinedArea) -> Outline | None:
        sent = self.file.data
        if isinstance(sent, FileStorage) and sent.filename:
            reading = self._parsed(self.file, lambda: outline_files.read(sent.read(geojson.LARGEST + 1)))
        elif self.outline.data:
            reading = self._parsed(self.file, lambda: geojson.read(self.outline.data))
        else:
            return () if self.drop.data else before.outline
        if reading is None:
            return None
        self._keep(reading)
        return reading.outline

    def _keep(self, reading: OutlineReading) -> None:
        self.outline.data, self.drop.data = geojson.text_of(reading.outline), False
        self.notes = tuple(said(note) for note in reading.notes)

    @staticmethod
    def _parsed(field: Field, parse: Callable[[], T]) -> T | None:
        """Returns the result of ``parse``; None if it raises ValueError, whose message becomes the field's error.

        Returns None, too, if the field has an error already.
        """
        if field.errors:
            return None
        try:
            return parse()
        except ValueError as error:
            field.errors = [said(error)]
            return None


def mark_of(area: OutlinedArea) -> str:
    """Returns a digest of the area's point, outline, codes and telephone number, 16 hex digits.

    The form posts it, so that the view notices if somebody else has changed the area meanwhile.
    """
    place = (area.point, area.codes, geojson.digest(area.outline), area.telephone)
    return hashlib.sha256(repr(place).encode()).hexdigest()[:16]
