"""The forms of a turn, of an absence, and of a person's own quiet hours; called by the views of this package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from server.core.duty.plan import DIGEST_AT, Preferences
from server.core.duty.roster import MOST_PLACES, Absence, Turn
from server.core.policy import Person
from server.desk.web.alarm_names import PLACES, WEEKDAYS
from server.desk.web.dates import DayField, HourField
from server.desk.web.fields import Form, required


class TurnForm(Form):
    """The form of a turn that repeats every week."""

    person = SelectField(lazy_gettext("Người trực"))
    weekdays = SelectMultipleField(
        lazy_gettext("Các ngày"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    start = HourField(lazy_gettext("Từ"), [required()])
    end = HourField(
        lazy_gettext("Đến"),
        [required()],
        description=lazy_gettext("Giờ kết thúc nhỏ hơn giờ bắt đầu là sang hôm sau. 00:00 đến 00:00 là cả ngày."),
    )
    place = SelectField(
        lazy_gettext("Thứ tự gọi"),
        coerce=int,
        description=lazy_gettext("Nhiều người cùng giờ, cùng thứ tự thì được báo cùng lúc"),
    )

    def offer(self, able: Sequence[Person]) -> TurnForm:
        """Sets the choices; returns the form itself."""
        self.person.choices = [SelectChoice(one.username, one.name) for one in able]
        self.weekdays.choices = [SelectChoice(number, str(name)) for number, name in enumerate(WEEKDAYS)]
        self.place.choices = [SelectChoice(number, str(PLACES[number])) for number in range(1, MOST_PLACES + 1)]
        return self

    def wanted(self, area: str) -> Turn | None:
        """Returns the posted turn; None if something is missing or wrong, and then the fields have errors."""
        complete = self.validate_on_submit()
        if not self.weekdays.data:
            self.weekdays.errors = [gettext("Hãy chọn ít nhất một ngày")]
            return None
        if not complete or self.start.data is None or self.end.data is None:
            return None
        days = tuple(sorted(set(self.weekdays.data)))
        return Turn(0, area, self.person.data, days, minute(self.start.data), minute(self.end.data), self.place.data)


class AbsenceForm(Form):
    """The form of days on which a person is away."""

    away = SelectField(lazy_gettext("Người vắng"))
    first = DayField(lazy_gettext("Từ ngày"), [required()])
    last = DayField(lazy_gettext("Đến hết ngày"), [required()])
    substitute = SelectField(lazy_gettext("Người thay"))

    def offer(self, able: Sequence[Person]) -> AbsenceForm:
        """Sets the choices; returns the form itself."""
        people = [SelectChoice(one.username, one.name) for one in able]
        self.away.choices = people
        self.substitute.choices = [SelectChoice("", gettext("Không ai, người dự phòng trực thay")), *people]
        return self

    def wanted(self, area: str) -> Absence | None:
        """Returns the posted absence; None if something is missing or wrong, and then the fields have errors."""
        if not self.validate_on_submit() or self.first.data is None or self.last.data is None:
            return None
        if self.last.data < self.first.data:
            self.last.errors = [gettext("Ngày cuối phải từ ngày đầu trở đi")]
            return None
        if self.substitute.data == self.away.data:
            self.substitute.errors = [gettext("Người thay phải là người khác")]
            return None
        return Absence(0, area, self.away.data, self.first.data, self.last.data, self.substitute.data)


class OwnForm(Form):
    """The form of a person's own quiet hours and morning summary."""

    quiet_from = HourField(lazy_gettext("Giờ yên tĩnh từ"))
    quiet_until = HourField(
        lazy_gettext("Giờ yên tĩnh đến"),
        description=lazy_gettext(
            "Trong giờ này Bảng Tin chỉ báo việc khẩn; việc khác đợi đến hết giờ. Bỏ trống là không có."
        ),
    )
    digest = BooleanField(lazy_gettext("Gửi thư việc hôm nay vào buổi sáng, nếu có việc"))
    digest_at = HourField(lazy_gettext("Gửi thư lúc"))

    @classmethod
    def of(cls, own: Preferences) -> OwnForm:
        """Returns the form with the posted values; if none were posted, with those of ``own``."""
        return cls(
            quiet_from=clock(own.quiet_from),
            quiet_until=clock(own.quiet_until),
            digest=own.digest_at is not None,
            digest_at=clock(DIGEST_AT if own.digest_at is None else own.digest_at),
        )

    def wanted(self, own: Preferences, *, has_digest: bool) -> Preferences | None:
        """Returns the posted settings; None if something is wrong, and then the fields have errors.

        Without ``has_digest`` the person was not asked about the summary, and what ``own`` says of it stays.
        """
        if not self.validate_on_submit():
            return None
        begin, end = self.quiet_from.data, self.quiet_until.data
        if (begin is None) != (end is None):
            field = self.quiet_until if end is None else self.quiet_from
            field.errors = [gettext("Hãy ghi cả giờ bắt đầu và giờ kết thúc, hoặc bỏ trống cả hai")]
            return None
        if begin is not None and begin == end:
            self.quiet_until.errors = [gettext("Hai giờ phải khác nhau")]
            return None
        return Preferences(
            own.person,
            None if begin is None else minute(begin),
            None if end is None else minute(end),
            self._digest_at() if has_digest else own.digest_at,
        )

    def _digest_at(self) -> int | None:
        if not self.digest.data:
            return None
        return DIGEST_AT if self.digest_at.data is None else minute(self.digest_at.data)


def minute(at: time) -> int:
    """Returns a time of day as the minute of the day."""
    return at.hour * 60 + at.minute


def clock(at: int | None) -> time | None:
    """Returns a minute of the day as a time of day; None for None."""
    return None if at is None else time(at // 60 % 24, at % 60)
