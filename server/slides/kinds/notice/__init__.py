"""Renders a notice to one slide: priority within the frame, urgent over the whole screen; called by render.py.

If the headline and the instructions (``acts``) do not fit on one page in type that is readable from the board's
distance, the slide has several pages, which a CSS animation shows in turn: no text is cut or too small.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.core.model import Format, Notice, Slide
from server.core.typesetting.paging import reading_time, tidy
from server.slides.kinds import led
from server.slides.kinds.notice.arrange import NoticeFrame, NoticePage, hazard_line, notice_pages
from server.slides.templating import local_day, local_time, render_slide

TAGS = {"urgent": "KHẨN CẤP", "priority": "ƯU TIÊN", "normal": "THÔNG BÁO"}
OVER = "ĐÃ HẾT HIỆU LỰC"
EXERCISE = "DIỄN TẬP"
TURN = 8_000
MOST_PAGES = 40


@dataclass(frozen=True, slots=True)
class SmallPrint:
    """The texts at the bottom of a notice: when it was issued, until when it is valid, who sends it."""

    issued: str
    until: str
    sender: str


def pages(notice: Notice, zone: str, format: Format) -> Slide:
    """The single slide of a notice; the official text is never changed."""
    tag = OVER if notice.state in ("cleared", "expired") else TAGS[notice.level]
    texts = small_print(notice, zone)
    if format.size == "LED":
        first = (f"{EXERCISE}: " if notice.exercise else "") + f"{tag}. {notice.headline}"
        lines = tuple(tidy(text) for text in (first, *notice.acts, f"Hiệu lực đến {texts.until}", notice.sender))
        return led.turning(lines, format, title=notice.headline, source=notice.sender, kind=notice.level)
    frame = NoticeFrame(
        format=format,
        urgent=notice.level == "urgent",
        tag=tag,
        hazard=hazard_words(notice),
        small_print=(f"Ban hành {texts.issued}", f"Hiệu lực đến {texts.until}", texts.sender),
        exercise=notice.exercise,
    )
    shown = notice_pages(frame, tidy(notice.headline), tuple(tidy(act) for act in notice.acts))[:MOST_PAGES]
    return _slide(notice, frame, texts, shown)


def _slide(notice: Notice, frame: NoticeFrame, texts: SmallPrint, shown: tuple[NoticePage, ...]) -> Slide:
    text = " ".join([notice.headline, *notice.acts])
    return render_slide(
        "notice/template.html",
        {
            "notice": notice,
            "over": frame.tag == OVER,
            "frame": frame,
            "hazard": hazard_line(frame),
            "small_print": texts,
            "pages": shown,
            "exercise": EXERCISE,
            "size": frame.format.size,
        },
        dwell=max(reading_time(text), TURN * len(shown) if len(shown) > 1 else 0),
        title=notice.headline,
        source=notice.sender,
        kind=notice.level,
    )


def hazard_words(notice: Notice) -> str:
    """For example "Bão · rủi ro thiên tai cấp 4": hazard and risk level, as far as they are known."""
    risk = f"rủi ro thiên tai cấp {notice.risk}" if notice.risk else ""
    about = notice.danger.strip()
    return tidy(" · ".join(filter(None, (about, risk if about else risk.capitalize()))))


def small_print(notice: Notice, zone: str) -> SmallPrint:
    """The small print with times such as "13:40 ngày 06/09/2026" in the board's zone."""
    issued, until = (
        f"{local_time(instant, zone)[:5]} ngày {local_day(instant, zone)}"
        for instant in (notice.issued, notice.until)
    )
    return SmallPrint(tidy(issued), tidy(until), tidy(notice.sender))
