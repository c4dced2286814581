"""A film with its title beside it, for exactly its length; muted unless the announcement asks for sound.

display/stage/film.js plays it and puts the drawing behind it in its place where it fails.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from server.core.model import Announcement, Format, Slide
from server.slides.kinds import announcement as words_only
from server.slides.kinds.announcement import figure


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """A slide for each film, after the words where they have no room beside it; the words alone on LED."""
    words = words_only.said(announcement, area_name, zone)
    films = [one for one in announcement.attachments if one.type.startswith("video/")]
    if not films or format.size == "LED":
        return words_only.pages(announcement, area_name, zone, format)
    figures = [
        figure.Figure(
            one,
            part=f"Phim {number}/{len(films)}" if len(films) > 1 else "",
            caption=words.text,
            dwell=max(1_000, ceil(one.seconds * 1000)),
        )
        for number, one in enumerate(films, start=1)
    ]
    told = all(figure.tells(words, one, format) for one in figures)
    lead = () if told else words_only.pages(replace(announcement, attachments=()), area_name, zone, format)
    return lead + tuple(figure.page("video", announcement, words, one, format) for one in figures)
