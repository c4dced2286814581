"""Announcements of PDF files: seven portrait pages, a portrait and a landscape page; for tests and the gallery."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Attachment
from server.slides.kinds.announcement.fixture import LONG, SHORT

PAGE = Attachment("d1240x1754", "", 1240, 1754)
WIDE = Attachment("d1754x1240", "", 1754, 1240)
USUAL = replace(SHORT, kind="pdf", title="Niêm yết Quyết định số 1234/QĐ-UBND", text="", attachments=(PAGE,) * 7)
LONGEST = replace(LONG, kind="pdf", text="", attachments=(PAGE, WIDE))

ITEMS = {"usual": USUAL, "longest": LONGEST}
