"""An address to go to: a code for a telephone across the hall, and the host's name; called by render.py."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from server.core.model import Announcement, Format, Slide
from server.core.typesetting.formats import scale
from server.slides.kinds import announcement as words_only
from server.slides.kinds import led
from server.slides.kinds.announcement import Said
from server.slides.layout.arrangement import shown_time
from server.slides.layout.fitting import Words, one_page
from server.slides.layout.space import PICTURE_ROW, PICTURE_ROW_LEAST, Composition, room
from server.slides.templating import slide

SHARE = 0.38
LEAST_DWELL = 10_000
SCAN = "Quét mã bằng điện thoại"


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """Its words beside the code; the words alone where the address makes no code."""
    words = words_only.said(announcement, area_name, zone)
    host = (urlsplit(announcement.link).hostname or "").removeprefix("www.")
    if format.size == "LED":
        text = "\n".join(filter(None, (words.text, host)))
        return led.pages(words.title, text, format, source=words.source, kind="link", language="vi")
    if words.qr is None:
        return words_only.pages(announcement, area_name, zone, format)
    shown, whole = _beside(words, host, format)
    told = shown is not None
    if not told:
        shown = _asking(words, host, format)
    first = slide(
        "link/template.html",
        {
            "words": shown,
            "size": format.size,
            "label": words_only.LABEL,
            "sources": words.sources(format),
            "scan": SCAN if told or shown is None else "",
            "host": host,
            "qr": words.qr,
        },
        dwell=max(LEAST_DWELL, shown_time(shown) if shown else 0),
        title=announcement.title,
        source=words.source,
        kind="link",
    )
    if whole:
        return (first,)
    return (*words_only.pages(replace(announcement, link=""), area_name, zone, format), first)


def _beside(words: Said, host: str, format: Format) -> tuple[Words | None, bool]:
    """What stands beside the code, and whether that is all there is to say."""
    made = Composition(
        format, words.kicker(format), picture=True, foot=f"{SCAN} · {host}", share=SHARE, row=PICTURE_ROW
    )
    for text in (words.text, "") if words.text else ("",):
        for row in (PICTURE_ROW, PICTURE_ROW_LEAST):
            found = one_page(words.title, text, room(made, with_text=bool(text), picture_row=row), scale(format))
            if found:
                return found, text == words.text
    return None, False


def _asking(words: Said, host: str, format: Format) -> Words | None:
    """Beside a code whose words stand on pages of their own: what to do with it."""
    made = Composition(format, words.kicker(format), picture=True, foot=host, share=SHARE, row=PICTURE_ROW)
    return one_page(SCAN, "", room(made, with_text=False, picture_row=PICTURE_ROW), scale(format))
