"""Makes the Vietnamese texts of alarms for mails and chats; called by worker.deliveries.

Texts are made when they are sent, of all that waits for a target: what began and has ended meanwhile is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from server.core.duty.alarms import Alarm, Kind

MOST_NAMED = 10
MOST_LISTED = 20
_ONE: Mapping[Kind, str] = {
    "screen_dark": "Màn hình “{name}” mất liên lạc",
    "notice_unconfirmed": "Tin khẩn chưa hiện trên đủ màn hình: {name}",
    "source_silent": "Nguồn tin “{name}” im lặng",
    "alerts_silent": "Nguồn cảnh báo “{name}” không có dữ liệu",
    "disk": "Đĩa chứa dữ liệu sắp đầy, {name}",
    "backup": "Quá lâu chưa có bản sao lưu: {name}",
    "certificate": "Chứng thư TLS của máy chủ cần được thay: {name}",
    "clock": "Đồng hồ máy chủ chạy sai: {name}",
}
_MANY: Mapping[Kind, str] = {
    "screen_dark": "{count} màn hình mất liên lạc",
    "notice_unconfirmed": "{count} tin khẩn chưa hiện trên đủ màn hình",
    "source_silent": "{count} nguồn tin im lặng",
    "alerts_silent": "{count} nguồn cảnh báo không có dữ liệu",
    "disk": "{count} máy chủ sắp đầy đĩa",
    "backup": "{count} máy chủ quá lâu chưa có bản sao lưu",
    "certificate": "Chứng thư TLS của {count} máy chủ cần được thay",
    "clock": "Đồng hồ của {count} máy chủ chạy sai",
}
State = Literal["open", "over", "both"]
_MARK: Mapping[State, str] = {"open": "BÁO ĐỘNG", "over": "ĐÃ HẾT", "both": "ĐÃ XẢY RA VÀ ĐÃ HẾT"}
_LISTED: Mapping[State, str] = {"open": "Đang có", "over": "Đã hết", "both": "Đã xảy ra và đã hết"}
TRIAL_SUBJECT = "Bảng Tin gửi thử"
TRIAL_TEXT = "Đây là tin gửi thử. Khi có báo động, Bảng Tin sẽ báo tới đây."


@dataclass(frozen=True, slots=True)
class Entry:
    """An alarm of which a target is told now; ``steps`` are its steps that wait for the target, such as "begun"."""

    alarm: Alarm
    steps: frozenset[str]

    @property
    def state(self) -> State:
        """Returns "over" if the target knows of the beginning, "both" if it hears of it only with the end."""
        opening = bool(self.steps - {"ended"})
        if not opening:
            return "over"
        return "both" if self.alarm.ended is not None else "open"


@dataclass(frozen=True, slots=True)
class Letter:
    """A text with a subject. Chats show both, the subject as the first line."""

    subject: str
    text: str

    @property
    def chat(self) -> str:
        return f"{self.subject}\n{self.text}"


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """Makes texts with times in ``zone``. ``areas`` maps slugs to names; ``base`` is the public address, or ""."""

    zone: ZoneInfo
    areas: Mapping[str, str]
    base: str
    wait: timedelta

    def letter(self, entries: Sequence[Entry], failing_since: datetime | None = None) -> Letter:
        """Returns one text about ``entries``, which are not empty; several become a list.

        ``failing_since`` is since when the target could not be told, None if it could.
        """
        if len(entries) == 1 and failing_since is None:
            return self._single(entries[0])
        ordered = sorted(entries, key=lambda one: (one.state != "open", not one.alarm.urgent, one.alarm.begun))
        count = len(entries)
        lasting = sum(1 for one in entries if one.state == "open")
        lines = []
        if failing_since is not None:
            lines.append(f"Từ {self._at(failing_since)} không gửi được tới đây; đây là tóm tắt.")
        lines += [self._line(one) for one in ordered[:MOST_LISTED]]
        if count > MOST_LISTED:
            lines.append(f"• và {count - MOST_LISTED} báo động nữa")
        lines += self._link("/desk/duty/", "Xem tất cả")
        told = f"{lasting} đang có" if lasting else "đều đã hết"
        return Letter(f"{count} báo động, {told}", "\n".join(lines))

    def area(self, slug: str) -> str:
        """Returns the name of an area; its slug if it is gone."""
        return self.areas.get(slug, slug)

    def _single(self, entry: Entry) -> Letter:
        alarm, state = entry.alarm, entry.state
        mark = "KHẨN" if state == "open" and alarm.urgent else _MARK[state]
        shown = alarm.subjects if alarm.ended else alarm.lasting
        lines = [f"{self._since(alarm)}."]
        if len(shown) > 1:
            lines += [f"• {one.name}" for one in shown[:MOST_NAMED]]
            if len(shown) > MOST_NAMED:
                lines.append(f"• và {len(shown) - MOST_NAMED} nữa")
        if state == "open":
            if "escalated" in entry.steps:
                minutes = round(self.wait.total_seconds() / 60)
                lines.append(f"Người trực trước chưa nhận sau {minutes} phút.")
            lines += self._link(
                f"/desk/duty/alarms/{alarm.id}", "Bấm “Tôi đã nhận” để người khác biết bạn đang xử lý"
            )
        return Letter(f"{mark}: {what(alarm)} · {self.area(alarm.area)}", "\n".join(lines))

    def _line(self, entry: Entry) -> str:
        alarm = entry.alarm
        mark = "KHẨN, đang có" if entry.state == "open" and alarm.urgent else _LISTED[entry.state]
        since = self._since(alarm)
        return f"• {mark}: {what(alarm)} · {self.area(alarm.area)} ({since[0].lower()}{since[1:]})"

    def _since(self, alarm: Alarm) -> str:
        """Returns "Từ 07:30 ngày 09/03", with the end if it has one."""
        if alarm.ended is None:
            return f"Từ {self._at(alarm.begun)}"
        return f"Từ {self._at(alarm.begun)} đến {self._at(alarm.ended)}, kéo dài {span(alarm.ended - alarm.begun)}"

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M ngày %d/%m}"

    def _link(self, path: str, label: str) -> Iterable[str]:
        return [f"{label}: {self.base}{path}"] if self.base else []


def what(alarm: Alarm) -> str:
    """Returns what is wrong, such as "300 màn hình mất liên lạc"; after its end, what has been wrong."""
    shown = alarm.subjects if alarm.ended is not None else (alarm.lasting or alarm.subjects)
    if len(shown) == 1:
        return _ONE[alarm.kind].format(name=shown[0].name)
    return _MANY[alarm.kind].format(count=len(shown))


def span(length: timedelta) -> str:
    """Returns a duration in words: "40 phút", "2 giờ 5 phút", "3 ngày 4 giờ"."""
    minutes = max(1, round(length.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2])
