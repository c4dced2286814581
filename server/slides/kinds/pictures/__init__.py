"""A gallery: one whole picture a page, what it shows as its caption, after the words of the announcement if any."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Announcement, Format, Slide
from server.core.typesetting.paging import reading_time
from server.slides.kinds import announcement as words_only
from server.slides.kinds import led
from server.slides.kinds.announcement import figure

LEAST_DWELL = 8_000


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """A slide for each picture; the words alone where there is none, or on LED."""
    words = words_only.said(announcement, area_name, zone)
    shown = [one for one in announcement.attachments if one.type.startswith("image/")]
    if not shown:
        return words_only.pages(announcement, area_name, zone, format)
    if format.size == "LED":
        text = "\n".join(filter(None, [words.text, *(one.alt for one in shown)]))
        return led.pages(words.title, text, format, source=words.source, kind="pictures", language="vi")
    lead = words_only.pages(replace(announcement, attachments=()), area_name, zone, format) if words.text else ()
    figures = [
        figure.Figure(
            one,
            part=f"Ảnh {number}/{len(shown)}" if len(shown) > 1 else "",
            caption=one.alt,
            dwell=max(LEAST_DWELL, reading_time(f"{words.title} {one.alt}")),
        )
        for number, one in enumerate(shown, start=1)
    ]
    return lead + tuple(figure.page("pictures", announcement, words, one, format) for one in figures)
