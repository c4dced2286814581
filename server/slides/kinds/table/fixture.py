"""Tables that fit, that need several pages, and that are too wide; read by tests and the design gallery."""

from __future__ import annotations

from server.core.model import Announcement, Story
from server.slides.kinds.announcement import fixture as announcements
from server.slides.kinds.story import fixture as stories

ITEMS: dict[str, Story | Announcement] = {
    "schedule": stories.TABLE,
    "long": stories.LONG_TABLE,
    "wide": stories.WIDE_TABLE,
    "posted": announcements.TABLE,
}
