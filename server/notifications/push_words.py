"""Writes the texts of push messages in Vietnamese and English; called by worker.deliveries.

The texts that an editor wrote for a notice are not translated. The words that are added to them are in the language
of the citizen who gets the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.model import Notice
from server.core.notices.drills import without_mark
from server.core.notices.push_events import Kind

Content = dict[str, dict[str, str]]
LONGEST_TITLE = 110
LONGEST_TEXT = 400
_MARKS: dict[str, dict[Kind, str]] = {
    "vi": {"sent": "KHẨN CẤP", "corrected": "ĐÍNH CHÍNH", "extended": "THỜI HẠN MỚI", "cleared": "ĐÃ HẾT"},
    "en": {"sent": "EMERGENCY", "corrected": "CORRECTION", "extended": "NEW END", "cleared": "OVER"},
}
_DRILL = {"vi": "DIỄN TẬP, không có thật", "en": "EXERCISE, not real"}
_UNTIL = {"vi": "Đến {at}", "en": "Until {at}"}
_ENDED = {"vi": "Tin này không còn hiệu lực từ {at}.", "en": "This notice is no longer in force since {at}."}
_DUE = {"vi": "Ngày mai đến hạn: {title}", "en": "Due tomorrow: {title}"}
_DUE_MANY = {"vi": "Ngày mai {area} có {count} việc đến hạn", "en": "{count} deadlines tomorrow in {area}"}
_STOP = {"vi": "Thôi nhận mọi tin", "en": "Stop all of these"}
_STOPPED = {
    "vi": "Máy này thôi nhận tin. Địa chỉ nhận tin đã được xóa.",
    "en": "This device gets no more notices. Its address has been deleted.",
}
_OPEN = {"vi": "Xem", "en": "Open"}


def notice_content(kind: Kind, notice: Notice, places: str, now: datetime, zone: ZoneInfo) -> Content:
    """Returns the message about a notice: "vi" and "en" -> name of each text -> the text.

    ``kind`` says what has happened to the notice, ``places`` are the names of its areas in one text. The message
    about a drill begins by saying that it is a drill, also when the drill is corrected or has ended.
    """
    made = {}
    for language, marks in _MARKS.items():
        mark = marks[kind]
        if notice.exercise:
            mark = _DRILL[language] if kind == "sent" else f"{_DRILL[language]} · {mark}"
        at = (notice.ended or now) if kind == "cleared" else notice.until
        when = (_ENDED if kind == "cleared" else _UNTIL)[language].format(at=f"{at.astimezone(zone):%H:%M %d/%m/%Y}")
        acts = () if kind == "cleared" else notice.acts
        text = "\n".join((f"{places} · {when}" if places else when, *acts))
        made[language] = _told(language, f"{mark}: {without_mark(notice).headline}", text, f"/notice/{notice.id}")
        made[language]["lang"] = notice.language or "vi"
    return made


def reminder_content(area: str, titles: Sequence[str], path: str) -> Content:
    """Returns the reminder of the items due tomorrow in ``area`` (a name): "vi" and "en" -> name of text -> text.

    ``titles`` are the titles of the items, ``path`` is the URL path of the page that lists them.
    """
    made = {}
    for language in _MARKS:
        if len(titles) == 1:
            title, text = _DUE[language].format(title=titles[0]), area
        else:
            title = _DUE_MANY[language].format(area=area, count=len(titles))
            text = "\n".join(f"• {one}" for one in titles)
        made[language] = _told(language, title, text, path)
    return made


def _told(language: str, title: str, text: str, path: str) -> dict[str, str]:
    return {
        "title": shortened(title, LONGEST_TITLE),
        "body": shortened(text, LONGEST_TEXT),
        "path": path,
        "open": _OPEN[language],
        "stop": _STOP[language],
        "stopped": _STOPPED[language],
    }


def shortened(text: str, most: int) -> str:
    """Returns the text; if it has more than ``most`` characters, its beginning and an ellipsis, within ``most``.

    It is cut between two words if there is a space in the second half.
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[most // 2 :] else cut}…"
