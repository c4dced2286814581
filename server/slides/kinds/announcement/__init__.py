"""Turns what an operator queued in words into slides: words, then a table, and for how long; called by render.py.

The other kinds (pictures, pdf, video, link, contact) have folders of their own, and use `said` and `foot` of here.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from server.core.announcements import recurrence
from server.core.model import Announcement, Format, Slide, Window
from server.core.typesetting import markdown
from server.core.typesetting.paging import tidy
from server.slides.kinds import led, table
from server.slides.kinds.announcement import letters
from server.slides.layout.arrangement import Page, arrange, shown_time
from server.slides.layout.space import Composition
from server.slides.templating import code, local_day, slide

LABEL = "Thông báo"


@dataclass(frozen=True, slots=True)
class Said:
    """What every kind of announcement says around its own: tidy title and text, who, for how long, a code."""

    title: str
    text: str
    source: str
    posted: str
    qr: Markup | None

    def sources(self, format: Format) -> tuple[str, ...]:
        """Who said it; the larger classes, which show less, have it in the header alone."""
        return () if format.size in ("L", "XL") else (self.source,)

    def kicker(self, format: Format) -> str:
        """The line above the title, as it is measured."""
        return " · ".join(filter(None, [LABEL, *self.sources(format)]))


def said(announcement: Announcement, area_name: str, zone: str) -> Said:
    """The words of an announcement, ready to be set."""
    return Said(
        tidy(announcement.title),
        tidy(markdown.plain(announcement.text)),
        tidy(area_name),
        posted_words(announcement, zone),
        code(announcement.link),
    )


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """An announcement's slides, each with its title and the days for which it is posted."""
    words = said(announcement, area_name, zone)
    text = words.text
    if format.size == "LED":
        text = "\n".join(filter(None, (text, tidy(table.as_text(announcement.table)))))
        return led.pages(words.title, text, format, source=words.source, kind="announcement", language="vi")
    tables: tuple[Slide, ...] = ()
    if announcement.table:
        tables = table.pages(
            table.Heading(LABEL, (words.source,), words.posted, None, words.title, "vi"),
            announcement.table, words.qr, format,
            source=words.source, kind="announcement", plain_title=announcement.title,
        )  # fmt: skip
        if not tables:
            text = "\n".join(filter(None, (text, tidy(table.as_text(announcement.table)))))
    if tables and not text:
        return tables
    loose = letters.is_loose(announcement.text)
    made = Composition(format, words.kicker(format), code=words.qr is not None, foot=words.posted, loose=loose)
    arranged = arrange(words.title, text, made)
    lines = letters.lines(announcement.text, [page.words.text for page in arranged])
    return (
        tuple(
            _slide(announcement, words, page, of_page if loose else ())
            for page, of_page in zip(arranged, lines, strict=True)
        )
        + tables
    )


def _slide(announcement: Announcement, words: Said, page: Page, lines: tuple[letters.Line, ...]) -> Slide:
    return slide(
        "announcement/template.html",
        {
            "words": page.words,
            "lines": lines if page.words.text else (),
            "size": page.made.format.size,
            "label": LABEL,
            "sources": words.sources(page.made.format),
            "posted": words.posted,
            "qr": words.qr,
            "beside": page.made.code_beside,
            "ornament": page.made.ornament,
        },
        dwell=shown_time(page.words),
        title=announcement.title,
        source=words.source,
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
