"""Turns a story into its slides: with its picture, with a wide measure, or as a table; called by render.py."""

from __future__ import annotations

from collections.abc import Mapping

from server.core.model import Format, Size, Slide, Story
from server.core.typesetting.paging import tidy
from server.slides.kinds import led, table
from server.slides.kinds.story.brief import brief
from server.slides.layout.arrangement import Page, shown_time
from server.slides.layout.space import Composition
from server.slides.templating import code, local_time, slide

# A longer table is read in the article; on the glass its first rows stand in sentences. Boards read from far are
# passed by: nobody waits there for the twelfth page.
MOST_TABLE_PAGES: Mapping[Size, int] = {"S": 24, "M": 24, "L": 12, "XL": 8, "LED": 24}


def pages(story: Story, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """A story's slides; a table is split by rows, text by sentences."""
    title, text = tidy(story.title), tidy(story.summary)
    if format.size == "LED":
        text = "\n".join(filter(None, (text, tidy(table.as_text(story.table)))))
        return led.pages(title, text, format, source=story.source, kind="story", language=story.language)
    sources = tuple(tidy(name) for name in (source_name,) if name and name != label)
    heading = table.Heading(
        tidy(label), sources, local_time(story.published, zone), story.published, title, story.language
    )
    if story.table:
        slides = table.pages(
            heading, story.table, code(story.link), format,
            source=story.source, kind="story", plain_title=story.title,
        )  # fmt: skip
        if slides and (len(slides) <= MOST_TABLE_PAGES[format.size] or not code(story.link)):
            return slides
        text = "\n".join(filter(None, (text, tidy(table.as_text(story.table)))))
    made = Composition(format, heading.kicker(format), picture=bool(story.image), code=code(story.link) is not None)
    return tuple(_slide(story, heading, page) for page in brief(title, text, made))


def _slide(story: Story, heading: table.Heading, page: Page) -> Slide:
    made, image = page.made, story.image if page.made.picture else None
    return slide(
        "story/template.html",
        {
            "words": page.words,
            "heading": heading,
            "sources": heading.shown_sources(made.format),
            "size": made.format.size,
            "image": image,
            "image_alt": story.image_alt,
            "qr": code(story.link) if made.code else None,
            "beside": made.code_beside,
            "ornament": made.ornament,
        },
        dwell=shown_time(page.words),
        title=story.title,
        source=story.source,
        kind="story",
        media=(image,) if image else (),
    )
