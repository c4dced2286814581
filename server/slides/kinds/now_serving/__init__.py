"""Renders which numbers the counters of a hall serve now, for its board; called by render.py.

The slide is rendered again at each change and sent to the screens outside of the lap, so its hash is not used. The
lap contains another slide in its place, which never changes (`calm.serving_place`). display/stage/counters.js shows
its pages one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.core.model import Counter, Format, NowServing, Slide
from server.core.typesetting.formats import LED_TEXT, canvas
from server.core.typesetting.paging import em_width
from server.slides.kinds import led
from server.slides.kinds.calm import SERVING
from server.slides.kinds.now_serving.layout import HEADS, NOBODY, coming_text, layout
from server.slides.templating import render_slide

PAGE_MS = 6_000
"""How long each page stays, in ms; display/stage/counters.js has the same."""
LEAST_DWELL = 12_000
_ARROW_EM = 1.5  # the arrow on an LED module and the spaces beside it


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of one counter on the slide; ``second`` is its note or its next numbers."""

    name: str
    number: str
    service: str
    second: str

    @property
    def serves(self) -> bool:
        """Whether the counter serves somebody now."""
        return self.number != NOBODY


def slide(serving: NowServing, format: Format) -> Slide:
    """Returns the slide with all counters; its body has several pages if they do not fit on one."""
    return _led(serving, format) if format.size == "LED" else _large(serving, format)


def _large(serving: NowServing, format: Format) -> Slide:
    found = layout(serving.counters, format)
    rows = [_row(one, most) for one, most in zip(serving.counters, found.coming, strict=True)]
    on_page = found.columns * found.rows
    pages = [
        [part[at : at + found.rows] for at in range(0, len(part), found.rows)]
        for part in (rows[at : at + on_page] for at in range(0, len(rows), on_page))
    ]
    return _rendered(
        "now_serving/template.html", format, len(pages), {"pages": pages, "layout": found, "heads": HEADS}
    )


def _row(counter: Counter, most: int) -> Row:
    second = counter.note or (coming_text(counter.coming[:most]) if most else "")
    return Row(counter.name, counter.number or NOBODY, counter.service, second)


def _led(serving: NowServing, format: Format) -> Slide:
    """Returns the slide for an LED module, only with counters that serve somebody.

    Each has one line, "105 → 3", or two lines on a narrow module.
    """
    size = LED_TEXT[format.layout]
    width = max(
        em_width(one.number or NOBODY, led.WEIGHT) + em_width(one.name, led.WEIGHT) for one in serving.counters
    )
    two_lines = width + _ARROW_EM > led.line_width(format)
    lines = int((canvas(format).height / size - led.TOP) / led.LEADING)
    on_page = max(1, lines // 2 if two_lines else lines)
    shown = [one for one in serving.counters if one.number] or serving.counters
    rows = [_row(one, 0) for one in shown]
    pages = [rows[at : at + on_page] for at in range(0, len(rows), on_page)]
    return _rendered(
        "now_serving/led.html",
        format,
        len(pages),
        {"pages": pages, "two_lines": two_lines, "type_size": size},
    )


def _rendered(template: str, format: Format, pages: int, context: dict[str, object]) -> Slide:
    return render_slide(
        template,
        {"size": format.size, **context},
        dwell=max(LEAST_DWELL, pages * PAGE_MS),
        title=SERVING,
        source="",
        kind="now_serving",
    )
