"""A PDF: each page whole, as the worker has drawn it, beside its title; called by render.py."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Announcement, Format, Slide
from server.slides.kinds import announcement as words_only
from server.slides.kinds.announcement import figure

# Rule 8: a page of a PDF stands for 15 s.
DWELL = 15_000


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """A slide for each page of it; the words alone where there is none, or on LED, which shows letters only."""
    words = words_only.said(announcement, area_name, zone)
    shown = [one for one in announcement.attachments if one.type.startswith("image/")]
    if not shown or format.size == "LED":
        return words_only.pages(announcement, area_name, zone, format)
    lead = words_only.pages(replace(announcement, attachments=()), area_name, zone, format) if words.text else ()
    figures = [
        figure.Figure(one, part=f"Trang {number}/{len(shown)}" if len(shown) > 1 else "", dwell=DWELL, paper=True)
        for number, one in enumerate(shown, start=1)
    ]
    return lead + tuple(figure.page("pdf", announcement, words, one, format) for one in figures)
