"""Renders a PDF: its title, then each page in strips that are large enough to be read; called by render.py.

The pages are attachments, pictures that were drawn when the file was imported.
"""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Announcement, Attachment, Format, Slide
from server.core.typesetting.names import unbound
from server.slides.kinds.announcement import figure, text_pages
from server.slides.kinds.announcement.content import LABEL, AnnouncementContent, content_of
from server.slides.kinds.pdf.strips import strips
from server.slides.layout.fitting import TextBlock
from server.slides.templating import render_slide

# A PDF page is shown for 15 s; a strip of a page has about as much text as people can read in that time.
DWELL = 15_000
# The most strips of one document, which take ten minutes. Further pages are shown whole, beside the title.
MOST_IN_STRIPS = 40


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of a PDF: the title with the text and the QR code, then one or more slides for each page.

    If the PDF has no page, and on LED modules, which show no pictures, there are only slides of the text. Wide pages
    are shown whole, beside the title. ``area_name`` is shown as the source; days are in the time zone ``zone``.
    """
    content = content_of(announcement, area_name, zone)
    shown = [one for one in announcement.attachments if one.type.startswith("image/")]
    if not shown or format.size == "LED":
        return text_pages(announcement, area_name, zone, format)
    parts = _strips(shown, format)
    lead = replace(announcement, attachments=(), text=announcement.text or _how_many(len(shown)))
    in_front = bool(content.text or any(parts))
    slides: list[Slide] = list(text_pages(lead, area_name, zone, format)) if in_front else []
    for number, (one, many) in enumerate(zip(shown, parts, strict=True), start=1):
        part = f"Trang {number}/{len(shown)}" if len(shown) > 1 else ""
        if many:
            slides += [_strip(announcement, content, one, part, (at, many), format) for at in range(1, many + 1)]
        else:
            found = figure.Figure(one, part=part, dwell=DWELL, paper=True)
            slides.append(figure.page("pdf", announcement, content, found, format))
    return tuple(slides)


def _how_many(pages: int) -> str:
    """The text of the first slide if the announcement has none: how many pages follow."""
    return f"Văn bản có {pages} trang, chiếu lần lượt ngay sau đây." if pages > 1 else "Văn bản chiếu ngay sau đây."


def _strips(shown: list[Attachment], format: Format) -> list[int]:
    """The number of strips of each page, 0 for a page that is shown whole beside the title."""
    used, found = 0, []
    for one in shown:
        many = strips(one, format, f"{LABEL} · Trang 60/60 · 6/6")
        many = many if used + many <= MOST_IN_STRIPS else 0
        used += many
        found.append(many)
    return found


def _strip(
    announcement: Announcement,
    content: AnnouncementContent,
    one: Attachment,
    part: str,
    place: tuple[int, int],
    format: Format,
) -> Slide:
    at, many = place
    return render_slide(
        "pdf/strip.html",
        {
            "size": format.size,
            "label": LABEL,
            "sources": tuple(filter(None, (part,))),
            "text_block": TextBlock("", 0, "", 0, at, many),
            "shown": one,
            "alt": one.alt if at == 1 else f"{part or unbound(content.title)}, phần {at} trên {many}",
        },
        dwell=DWELL,
        title=announcement.title,
        source=content.source,
        kind="pdf",
        media=(one.hash,),
    )
