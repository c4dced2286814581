"""Renders videos: one slide for each, shown for exactly the length of the video; called by render.py.

A video is muted unless the announcement has sound. display/stage/film.js plays it, and shows the ornament behind it
if it cannot be played.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from server.core.model import Announcement, Format, Slide
from server.slides.kinds.announcement import figure, text_pages
from server.slides.kinds.announcement.content import content_of


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """Returns a slide for each video with the text beside it; if that does not fit, slides with the text come first.

    On LED modules, which show no videos, there are only slides of the text. ``area_name`` is shown as the source;
    days are in the time zone ``zone``.
    """
    content = content_of(announcement, area_name, zone)
    films = [one for one in announcement.attachments if one.type.startswith("video/")]
    if not films or format.size == "LED":
        return text_pages(announcement, area_name, zone, format)
    figures = [
        figure.Figure(
            one,
            part=f"Phim {number}/{len(films)}" if len(films) > 1 else "",
            caption=content.text,
            dwell=max(1_000, ceil(one.seconds * 1000)),
        )
        for number, one in enumerate(films, start=1)
    ]
    fits = all(figure.shows_text(content, one, format) for one in figures)
    lead = () if fits else text_pages(replace(announcement, attachments=()), area_name, zone, format)
    return lead + tuple(figure.page("video", announcement, content, one, format) for one in figures)
