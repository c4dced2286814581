"""Slides for LED modules: one size, three lines, two colours, nothing else; called by every other kind.

A notice is one slide that turns its pages by itself, because it cannot be smaller and must not be cut.
"""

from __future__ import annotations

from server.core.model import Format, Slide
from server.core.typesetting.formats import LED_TEXT, margins, stage
from server.core.typesetting.paging import NO_BREAK, Budget, paginate, reading_time
from server.slides.templating import slide

LEADING = 1.6
WEIGHT = 600
TURN = 6_000
MOST_TURNS = 40


def lines_of(text: str, format: Format) -> tuple[str, ...]:
    """A text's pages of as many lines as the module holds."""
    glass, (side, _) = stage(format), margins(format)
    size = LED_TEXT[format.layout]
    lines = max(1, int(glass.height / (size * LEADING) + 0.001))
    return paginate(text, Budget(glass.width - 2 * side, lines, size, WEIGHT))


def pages(title: str, text: str, format: Format, *, source: str, kind: str, language: str) -> tuple[Slide, ...]:
    """The title's pages, then the text's; every one a slide."""
    plain = title.replace(NO_BREAK, " ")
    return tuple(
        _slide((part,), format, reading_time(part), plain, source, kind, language, role)
        for role, whole in (("title", title), ("text", text))
        for part in lines_of(whole, format)
    )


def turning(texts: tuple[str, ...], format: Format, *, title: str, source: str, kind: str) -> Slide:
    """One slide that turns through the pages of the texts, six seconds each."""
    parts = tuple(part for text in texts for part in lines_of(text, format))[:MOST_TURNS]
    return _slide(parts, format, max(len(parts), 1) * TURN, title, source, kind, "vi", "title")


def _slide(
    parts: tuple[str, ...], format: Format, dwell: int, title: str, source: str, kind: str, language: str, role: str
) -> Slide:
    context: dict[str, object] = {
        "parts": parts,
        "size": LED_TEXT[format.layout],
        "role": role,
        "kind": kind,
        "language": language,
    }
    return slide("led/template.html", context, dwell=dwell, title=title, source=source, kind=kind)
