"""Renders an announcement's text, then its table if it has one; called by render.py for kinds "text" and "table".

The other kinds of announcements (pictures, pdf, video, link, contact) have folders of their own. They use content.py
and figure.py of this folder, and call ``text_pages`` for text that does not fit on their slides.
"""

from __future__ import annotations

from server.core.model import Announcement, Format, Slide
from server.core.typesetting.paging import tidy
from server.slides.kinds import led, table
from server.slides.kinds.announcement import letters
from server.slides.kinds.announcement.content import LABEL, AnnouncementContent, content_of
from server.slides.layout.arrangement import Page, arrange, dwell_of
from server.slides.layout.space import Arrangement
from server.slides.templating import render_slide


def text_pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of an announcement's text and table.

    Each slide has the title, and names the days on which the announcement is posted, in the time zone ``zone``.
    ``area_name`` is shown as the source. A table that fits in no layout of this format is shown as text.
    """
    content = content_of(announcement, area_name, zone)
    text = content.text
    if format.size == "LED":
        text = "\n".join(filter(None, (text, table.led_text(announcement.table, format, announcement.link))))
        return led.pages(content.title, text, format, source=content.source, kind="announcement", language="vi")
    tables: tuple[Slide, ...] = ()
    if announcement.table:
        tables = table.pages(
            table.Heading(LABEL, (content.source,), content.posted, None, content.title, "vi"),
            announcement.table, content.qr, format,
            source=content.source, kind="announcement", plain_title=announcement.title,
        )  # fmt: skip
        if not tables:
            text = "\n".join(filter(None, (text, tidy(table.as_text(announcement.table)))))
    if tables and not text:
        return tables
    styled = letters.is_styled(announcement.text)
    arranged = arrange(
        content.title,
        text,
        Arrangement(format, content.kicker(format), code=content.qr is not None, foot=content.posted, styled=styled),
    )
    lines = letters.lines(announcement.text, [page.text_block.text for page in arranged])
    return (
        tuple(
            _slide(announcement, content, page, of_page if styled else ())
            for page, of_page in zip(arranged, lines, strict=True)
        )
        + tables
    )


def _slide(
    announcement: Announcement, content: AnnouncementContent, page: Page, lines: tuple[letters.Line, ...]
) -> Slide:
    return render_slide(
        "announcement/template.html",
        {
            "text_block": page.text_block,
            "lines": lines if page.text_block.text else (),
            "size": page.arrangement.format.size,
            "label": LABEL,
            "sources": content.sources(page.arrangement.format),
            "posted": content.posted,
            "qr": content.qr,
            "beside": page.arrangement.code_beside,
            "ornament": page.arrangement.ornament,
        },
        dwell=dwell_of(page.text_block),
        title=announcement.title,
        source=content.source,
        kind="announcement",
    )
