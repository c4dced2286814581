"""The condition of a source, in a word and a Vietnamese sentence; called by cli.sources and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from server.core.model import Source, SourceState
from server.core.sources.fetch_schedule import silent_since

Condition = Literal["well", "new", "watch", "failing", "gone"]
WORDS: dict[Condition, str] = {
    "well": "tốt",
    "new": "chưa đọc lần nào",
    "watch": "cần xem lại",
    "failing": "đang lỗi",
    "gone": "đã ngừng",
}


@dataclass(frozen=True, slots=True)
class Health:
    """A source's condition and the reason for it.

    ``sentence`` is the reason in Vietnamese for editors, "" if there is nothing to report. ``per_day`` is the average
    number of new items a day.
    """

    condition: Condition
    sentence: str
    per_day: float

    @property
    def word(self) -> str:
        """The condition in Vietnamese."""
        return WORDS[self.condition]


def health(source: Source, state: SourceState, now: datetime, per_day: float = 0.0) -> Health:
    """The `Health` of the source at ``now``, with the most serious condition that applies."""
    condition, sentence = _assessed(source, state, now)
    return Health(condition, sentence, per_day)


def _assessed(source: Source, state: SourceState, now: datetime) -> tuple[Condition, str]:
    if state.gone:
        return "gone", f"{state.last_error} Nguồn không được đọc nữa cho tới khi đổi địa chỉ hoặc bấm thử lại."
    if state.failures:
        since = f" Lần đọc được gần nhất: {moment(state.last_good, source, now)}." if state.last_good else ""
        return "failing", f"{state.last_error}{since}"
    if state.last_good is None:
        return "new", ""
    if state.moved_to:
        return "watch", f"Trang nguồn báo đã chuyển hẳn tới {state.moved_to}."
    if state.warning:
        return "watch", state.warning
    silent = silent_since(state, now)
    if silent is not None:
        return "watch", f"Im lặng từ {moment(silent, source, now)}."
    return "well", ""


def moment(instant: datetime | None, source: Source, now: datetime) -> str:
    """Returns an instant in the source's zone: the time if it is today, time and date if this year, else the date.

    Returns "chưa có" (none yet) for None.
    """
    if instant is None:
        return "chưa có"
    zone = ZoneInfo(source.zone)
    there, here = instant.astimezone(zone), now.astimezone(zone)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there:%H:%M %d/%m}" if there.year == here.year else f"{there:%d/%m/%Y}"


def span(length: timedelta | None) -> str:
    """Returns a duration in Vietnamese, rounded: "5 phút", "3 giờ", "2 ngày"; "" if it is unknown."""
    if length is None:
        return ""
    seconds = max(0.0, length.total_seconds())
    for limit, unit, name in ((90, 1, "giây"), (5_400, 60, "phút"), (129_600, 3_600, "giờ")):
        if seconds < limit:
            return f"{round(seconds / unit)} {name}"
    return f"{round(seconds / 86_400)} ngày"
