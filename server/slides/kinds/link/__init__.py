"""Renders a link: a QR code large enough to scan across a hall, the host name, and the text; called by render.py."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from server.core.model import Announcement, Format, Slide
from server.core.typesetting.formats import scale
from server.slides.kinds import led
from server.slides.kinds.announcement import text_pages
from server.slides.kinds.announcement.content import LABEL, AnnouncementContent, content_of
from server.slides.layout.arrangement import dwell_of
from server.slides.layout.fitting import TextBlock, one_page
from server.slides.layout.space import PICTURE_ROW, PICTURE_ROW_LEAST, Arrangement, space_for
from server.slides.templating import render_slide

SHARE = 0.38
LEAST_DWELL = 10_000
SCAN = "Quét mã bằng điện thoại"


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of a link: one with text and QR code or, if the text is too long, the text and then the code.

    If the link has no QR code, there are only slides of the text. On LED modules they have the text and the host
    name. ``area_name`` is shown as the source; days are in the time zone ``zone``.
    """
    content = content_of(announcement, area_name, zone)
    host = (urlsplit(announcement.link).hostname or "").removeprefix("www.")
    if format.size == "LED":
        text = "\n".join(filter(None, (content.text, host)))
        return led.pages(content.title, text, format, source=content.source, kind="link", language="vi")
    if content.qr is None:
        return text_pages(announcement, area_name, zone, format)
    text_block, complete = _beside(content, host, format)
    fits = text_block is not None
    if not fits:
        text_block = _scan_prompt(content, host, format)
    first = render_slide(
        "link/template.html",
        {
            "text_block": text_block,
            "size": format.size,
            "label": LABEL,
            "sources": content.sources(format),
            "scan": SCAN if fits or text_block is None else "",
            "host": host,
            "qr": content.qr,
        },
        dwell=max(LEAST_DWELL, dwell_of(text_block) if text_block else 0),
        title=announcement.title,
        source=content.source,
        kind="link",
    )
    if complete:
        return (first,)
    return (*text_pages(replace(announcement, link=""), area_name, zone, format), first)


def _beside(content: AnnouncementContent, host: str, format: Format) -> tuple[TextBlock | None, bool]:
    """Returns (title and text to put beside the code, whether the text is included); (None, False) if nothing fits.

    If title and text do not fit together, the first element has only the title.
    """
    arrangement = Arrangement(
        format, content.kicker(format), picture=True, foot=f"{SCAN} · {host}", share=SHARE, row=PICTURE_ROW
    )
    for text in (content.text, "") if content.text else ("",):
        for row in (PICTURE_ROW, PICTURE_ROW_LEAST):
            space = space_for(arrangement, with_text=bool(text), picture_row=row)
            found = one_page(content.title, text, space, scale(format))
            if found:
                return found, text == content.text
    return None, False


def _scan_prompt(content: AnnouncementContent, host: str, format: Format) -> TextBlock | None:
    """The words "scan the code" for the space beside a QR code without other text; None if they do not fit."""
    arrangement = Arrangement(format, content.kicker(format), picture=True, foot=host, share=SHARE, row=PICTURE_ROW)
    return one_page(SCAN, "", space_for(arrangement, with_text=False, picture_row=PICTURE_ROW), scale(format))
