"""Turns what an editor pushes into one slide: priority in the lap, urgent over the whole glass; called by render.py.

Where headline and acts do not fit together in type that can be read from the board's distance, the slide turns
through pages by itself: an urgent notice is never cut and never small.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.core.model import Format, Notice, Slide
from server.core.typesetting.paging import reading_time, tidy
from server.slides.kinds import led
from server.slides.kinds.notice.arrange import Face, Sheet, danger, sheets
from server.slides.templating import local_day, local_time, slide

TAGS = {"urgent": "KHẨN CẤP", "priority": "ƯU TIÊN", "normal": "THÔNG BÁO"}
OVER = "ĐÃ HẾT HIỆU LỰC"
EXERCISE = "DIỄN TẬP"
TURN = 8_000
MOST_SHEETS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """The small print of a notice: when it was issued, until when it holds, who says so."""

    issued: str
    until: str
    sender: str


def pages(notice: Notice, zone: str, format: Format) -> Slide:
    """The one slide of a notice. Official words are not edited, only set."""
    tag = OVER if notice.state in ("cleared", "expired") else TAGS[notice.level]
    line = small_print(notice, zone)
    if format.size == "LED":
        said = (f"{EXERCISE}: " if notice.exercise else "") + f"{tag}. {notice.headline}"
        texts = tuple(tidy(text) for text in (said, *notice.acts, f"Hiệu lực đến {line.until}", notice.sender))
        return led.turning(texts, format, title=notice.headline, source=notice.sender, kind=notice.level)
    face = Face(
        format=format,
        urgent=notice.level == "urgent",
        tag=tag,
        danger=danger_words(notice),
        line=(f"Ban hành {line.issued}", f"Hiệu lực đến {line.until}", line.sender),
        exercise=notice.exercise,
    )
    made = sheets(face, tidy(notice.headline), tuple(tidy(act) for act in notice.acts))[:MOST_SHEETS]
    return _slide(notice, face, line, made)


def _slide(notice: Notice, face: Face, line: Line, made: tuple[Sheet, ...]) -> Slide:
    shown = " ".join([notice.headline, *notice.acts])
    return slide(
        "notice/template.html",
        {
            "notice": notice,
            "over": face.tag == OVER,
            "face": face,
            "danger": danger(face),
            "line": line,
            "sheets": made,
            "exercise": EXERCISE,
            "size": face.format.size,
        },
        dwell=max(reading_time(shown), TURN * len(made) if len(made) > 1 else 0),
        title=notice.headline,
        source=notice.sender,
        kind=notice.level,
    )


def danger_words(notice: Notice) -> str:
    """ "Bão · rủi ro thiên tai cấp 4", or only what is known of it."""
    risk = f"rủi ro thiên tai cấp {notice.risk}" if notice.risk else ""
    about = notice.danger.strip()
    return tidy(" · ".join(filter(None, (about, risk if about else risk.capitalize()))))


def small_print(notice: Notice, zone: str) -> Line:
    """ "13:40 ngày 06/09/2026": issued and valid until, in the board's zone."""
    issued, until = (
        f"{local_time(instant, zone)[:5]} ngày {local_day(instant, zone)}"
        for instant in (notice.issued, notice.until)
    )
    return Line(tidy(issued), tidy(until), tidy(notice.sender))
