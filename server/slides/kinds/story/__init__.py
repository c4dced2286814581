"""Renders a story: as text with its picture, or as a table; called by render.py."""

from __future__ import annotations

from collections.abc import Mapping

from server.core.model import Format, Size, Slide, Story
from server.core.typesetting.names import tidy_title
from server.core.typesetting.paging import tidy
from server.slides.kinds import led, table
from server.slides.kinds.story.brief import shortened
from server.slides.layout.arrangement import Page, arrange, dwell_of
from server.slides.layout.space import Arrangement
from server.slides.templating import local_time, qr_code, render_slide

# The most pages of a story's table. A longer table of a story with a link is shown as text, of which only the first
# rows fit; the linked article has the whole table. Large size classes have fewer pages, because people walk past
# boards that are read from far away.
MOST_TABLE_PAGES: Mapping[Size, int] = {"S": 24, "M": 24, "L": 12, "XL": 8, "LED": 24}


def pages(story: Story, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of a story; a table is split between rows, a text between sentences.

    ``label`` begins the kicker, the line above the title; ``source_name`` is the origin of the story. Times are in
    the time zone ``zone``.
    """
    title, text = tidy_title(story.title), tidy(story.summary)
    if format.size == "LED":
        text = "\n".join(filter(None, (text, table.led_text(story.table, format, story.link))))
        return led.pages(title, text, format, source=story.source, kind="story", language=story.language)
    sources = tuple(tidy(name) for name in (source_name,) if name and name != label)
    heading = table.Heading(
        tidy(label), sources, local_time(story.published, zone), story.published, title, story.language
    )
    if story.table:
        slides = table.pages(
            heading, story.table, qr_code(story.link), format,
            source=story.source, kind="story", plain_title=story.title,
        )  # fmt: skip
        if slides and (len(slides) <= MOST_TABLE_PAGES[format.size] or not qr_code(story.link)):
            return slides
        text = "\n".join(filter(None, (text, tidy(table.as_text(story.table)))))
    has_code = qr_code(story.link) is not None
    arrangement = Arrangement(format, heading.kicker(format), picture=bool(story.image), code=has_code, story=True)
    # A table that is shown as text is not shortened if there is no QR code to the whole article.
    fitted = arrange if story.table and not has_code else shortened
    return tuple(_slide(story, heading, page) for page in fitted(title, text, arrangement))


def _slide(story: Story, heading: table.Heading, page: Page) -> Slide:
    arrangement, image = page.arrangement, story.image if page.arrangement.picture else None
    return render_slide(
        "story/template.html",
        {
            "text_block": page.text_block,
            "heading": heading,
            "sources": heading.shown_sources(arrangement.format),
            "size": arrangement.format.size,
            "image": image,
            "image_alt": story.image_alt,
            "qr": qr_code(story.link) if arrangement.code else None,
            "beside": arrangement.code_beside,
            "ornament": arrangement.ornament,
            "rest": arrangement.foot,
        },
        dwell=dwell_of(page.text_block),
        title=story.title,
        source=story.source,
        kind="story",
        media=(image,) if image else (),
    )
