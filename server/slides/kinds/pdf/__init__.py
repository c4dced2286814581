"""A PDF: one slide for each page, as the worker rendered it, with the title beside it; called by render.py."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Announcement, Format, Slide
from server.slides.kinds.announcement import figure, text_pages
from server.slides.kinds.announcement.content import content_of

# Rule 8 of the lap: a PDF page stays 15 s.
DWELL = 15_000


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """A slide for each page; only the text if there is no page, or on LED, which shows no pictures."""
    content = content_of(announcement, area_name, zone)
    shown = [one for one in announcement.attachments if one.type.startswith("image/")]
    if not shown or format.size == "LED":
        return text_pages(announcement, area_name, zone, format)
    lead = text_pages(replace(announcement, attachments=()), area_name, zone, format) if content.text else ()
    figures = [
        figure.Figure(one, part=f"Trang {number}/{len(shown)}" if len(shown) > 1 else "", dwell=DWELL, paper=True)
        for number, one in enumerate(shown, start=1)
    ]
    return lead + tuple(figure.page("pdf", announcement, content, one, format) for one in figures)
