"""Slides for LED modules, with one type size, three lines and two colours; called by the other kinds.

A notice is a single slide that shows its pages in turn (CSS animation), because its type cannot be made smaller and
no text may be lost.
"""

from __future__ import annotations

from server.core.model import Format, Slide
from server.core.typesetting.formats import LED_TEXT, margins, stage
from server.core.typesetting.paging import NO_BREAK, Budget, paginate, reading_time
from server.slides.templating import render_slide

LEADING = 1.6
WEIGHT = 600
TURN = 6_000
MOST_TURNS = 40


def lines_of(text: str, format: Format) -> tuple[str, ...]:
    """Splits a text into pages of as many lines as the LED module can show."""
    space, (side, _) = stage(format), margins(format)
    size = LED_TEXT[format.layout]
    lines = max(1, int(space.height / (size * LEADING) + 0.001))
    return paginate(text, Budget(space.width - 2 * side, lines, size, WEIGHT))


def pages(title: str, text: str, format: Format, *, source: str, kind: str, language: str) -> tuple[Slide, ...]:
    """The pages of the title, then those of the text, each as a slide."""
    plain = title.replace(NO_BREAK, " ")
    return tuple(
        _slide((part,), format, reading_time(part), plain, source, kind, language, role)
        for role, whole in (("title", title), ("text", text))
        for part in lines_of(whole, format)
    )


def turning(texts: tuple[str, ...], format: Format, *, title: str, source: str, kind: str) -> Slide:
    """One slide that shows the pages of all texts in turn, TURN ms each, at most MOST_TURNS pages."""
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
    return render_slide("led/template.html", context, dwell=dwell, title=title, source=source, kind=kind)
