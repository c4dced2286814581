"""Renders pictures: one slide for each, with its alt text as the caption; called by render.py.

If the announcement has a text, slides with the text come first.
"""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Announcement, Format, Slide
from server.core.typesetting.paging import reading_time
from server.slides.kinds import led
from server.slides.kinds.announcement import figure, text_pages
from server.slides.kinds.announcement.content import content_of

LEAST_DWELL = 8_000


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of the text, if there is one, and a slide for each picture.

    Without pictures there are only slides of the text. On LED modules, which show no pictures, there are slides of
    the text and of the captions. ``area_name`` is shown as the source; days are in the time zone ``zone``.
    """
    content = content_of(announcement, area_name, zone)
    shown = [one for one in announcement.attachments if one.type.startswith("image/")]
    if not shown:
        return text_pages(announcement, area_name, zone, format)
    if format.size == "LED":
        text = "\n".join(filter(None, [content.text, *(one.alt for one in shown)]))
        return led.pages(content.title, text, format, source=content.source, kind="pictures", language="vi")
    lead = text_pages(replace(announcement, attachments=()), area_name, zone, format) if content.text else ()
    figures = [
        figure.Figure(
            one,
            part=f"Ảnh {number}/{len(shown)}" if len(shown) > 1 else "",
            caption=one.alt,
            dwell=max(LEAST_DWELL, reading_time(f"{content.title} {one.alt}")),
        )
        for number, one in enumerate(shown, start=1)
    ]
    return lead + tuple(figure.page("pictures", announcement, content, one, format) for one in figures)
