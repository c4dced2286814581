"""Slides for LED modules, which have one type size, three lines and two colours; called by the other kinds.

A notice is a single slide that shows its pages one after the other (CSS animation), because its type cannot be made
smaller and no text may be left out.
"""

from __future__ import annotations

from server.core.model import Format, Slide
from server.core.typesetting.formats import LED_TEXT, margins, stage
from server.core.typesetting.paging import NO_BREAK, Budget, em_width, paginate, reading_time
from server.slides.templating import render_slide

LEADING = 1.6
WEIGHT = 600
# The font weight of dark letters on a lit background; style.css has the same numbers.
URGENT_WEIGHT = 700
TURN = 6_000
MOST_TURNS = 40
# The share of the width that a measured line may take: a browser may set it slightly wider.
SURE = 0.985
PLACE = "\ue000\ue000"
"""Stands in a text where the screen writes which of several urgent notices is shown ("1/2"); as wide as that."""
# With so many lines a module has room for a head of two lines.
ROWS_FOR_TWO = 5


def lines_of(
    text: str, format: Format, *, above: int = 0, weight: int = WEIGHT, tidied: bool = False
) -> tuple[str, ...]:
    """Splits a text into pages for an LED module, with the first ``above`` lines of each page left free.

    ``weight`` is the font weight. Names in a ``tidied`` text are not broken at the ends of lines.
    """
    space, (side, _) = stage(format), margins(format)
    size = LED_TEXT[format.layout]
    lines = max(1, int(space.height / (size * LEADING) + 0.001) - above)
    return paginate(text, Budget(space.width - 2 * side, lines, size, weight), tidied=tidied)


def pages(title: str, text: str, format: Format, *, source: str, kind: str, language: str) -> tuple[Slide, ...]:
    """One slide for each page of the title, then one for each page of the text; ``language`` is that of both."""
    plain = title.replace(NO_BREAK, " ")
    return tuple(
        _slide(
            (part,), format, reading_time(part), title=plain, source=source, kind=kind, language=language, role=role
        )
        for role, whole in (("title", title), ("text", text))
        for part in lines_of(whole, format)
    )


def turning(
    texts: tuple[str, ...],
    format: Format,
    *,
    title: str,
    source: str,
    kind: str,
    language: str = "vi",
    above: str = "",
    counted: str = "",
) -> Slide:
    """One slide that shows the pages of all texts one after the other, TURN ms each, at most MOST_TURNS pages.

    The texts are tidy (`paging.tidy`); their no-break spaces are kept. One of them may contain PLACE.

    ``above``, if not "", is the first line of every page; it marks an exercise. If ``counted`` is not "" and there
    are several pages, each opens with ``above`` or ``counted`` and its number: "Bão 2/5".
    """
    weight = URGENT_WEIGHT if kind == "urgent" and not above else WEIGHT
    head = _Head(above or counted, format, weight, whole=bool(above), numbered=bool(counted))
    split = [part for text in texts for part in lines_of(text, format, above=head.lines, weight=weight, tidied=True)]
    shown = split[:MOST_TURNS]
    parts = tuple(head.over(part, place, len(shown)) for place, part in enumerate(shown, start=1))
    dwell = max(len(parts), 1) * TURN
    return _slide(
        parts, format, dwell, title=title, source=source, kind=kind, language=language, exercise=bool(above)
    )


class _Head:
    """What every page opens with: ``words`` and, if ``numbered``, the page's number, in one line if both fit.

    Otherwise they have a line each on a module with many lines, and on others the words are shortened or, if they
    must stay ``whole``, the number is left out. ``lines`` is how many lines that takes.
    """

    def __init__(self, words: str, format: Format, weight: int, *, whole: bool, numbered: bool) -> None:
        self._weight = weight
        self._width = (stage(format).width - 2 * margins(format)[0]) / LED_TEXT[format.layout] * SURE
        rows = int(stage(format).height / (LED_TEXT[format.layout] * LEADING) + 0.001)
        longest = f"{NO_BREAK}{MOST_TURNS}/{MOST_TURNS}"
        fits = em_width(f"{words}{longest}", weight) <= self._width
        self._apart = numbered and not fits and rows >= ROWS_FOR_TWO
        self._numbered = numbered and (fits or self._apart or not whole)
        self.lines = (2 if self._apart else 1) if words else 0
        room = self._width - (em_width(longest, weight) if self._numbered and not self._apart else 0)
        self._words = words if whole else self._shortened(words, room)

    def over(self, part: str, place: int, count: int) -> str:
        """The page with this head, if it has one; a single page has no number."""
        if not self.lines or (count == 1 and not self._words):
            return part
        number = f"{place}/{count}" if self._numbered and count > 1 else ""
        line = ("\n" if self._apart else NO_BREAK).join(filter(None, (self._words, number)))
        return f"{line}\n{part}"

    def _shortened(self, words: str, room: float) -> str:
        kept = words
        while kept and em_width(kept if kept == words else f"{kept}…", self._weight) > room:
            kept = kept[:-1]
        return kept if kept == words else f"{kept.rstrip()}…"


def _slide(
    parts: tuple[str, ...],
    format: Format,
    dwell: int,
    *,
    title: str,
    source: str,
    kind: str,
    language: str = "vi",
    role: str = "title",
    exercise: bool = False,
) -> Slide:
    context: dict[str, object] = {
        "parts": parts,
        "place": PLACE,
        "size": LED_TEXT[format.layout],
        "role": role,
        "kind": kind,
        "language": language,
        "exercise": exercise,
    }
    return render_slide("led/template.html", context, dwell=dwell, title=title, source=source, kind=kind)
