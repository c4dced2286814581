"""Form fields for days and times, always as dd/mm/yyyy and 24 hours; used by every form.

``<input type="date">`` shows the order of the browser's language, so people misread 03/04 as March in an English
browser. The fields here are text fields; dates.js adds the browser's calendar to them and shows errors beside them.
ISO dates are accepted too, because programs send them and bookmarked addresses may contain them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Generic, TypeVar

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms import Field
from wtforms.widgets import TextInput

from server.core.times import FIRST_YEAR, LAST_YEAR, plausible

V = TypeVar("V")
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})|(\d{2})(\d{2})(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_HOUR = re.compile(r"(\d{1,2})\s*(?:(?:[:.hHgG]|giờ)\s*(\d{1,2})?)?(?::\d{2}(?:\.\d+)?)?")
_CENTURY = 2000
_TEXTS = {
    "day": (lazy_gettext("ngày/tháng/năm"), lazy_gettext("Hãy ghi ngày/tháng/năm, như 16/03/2026.")),
    "moment": (lazy_gettext("ngày/tháng/năm giờ:phút"), lazy_gettext("Hãy ghi ngày và giờ, như 16/03/2026 17:00.")),
    "hour": (lazy_gettext("giờ:phút"), lazy_gettext("Hãy ghi giờ:phút, như 07:00 hay 17:30.")),
}


def day_from(text: str) -> date:
    """Parses a day such as "16/3/2026", "16.03.26", "16032026" or "2026-03-16".

    Raises ValueError with a sentence for the user.
    """
    clean = " ".join(text.split())
    if found := _ISO_DAY.fullmatch(clean):
        year, month, day = map(int, found.groups())
    elif found := _DAY.fullmatch(clean):
        day, month, year = (int(part) for part in found.groups() if part is not None)
        year += _CENTURY if year < 100 else 0
    else:
        raise ValueError(str(_TEXTS["day"][1]))
    try:
        found_day = date(year, month, day)
    except ValueError:
        raise ValueError(gettext("Không có ngày %(day)s.", day=f"{day:02}/{month:02}/{year}")) from None
    if not plausible(found_day):
        raise ValueError(gettext("Năm phải từ %(first)s đến %(last)s", first=FIRST_YEAR, last=LAST_YEAR))
    return found_day


def hour_from(text: str) -> time:
    """Parses a time of day such as "07:00", "7h30", "7 giờ" or "17".

    Raises ValueError with a sentence for the user.
    """
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise ValueError(str(_TEXTS["hour"][1]))
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise ValueError(gettext("Không có giờ %(hour)s.", hour=text.strip())) from None


def moment_from(text: str, alone: time | None = None) -> datetime:
    """Parses a day with a time, such as "16/03/2026 17 giờ", "17h30 16/03/2026" or ISO 8601 without an offset.

    ``alone`` is the time of a day that is given without one; None: such a day is refused. Returns a naive local time.
    Raises ValueError with a sentence for the user.
    """
    parts = text.replace("T", " ").replace(",", " ").split()
    whole = " ".join(parts)
    if alone is not None and (_DAY.fullmatch(whole) or _ISO_DAY.fullmatch(whole)):
        return datetime.combine(day_from(whole), alone)
    cuts = [(" ".join(parts[:at]), " ".join(parts[at:])) for at in range(1, len(parts))]
    for day, hour in (*cuts, *((day, hour) for hour, day in cuts)):
        if (_DAY.fullmatch(day) or _ISO_DAY.fullmatch(day)) and _HOUR.fullmatch(hour):
            return datetime.combine(day_from(day), hour_from(hour))
    raise ValueError(str(_TEXTS["moment"][1]))


def day_text(day: date) -> str:
    """Returns a day as the form fields show it: "16/03/2026"."""
    return f"{day:%d/%m/%Y}"


def moment_text(at: datetime) -> str:
    """Returns a local time as the form fields show it: "16/03/2026 17:00"."""
    return f"{at:%d/%m/%Y %H:%M}"


def date_attributes(kind: str) -> dict[str, str]:
    """Returns the HTML attributes by which dates.js recognizes a text field for dates.

    ``kind`` is "day" (a date), "moment" (date and time) or "hour" (time of day).
    """
    placeholder, wrong = _TEXTS[kind]
    return {
        "type": "text", "autocomplete": "off", "data-date": kind, "placeholder": str(placeholder),
        "data-wrong": str(wrong), "data-none": str(gettext("Không có ngày giờ này.")),
        "data-pick": str(gettext("Mở lịch")),
    }  # fmt: skip


def date_input(name: str, value: str, kind: str = "day", *, required: bool = False) -> Markup:
    """Returns the HTML of a date field for a form that is not made by WTForms; the field's id is ``name``, too.

    For ``kind`` see `date_attributes`.
    """
    attributes = {"id": name, "name": name, "value": value, **date_attributes(kind)}
    joined = Markup(" ").join(Markup('{}="{}"').format(key, text) for key, text in attributes.items())
    return Markup("<input {}{}>").format(joined, Markup(" required") if required else "")


@dataclass(frozen=True, slots=True)
class _DateWidget:
    """A WTForms widget that draws a text field with the `date_attributes` of ``kind``.

    dates.js completes a day without a time by ``alone`` ("23:59"); "" for none.
    """

    kind: str
    alone: str = ""

    def __call__(self, field: Field, **attributes: object) -> object:
        alone = {"data-alone": self.alone} if self.alone else {}
        return TextInput()(field, **{**date_attributes(self.kind), **alone, **attributes})


class _TypedField(Field, ABC, Generic[V]):  # type: ignore[misc] # WTForms carries no types
    """A text field whose ``data`` is the typed text parsed by ``read``; None if it is empty or cannot be parsed."""

    data: V | None

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return "" if self.data is None else self.text(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parses the typed text into ``data``. Raises ValueError with a sentence, which becomes the field's error."""
        self.data = None
        if typed := " ".join(valuelist).strip():
            self.data = self.read(typed)

    @abstractmethod
    def text(self, value: V) -> str:
        """Returns ``value`` as the field shows it."""

    @abstractmethod
    def read(self, typed: str) -> V:
        """Parses the typed text. Raises ValueError with a sentence for the user."""


class DayField(_TypedField[date]):
    """A text field for a day; ``data`` is a ``date`` or None."""

    widget = _DateWidget("day")

    def text(self, value: date) -> str:
        """Returns the day as the field shows it, for example "16/03/2026"."""
        return day_text(value)

    def read(self, typed: str) -> date:
        """Parses the typed text by `day_from`."""
        return day_from(typed)


class MomentField(_TypedField[datetime]):
    """A text field for a day with a time of day; ``data`` is a naive local ``datetime`` or None.

    ``alone`` is the time of a day that is typed without one; None: such a day is refused.
    """

    def __init__(self, *arguments: object, alone: time | None = None, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._alone = alone
        self.widget = _DateWidget("moment", "" if alone is None else f"{alone:%H:%M}")

    def text(self, value: datetime) -> str:
        """Returns the time as the field shows it, for example "16/03/2026 17:00"."""
        return moment_text(value)

    def read(self, typed: str) -> datetime:
        """Parses the typed text by `moment_from`."""
        return moment_from(typed, self._alone)


class HourField(_TypedField[time]):
    """A text field for a time of day; ``data`` is a ``time`` or None."""

    widget = _DateWidget("hour")

    def text(self, value: time) -> str:
        """Returns the time as the field shows it, for example "17:00"."""
        return f"{value:%H:%M}"

    def read(self, typed: str) -> time:
        """Parses the typed text by `hour_from`."""
        return hour_from(typed)
