"""Slides for LED modules, which have one type size, three lines and two colours; called by the other kinds.

A notice is a single slide that shows its pages one after the other (CSS animation), because its type cannot be made
smaller and no text may be left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.core.model import Format, Slide
from server.core.typesetting.formats import LED_TEXT, margins, stage
from server.core.typesetting.names import unbound
from server.core.typesetting.paging import NO_BREAK, Budget, count_lines, em_width, paginate, reading_time
from server.slides.templating import render_slide

LEADING = 1.5
# The space above the lines in ems of the type, so that no mark on a capital is cut at the module's edge. style.css
# has the same numbers.
TOP = 0.2
WEIGHT = 600
# The font weight of dark letters on a lit background; style.css has the same numbers.
URGENT_WEIGHT = 700
TURN = 6_000
MOST_TURNS = 40
# When a notice appears, the pages of its headline are shown for MOST_LEAD ms together, but each for LEAST_TURN ms at
# least: so the first instruction is seen within 10 s after up to three pages. notice/paging.css has the same times.
MOST_LEAD, LEAST_TURN = 9_000, 3_000
MOST_LEADS = 9
# The share of the width that a measured line may take: a browser may set it slightly wider.
SURE = 0.985
PLACE = "\ue000\ue000\ue000\ue000"
"""Stands in a text where the screen writes which of several urgent notices is shown: "Tin 1/2.", as wide as that."""
# With so many lines a module has room for a head of two lines.
ROWS_FOR_TWO = 5


def line_width(format: Format) -> float:
    """The width that a line may take, in ems of the type."""
    return (stage(format).width - 2 * margins(format)[0]) / LED_TEXT[format.layout] * SURE


def _rows(format: Format) -> int:
    return int((stage(format).height / LED_TEXT[format.layout] - TOP) / LEADING)


def lines_of(
    text: str, format: Format, *, above: int = 0, weight: int = WEIGHT, tidied: bool = False
) -> tuple[str, ...]:
    """Splits a text into pages for an LED module; each page leaves ``above`` lines of the module free.

    ``weight`` is the font weight. Names in a ``tidied`` text are not broken at the ends of lines.
    """
    space, (side, _) = stage(format), margins(format)
    size = LED_TEXT[format.layout]
    lines = max(1, _rows(format) - above)
    return paginate(text, Budget(space.width - 2 * side, lines, size, weight), tidied=tidied)


def pages(title: str, text: str, format: Format, *, source: str, kind: str, language: str) -> tuple[Slide, ...]:
    """Returns a slide for each page of the title, then for each page of the text; ``language`` is that of both."""
    plain = unbound(title)
    return tuple(
        _slide(
            (part,), format, reading_time(part), title=plain, source=source, kind=kind, language=language, role=role
        )
        for role, whole in (("title", title), ("text", text))
        for part in lines_of(whole, format, tidied=role == "title")
    )


@dataclass(frozen=True, slots=True)
class Turning:
    """The pages of a notice, which an LED module shows one after the other; the first ``leads`` have the headline."""

    parts: tuple[str, ...]
    leads: int

    @property
    def lead(self) -> int:
        """For how long all pages of the headline together are shown when the notice appears, in ms.

        Later each of them is shown for TURN ms.
        """
        return max(MOST_LEAD, self.leads * LEAST_TURN) if self.is_hurried else self.leads * TURN

    @property
    def is_hurried(self) -> bool:
        """Whether each page of the headline is shown for less than TURN ms when the notice appears.

        That is so if there are two to MOST_LEADS of these pages, and other pages follow them.
        """
        return 2 <= self.leads <= MOST_LEADS and self.leads < len(self.parts)


def turning_pages(
    headline: str,
    texts: tuple[str, ...],
    format: Format,
    *,
    urgent: bool = False,
    above: str = "",
    heads: tuple[str, ...] = (),
) -> Turning:
    """Splits the headline and the texts of a notice into pages, at most MOST_TURNS; each text begins a page.

    The headline and the texts must be tidy (`paging.tidy`); their no-break spaces are kept. One of them may contain
    PLACE, in whose place the screen writes which of several urgent notices is shown.

    Each page opens with the first of ``heads`` that fits on one line with the page's number, such as "Bão 2/5"; if
    none fits, with the last of them. A single page has no number. If ``above`` is not "", pages open with it instead
    of ``heads``; it marks an exercise. ``urgent``: the letters are dark on a lit ground.
    """
    weight = URGENT_WEIGHT if urgent and not above else WEIGHT
    opening = (above,) if above else heads

    def split(count: int) -> tuple[_Head, list[str], list[str]]:
        head = _Head(opening, format, weight, count, whole=bool(above))
        lead, *rest = (
            lines_of(text, format, above=head.lines, weight=weight, tidied=True) for text in (headline, *texts)
        )
        return head, list(lead), [*lead, *(part for parts in rest for part in parts)][:MOST_TURNS]

    head, lead, shown = split(9)
    if len(shown) > 9:
        # The number of pages depends on the space for their numbers: two digits leave less.
        counted = len(shown)
        head, lead, shown = split(counted)
        if len(shown) != counted:
            head, lead, shown = split(MOST_TURNS)
    parts = tuple(head.over(part, place, len(shown)) for place, part in enumerate(shown, start=1))
    return Turning(parts, min(len(lead), len(parts)))


def turning(
    pages: Turning,
    format: Format,
    *,
    title: str,
    source: str,
    kind: str,
    language: str = "vi",
    exercise: bool = False,
) -> Slide:
    """Returns one slide that shows the pages one after the other, TURN ms each.

    When the notice appears, the pages of the headline may be shown for a shorter time (`Turning.lead`).
    """
    dwell = max(len(pages.parts), 1) * TURN
    leads = pages.leads if pages.is_hurried else 0
    return _slide(
        pages.parts,
        format,
        dwell,
        title=title,
        source=source,
        kind=kind,
        language=language,
        exercise=exercise,
        leads=leads,
    )


def _widest_number(count: int, weight: int) -> float:
    """The width in ems of the widest number of ``count`` pages and of the space before it."""
    counts = (count,) if 9 < count < MOST_TURNS else range(1, count + 1)
    return max(em_width(f"{NO_BREAK}{place}/{most}", weight) for most in counts for place in range(1, most + 1))


class _Head:
    """The text at the top of every page: the first of ``heads`` that fits on one line with the page's number.

    If none fits, the last of ``heads`` is used. On a module with at least ROWS_FOR_TWO lines it and the number then
    have a line each; on others it is shortened or, if it must stay ``whole``, the number is left out. ``count`` is
    the largest number of pages; ``lines`` is how many lines the text takes.
    """

    def __init__(self, heads: tuple[str, ...], format: Format, weight: int, count: int, *, whole: bool) -> None:
        self._weight, size = weight, LED_TEXT[format.layout]
        room = line_width(format)
        left = room - _widest_number(count, weight)
        fitting = next((words for words in heads if em_width(words, weight) <= left), "")
        self._apart = not fitting and _rows(format) >= ROWS_FOR_TWO
        self._numbered = bool(fitting) or self._apart or not whole
        words = fitting or (heads[-1] if heads else "")
        self._words = words if whole else self._shortened(words, room if self._apart else left)
        lines = count_lines(self._words, room * size, size, weight)
        self.lines = lines + (1 if self._apart and lines else 0)

    def over(self, part: str, place: int, count: int) -> str:
        """Returns a page: the text for the top and the page's number, such as "2/5", above the page's lines ``part``.

        A single page has no number. Returns ``part`` alone if there is no text for the top.
        """
        if not self.lines:
            return part
        number = f"{place}/{count}" if self._numbered and count > 1 else ""
        line = ("\n" if self._apart else NO_BREAK).join(filter(None, (self._words, number)))
        return f"{line}\n{part}"

    def _shortened(self, words: str, room: float) -> str:
        """Returns ``words`` if they fit in ``room`` ems; else the first words or letters that fit, with an ellipsis.

        Returns "" if not even one letter fits.
        """
        if em_width(words, self._weight) <= room:
            return words
        parts = re.split(f"[ {NO_BREAK}]", words)
        ends = [" ".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
        ends += [words[:count] for count in range(len(parts[0]) - 1, 0, -1)]
        fitting = (f"{end}…" for end in ends if em_width(f"{end}…", self._weight) <= room)
        return next(fitting, "")


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
    leads: int = 0,
) -> Slide:
    context: dict[str, object] = {
        "parts": parts,
        "leads": leads,
        "place": PLACE,
        "size": LED_TEXT[format.layout],
        "role": role,
        "kind": kind,
        "language": language,
        "exercise": exercise,
    }
    return render_slide("led/template.html", context, dwell=dwell, title=title, source=source, kind=kind)
