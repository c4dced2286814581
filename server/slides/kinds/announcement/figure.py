"""A picture, a page of a PDF or a film with its words beside or below it; called by these kinds of announcements.

The whole picture is shown, never a part of it: it takes the height of wide glass and as much of the width as that
asks for, up to a share that leaves the class's type its room. shared/figure.css holds the same shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.model import Announcement, Attachment, Format, Size, Slide
from server.core.typesetting.formats import scale, stage
from server.core.typesetting.paging import reading_time, tidy
from server.slides.kinds.announcement import LABEL, Said
from server.slides.layout.fitting import Words, one_page
from server.slides.layout.space import PICTURE_ROW_LEAST, Composition, room
from server.slides.templating import slide

MOST_SHARE: Mapping[Size, float] = {"S": 0.66, "M": 0.6, "L": 0.5, "XL": 0.44}
NARROW_SHARE = 0.32
# A page of paper is read, not looked at: on wide glass it takes the whole height, and header and footer make room.
# Its own margins keep its words inside the safe area. The share is that of A4.
WHOLE_SHARE = 0.4
MOST_WHOLE = 0.8
# In portrait a picture asks for the height that its proportions give it, within these parts of the stage.
ROWS = (PICTURE_ROW_LEAST, 0.62)


@dataclass(frozen=True, slots=True)
class Figure:
    """One attachment to be shown: ``part`` is "Ảnh 2/7" or empty, ``dwell`` 0 is the reading time.

    ``paper``: a page of high paper stands over the whole height of wide glass.
    """

    shown: Attachment
    part: str = ""
    caption: str = ""
    dwell: int = 0
    paper: bool = False


def share(one: Attachment, format: Format) -> float:
    """The part of wide glass that a picture of these proportions takes."""
    glass = stage(format)
    return min(glass.height * one.width / max(one.height, 1) / glass.width, MOST_SHARE[format.size])


def row(one: Attachment, format: Format) -> float:
    """The part of high glass that it asks for."""
    glass = stage(format)
    least, most = ROWS
    return min(max(glass.width * one.height / max(one.width, 1) / glass.height, least), most)


def _compositions(figure: Figure, format: Format) -> Iterator[tuple[float, float]]:
    """Shares of the width and of the height to be tried, the best first."""
    shown, regions = figure.shown, format.side or format.ticker
    if figure.paper and format.layout == "landscape" and not regions and shown.width <= MOST_WHOLE * shown.height:
        yield WHOLE_SHARE, row(shown, format)
    yield share(shown, format), row(shown, format)
    yield NARROW_SHARE, PICTURE_ROW_LEAST


def page(kind: str, announcement: Announcement, words: Said, figure: Figure, format: Format) -> Slide:
    """The one slide of a figure. Its words give way: first the caption, then room of the picture, then the title."""
    set_words = _set(words, figure, format)
    shown, made = set_words or (None, None)
    large = format.size in ("L", "XL")
    return slide(
        f"{kind}/template.html",
        {
            "words": shown,
            "size": format.size,
            "label": LABEL,
            "sources": _sources(words, figure, format),
            "posted": "" if large else words.posted,
            "qr": words.qr if made and made.code else None,
            "narrow": made is not None and made.share == NARROW_SHARE,
            "whole": made is not None and made.share == WHOLE_SHARE,
            "shown": figure.shown,
            "sound": announcement.sound,
        },
        dwell=figure.dwell or reading_time(f"{shown.headline} {shown.text}" if shown else ""),
        title=announcement.title,
        source=words.source,
        kind=kind,
        media=(figure.shown.hash,),
    )


def tells(words: Said, figure: Figure, format: Format) -> bool:
    """Whether title and caption stand on the figure's slide; else they need a page of their own."""
    found = _set(words, figure, format)
    return found is not None and bool(found[0].text or not figure.caption)


def _sources(words: Said, figure: Figure, format: Format) -> tuple[str, ...]:
    """Larger classes show less."""
    return tuple(filter(None, (*words.sources(format), figure.part)))


def _set(words: Said, figure: Figure, format: Format) -> tuple[Words, Composition] | None:
    kicker = " · ".join([LABEL, *_sources(words, figure, format)])
    large = format.size in ("L", "XL")
    for wide, high in _compositions(figure, format):
        made = Composition(
            format, kicker, picture=True, code=words.qr is not None and not large,
            foot="" if large else words.posted, share=wide, row=high,
        )  # fmt: skip
        for text in (tidy(figure.caption), "") if figure.caption else ("",):
            offered = room(made, with_text=bool(text), picture_row=high)
            found = one_page(words.title, text, offered, scale(format))
            if found:
                return found, made
    return None
