"""Makes a slide of a picture, PDF page or video (the figure) and text; called by the kinds pictures, pdf and video.

The figure is never cropped. In landscape it stands beside the text and takes the full height and the width that its
proportions need, up to a share of the width that leaves enough for text in the type of the board's size class. In
portrait it stands above the text. shared/figure.css has the same shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.model import Announcement, Attachment, Format, Size, Slide
from server.core.typesetting.formats import scale, stage
from server.core.typesetting.paging import reading_time, tidy
from server.slides.kinds.announcement.content import LABEL, AnnouncementContent
from server.slides.layout.fitting import TextBlock, one_page
from server.slides.layout.space import PICTURE_ROW_LEAST, Arrangement, space_for
from server.slides.templating import render_slide

MOST_SHARE: Mapping[Size, float] = {"S": 0.66, "M": 0.6, "L": 0.5, "XL": 0.44}
NARROW_SHARE = 0.32
# An upright page of paper must be legible: on a landscape board it takes this share of the width, which suits A4, and
# the whole height, header and footer included. The page's own margins keep its text inside the safe area.
WHOLE_SHARE = 0.4
MOST_WHOLE = 0.8
# In portrait a figure takes the height that its proportions need, between these shares of the height.
ROWS = (PICTURE_ROW_LEAST, 0.62)


@dataclass(frozen=True, slots=True)
class Figure:
    """One attachment to show; ``part`` is its number, such as "Ảnh 2/7", or "".

    ``dwell`` is how long its slide is shown, in ms; 0 means the reading time of the text. ``paper`` allows an upright
    page to take the whole height of a landscape screen.
    """

    shown: Attachment
    part: str = ""
    caption: str = ""
    dwell: int = 0
    paper: bool = False


def share(one: Attachment, format: Format) -> float:
    """The share of the width (0 to 1) that the attachment takes in landscape."""
    space = stage(format)
    return min(space.height * one.width / max(one.height, 1) / space.width, MOST_SHARE[format.size])


def row(one: Attachment, format: Format) -> float:
    """The share of the height (0 to 1) that the attachment takes in portrait."""
    space = stage(format)
    least, most = ROWS
    return min(max(space.width * one.height / max(one.width, 1) / space.height, least), most)


def _shares(figure: Figure, format: Format) -> Iterator[tuple[float, float]]:
    """Yields pairs of shares (of the width in landscape, of the height in portrait) to try, the best first."""
    shown, regions = figure.shown, format.side or format.ticker
    if figure.paper and format.layout == "landscape" and not regions and shown.width <= MOST_WHOLE * shown.height:
        yield WHOLE_SHARE, row(shown, format)
    yield share(shown, format), row(shown, format)
    yield NARROW_SHARE, PICTURE_ROW_LEAST


def page(
    kind: str, announcement: Announcement, content: AnnouncementContent, figure: Figure, format: Format
) -> Slide:
    """The slide of a figure with title and caption.

    If there is too little space, the caption is left out, then the figure is made narrower, then all text is left
    out.
    """
    text_block, arrangement = _fitted(content, figure, format) or (None, None)
    large = format.size in ("L", "XL")
    return render_slide(
        f"{kind}/template.html",
        {
            "text_block": text_block,
            "size": format.size,
            "label": LABEL,
            "sources": _sources(content, figure, format),
            "posted": "" if large else content.posted,
            "qr": content.qr if arrangement and arrangement.code else None,
            "narrow": arrangement is not None and arrangement.share == NARROW_SHARE,
            "whole": arrangement is not None and arrangement.share == WHOLE_SHARE,
            "shown": figure.shown,
            "sound": announcement.sound,
        },
        dwell=figure.dwell or reading_time(f"{text_block.headline} {text_block.text}" if text_block else ""),
        title=announcement.title,
        source=content.source,
        kind=kind,
        media=(figure.shown.hash,),
    )


def shows_text(content: AnnouncementContent, figure: Figure, format: Format) -> bool:
    """Whether title and caption fit on the figure's slide; otherwise they need a slide of their own."""
    found = _fitted(content, figure, format)
    return found is not None and bool(found[0].text or not figure.caption)


def _sources(content: AnnouncementContent, figure: Figure, format: Format) -> tuple[str, ...]:
    return tuple(filter(None, (*content.sources(format), figure.part)))


def _fitted(content: AnnouncementContent, figure: Figure, format: Format) -> tuple[TextBlock, Arrangement] | None:
    """Returns (title and caption, the first arrangement that has space for them); None if not even the title fits."""
    kicker = " · ".join([LABEL, *_sources(content, figure, format)])
    large = format.size in ("L", "XL")
    for width_share, height_share in _shares(figure, format):
        arrangement = Arrangement(
            format, kicker, picture=True, code=content.qr is not None and not large,
            foot="" if large else content.posted, share=width_share, row=height_share,
        )  # fmt: skip
        for text in (tidy(figure.caption), "") if figure.caption else ("",):
            space = space_for(arrangement, with_text=bool(text), picture_row=height_share)
            found = one_page(content.title, text, space, scale(format))
            if found:
                return found, arrangement
    return None
