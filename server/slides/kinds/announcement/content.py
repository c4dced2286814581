"""Prepares the texts and the QR code that every kind of announcement shows; called by the modules of all kinds."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from server.core.announcements import recurrence
from server.core.model import Announcement, Format, Window
from server.core.typesetting import markdown
from server.core.typesetting.names import tidy_title
from server.core.typesetting.paging import tidy
from server.slides.templating import local_day, qr_code

LABEL = "Thông báo"


@dataclass(frozen=True, slots=True)
class AnnouncementContent:
    """The normalized texts of an announcement.

    ``source`` is the area's name, ``posted`` names the days on which the announcement is shown, and ``qr`` is the QR
    code of its link as SVG, None without one.
    """

    title: str
    text: str
    source: str
    posted: str
    qr: Markup | None

    def sources(self, format: Format) -> tuple[str, ...]:
        """The sources named in the kicker, the line above the title; none in sizes L and XL.

        In these sizes only the header of the board names the area.
        """
        return () if format.size in ("L", "XL") else (self.source,)

    def kicker(self, format: Format) -> str:
        """The text of the kicker, the line above the title, for measuring its width."""
        return " · ".join(filter(None, [LABEL, *self.sources(format)]))


def content_of(announcement: Announcement, area_name: str, zone: str) -> AnnouncementContent:
    """The content of an announcement of the area called ``area_name``, with days in the time zone ``zone``."""
    return AnnouncementContent(
        tidy_title(announcement.title),
        _tidy_text(announcement.text),
        tidy(area_name),
        posted_words(announcement, zone),
        qr_code(announcement.link),
    )


def _tidy_text(text: str) -> str:
    """The plain text of a Markdown ``text``, one line for each block, normalized for slides (``tidy``).

    Headings are normalized as titles are (``tidy_title``).
    """
    blocks = markdown.blocks(text)
    lines = (tidy_title(block.text) if block.kind == "heading" else tidy(block.text) for block in blocks)
    return "\n".join(filter(None, lines))


def posted_words(announcement: Announcement, zone: str) -> str:
    """The times at which the announcement is shown, in Vietnamese.

    For a recurring announcement they are the rule by which it recurs. For any other they are the days of its windows,
    the periods in which it is shown; the windows of a recurring one are not named, because they change all the time.
    """
    if announcement.recurrence is not None:
        return f"Chiếu {recurrence.words(announcement.recurrence)}"
    return posted_days(announcement.windows, zone)


def posted_days(windows: tuple[Window, ...], zone: str) -> str:
    """The first and last day of all windows, as "Niêm yết từ 09/03/2026 đến 10/03/2026"; "" without windows."""
    if not windows:
        return ""
    first = local_day(min(window.start for window in windows), zone)
    ends = [window.until for window in windows if window.until is not None]
    if len(ends) < len(windows):
        return f"Niêm yết từ {first}"
    last = local_day(max(ends), zone)
    return f"Niêm yết ngày {first}" if last == first else f"Niêm yết từ {first} đến {last}"
