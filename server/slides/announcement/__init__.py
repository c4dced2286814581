"""Turns what an operator queued into slides: words, then a table, and for how long; called by render.py."""

from __future__ import annotations

from server.core import markdown, recurrence
from server.core.model import Announcement, Format, Slide, Window
from server.core.paging import tidy
from server.slides import led, table
from server.slides.compose import Page, arrange, shown_time
from server.slides.page import code, local_day, slide
from server.slides.rooms import Composition

LABEL = "Thông báo"


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """An announcement's slides, each with its title and the days for which it is posted."""
    title, text = tidy(announcement.title), tidy(markdown.plain(announcement.text))
    source = tidy(area_name)
    if format.size == "LED":
        text = "\n".join(filter(None, (text, tidy(table.as_text(announcement.table)))))
        return led.pages(title, text, format, source=source, kind="announcement", language="vi")
    tables: tuple[Slide, ...] = ()
    posted = posted_words(announcement, zone)
    if announcement.table:
        tables = table.pages(
            table.Heading(LABEL, (source,), posted, None, title, "vi"),
            announcement.table, code(announcement.link), format,
            source=source, kind="announcement", plain_title=announcement.title,
        )  # fmt: skip
        if not tables:
            text = "\n".join(filter(None, (text, tidy(table.as_text(announcement.table)))))
    if tables and not text:
        return tables
    made = Composition(format, " · ".join([LABEL, source]), code=code(announcement.link) is not None, foot=posted)
    return tuple(_slide(announcement, source, posted, page) for page in arrange(title, text, made)) + tables


def _slide(announcement: Announcement, source: str, posted: str, page: Page) -> Slide:
    return slide(
        "announcement/template.html",
        {
            "words": page.words,
            "size": page.made.format.size,
            "label": LABEL,
            "sources": (source,),
            "posted": posted,
            "qr": code(announcement.link),
            "beside": page.made.code_beside,
            "ornament": page.made.ornament,
        },
        dwell=shown_time(page.words),
        title=announcement.title,
        source=source,
        kind="announcement",
    )


def posted_words(announcement: Announcement, zone: str) -> str:
    """When it is posted: its rule in words where it comes back (its windows change as time passes), else its days."""
    if announcement.recurrence is not None:
        return f"Chiếu {recurrence.words(announcement.recurrence)}"
    return posted_days(announcement.windows, zone)


def posted_days(windows: tuple[Window, ...], zone: str) -> str:
    """ "Niêm yết từ 09/03/2026 đến 10/03/2026": the first and the last day of all windows; empty without windows."""
    if not windows:
        return ""
    first = local_day(min(window.start for window in windows), zone)
    ends = [window.until for window in windows if window.until is not None]
    if len(ends) < len(windows):
        return f"Niêm yết từ {first}"
    last = local_day(max(ends), zone)
    return f"Niêm yết ngày {first}" if last == first else f"Niêm yết từ {first} đến {last}"
