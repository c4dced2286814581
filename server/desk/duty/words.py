"""Words for alarms, steps, failures and turns in the reader's language; called by the views of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext, lazy_gettext, ngettext

from server.core.duty.alarms import Alarm
from server.core.duty.roster import Turn
from server.desk.web.alarm_names import KIND_NAMES, WEEKDAYS
from server.desk.web.refusals import said

STEP_NAMES: Mapping[str, object] = {
    "begun": lazy_gettext("Báo lúc bắt đầu"),
    "grew": lazy_gettext("Báo thêm"),
    "urgent": lazy_gettext("Báo vì đã thành khẩn"),
    "escalated": lazy_gettext("Báo tiếp vì chưa ai nhận"),
    "ended": lazy_gettext("Báo đã hết"),
}
_FAILURES: Mapping[str, object] = {
    "token": lazy_gettext("Mã truy cập không đúng hoặc đã bị thu hồi: hãy nhập lại."),
    "chat": lazy_gettext("Không có nhóm hay người nhận này, hoặc họ chưa cho phép nhắn: hãy kiểm tra địa chỉ nhận."),
    "limit": lazy_gettext("Bên nhận đang giới hạn số tin; Bảng Tin chờ rồi gửi lại."),
    "http": lazy_gettext("Máy nhận trả lời có lỗi; Bảng Tin sẽ gửi lại."),
    "no-mail": lazy_gettext("Máy chủ này chưa cài gửi thư: xem mục [mail] của config.toml."),
    "timeout": lazy_gettext("Máy nhận trả lời quá chậm; Bảng Tin sẽ gửi lại."),
    "private": lazy_gettext("Địa chỉ là máy nội bộ, chưa được phép ở mục [fetch] allow_private của config.toml."),
}


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm with its words: ``names`` are the first subjects, ``more`` how many others there are."""

    alarm: Alarm
    name: str
    count: int
    names: tuple[str, ...]
    more: int


def alarm_view(alarm: Alarm, most: int = 3) -> AlarmView:
    """Returns an alarm with the words of its page or of its line in a list."""
    shown = alarm.subjects if alarm.ended is not None else (alarm.lasting or alarm.subjects)
    names = tuple(said(one.name) for one in shown[:most])
    return AlarmView(alarm, str(KIND_NAMES[alarm.kind]), len(shown), names, max(0, len(shown) - most))


def failure(error: str) -> str:
    """Returns a sentence about why a channel could not be used."""
    if error in _FAILURES:
        return str(_FAILURES[error])
    kind, _, answer = error.partition(": ")
    if answer:
        return str(gettext("Máy chủ thư không nhận: %(answer)s", answer=answer))
    return str(gettext("Không nối được tới máy nhận; Bảng Tin sẽ gửi lại. (%(code)s)", code=kind))


def hours(turn: Turn) -> str:
    """Returns the hours of a turn, such as "07:00–17:00"."""
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (turn.start, turn.end))
    if turn.start != turn.end:
        return f"{begin}–{end}"
    return str(gettext("24 giờ, từ %(at)s", at=begin) if turn.start else gettext("cả ngày"))


def turn_time(turn: Turn) -> str:
    """Returns the days and hours of a turn, such as "Thứ Hai, Thứ Ba, 07:00–17:00"."""
    is_daily = len(turn.weekdays) == len(WEEKDAYS)
    days = [gettext("hằng ngày")] if is_daily else [str(WEEKDAYS[number]) for number in turn.weekdays]
    return ", ".join((*days, hours(turn)))


def length(span: timedelta) -> str:
    """Returns a duration in words, rounded to minutes, hours or days."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return str(ngettext("%(num)s phút", "%(num)s phút", minutes))
    if minutes < 48 * 60:
        return str(ngettext("%(num)s giờ", "%(num)s giờ", round(minutes / 60)))
    return str(ngettext("%(num)s ngày", "%(num)s ngày", round(minutes / 1440)))
