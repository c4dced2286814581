"""Renders the further slides of a received alert: description, pictures, QR code; called by render.py.

In the lap they follow the alert's own slide, which has headline and instructions. An urgent alert has no further
slides. They are divided into pages as a story is, so that a long description takes no longer than a story. Each slide
opens with the alert's tag and event, in sizes S and M also with its sender and the end of its validity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.core.model import Attachment, Format, Notice, Size, Slide
from server.core.typesetting.formats import TEXT_LEADING, scale, stage
from server.core.typesetting.paging import tidy
from server.slides.kinds import led
from server.slides.kinds.notice import EXERCISE, acts_of, fixed_texts, has_code, letters
from server.slides.kinds.notice.frame import FixedTexts, exercise_height, exercise_size
from server.slides.kinds.notice.labels import ENGLISH, labels_of
from server.slides.kinds.story.brief import MOST_PAGES, REST, beginning, shortened
from server.slides.kinds.table import Heading
from server.slides.layout.arrangement import Page, arrange, dwell_of
from server.slides.layout.space import CODE_BESIDE, PAD_LANDSCAPE, Arrangement
from server.slides.templating import qr_code, render_slide

LEAST_PICTURE_DWELL = 8_000
# The gap between a code and its caption, in canvas units; shared/style.css has the same.
CAPTION_ABOVE = 16
# No more characters of a description are paged. The pages that may be shown hold fewer, and paging takes time in the
# server's process.
LONGEST: Mapping[Size, int] = {"S": 3_500, "M": 2_000, "L": 1_000, "XL": 500, "LED": 400}
_REST_ENGLISH = "{} pages are not shown here"
_MORE, _MORE_ENGLISH = "Phần còn lại không chiếu ở đây", "The rest is not shown here"


def pages(notice: Notice, zone: str, format: Format) -> tuple[Slide, ...]:
    """Returns the further slides of a received alert; empty if there is nothing more to show.

    Also empty for an urgent alert and for any other notice. Times are in the time zone ``zone``. An LED module, which
    shows neither pictures nor QR codes, has at most one of these slides.
    """
    if not notice.is_received or notice.shown_level == "urgent":
        return ()
    texts, whole = fixed_texts(notice, zone), description_of(notice)
    text = tidy(whole[: LONGEST[format.size]])
    if format.size == "LED":
        return (_led(notice, texts, text, format),) if text else ()
    first, others = (notice.pictures[0], notice.pictures[1:]) if notice.pictures else (None, ())
    code = qr_code(notice.link) is not None
    if not text and first is None and (not code or has_code(notice, zone, format)):
        return ()
    title = texts.danger or tidy(notice.headline)
    parts = tuple(filter(None, (texts.sender, texts.until_line)))
    heading = Heading(texts.tag, parts, "", None, title, notice.language or "vi")
    arrangement = Arrangement(
        format,
        heading.kicker(format),
        code=code,
        story=True,
        above=exercise_height(format) if notice.exercise else 0.0,
    )
    arrangement = arrangement if _code_fits(arrangement) else replace(arrangement, code=False)
    english, cut = labels_of(notice.language) is ENGLISH, len(whole) > LONGEST[format.size]
    rest = (_MORE_ENGLISH if english else _MORE) if cut else _REST_ENGLISH if english else REST
    with_first = replace(arrangement, picture=first is not None)
    text = text or (tidy(first.alt) if first else "")
    made = [_slide(notice, heading, page, first) for page in shortened(title, text, with_first, rest=rest)]
    for other in others:
        caption = arrange(title, tidy(other.alt), replace(with_first, code=False))
        made += [_slide(notice, heading, page, other) for page in caption[: MOST_PAGES[format.size]]]
    return tuple(made)


def _code_fits(arrangement: Arrangement) -> bool:
    """Whether the QR code fits on the slide. It may be too high beside the text, below the band of an exercise."""
    if not arrangement.code_beside:
        return True
    sizes = scale(arrangement.format)
    caption = CAPTION_ABOVE + 2 * sizes.small * TEXT_LEADING
    height = stage(arrangement.format).height - arrangement.above - 2 * PAD_LANDSCAPE
    return sizes.qr * CODE_BESIDE + caption <= height


def description_of(notice: Notice) -> str:
    """The description of a notice; "" if it says no more than headline and instructions."""
    described = letters(notice.description)
    known = letters(" ".join((notice.headline, *acts_of(notice))))
    return "" if described in known else notice.description


def _led(notice: Notice, texts: FixedTexts, text: str, format: Format) -> Slide:
    above, heads = EXERCISE if notice.exercise else "", (texts.danger,) if texts.danger else ()

    def turning(words: str) -> Slide:
        return led.turning(
            led.turning_pages("", (words,), format, above=above, heads=heads),
            format,
            title=notice.headline,
            source=notice.sender,
            kind=notice.shown_level,
            language=notice.language or "vi",
            exercise=notice.exercise,
        )

    return turning(beginning(text, lambda words: turning(words).dwell <= MOST_PAGES["LED"] * led.TURN))


def _slide(notice: Notice, heading: Heading, page: Page, picture: Attachment | None) -> Slide:
    arrangement = page.arrangement
    format, shown = arrangement.format, picture if arrangement.picture else None
    dwell = dwell_of(page.text_block)
    return render_slide(
        "notice/details.html",
        {
            "notice": notice,
            "heading": heading,
            "sources": heading.shown_sources(format),
            "text_block": page.text_block,
            "size": format.size,
            "picture": shown,
            "qr": qr_code(notice.link) if arrangement.code else None,
            "scan": labels_of(notice.language).scan,
            "beside": arrangement.code_beside,
            "ornament": arrangement.ornament,
            "rest": arrangement.foot,
            "exercise": EXERCISE if notice.exercise else "",
            "exercise_size": exercise_size(format),
        },
        dwell=max(dwell, LEAST_PICTURE_DWELL) if shown else dwell,
        title=notice.headline,
        source=notice.sender,
        kind=notice.shown_level,
        media=(shown.hash,) if shown else (),
    )
