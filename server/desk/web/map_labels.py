"""Finds places on a map for the names of boards and areas, so that none overlap; called by area_map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from server.desk.web.map_projection import WIDTH, XY

FONT = 12.5
LONGEST = 30
"""Characters of a name on the map; the list beside it has the whole name."""
_A_LETTER = 0.62 * FONT  # the mean width in the desk's font and in its fallback fonts
_AWAY = 8.0
Anchor = Literal["start", "middle", "end"]
_SHARES: Mapping[Anchor, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Label:
    """A name to draw: ``x`` and ``y`` are the position of its baseline, ``anchor`` is the SVG ``text-anchor``.

    ``centred``: it is the name of an area.
    """

    text: str
    x: float
    y: float
    anchor: Anchor
    centred: bool


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def shortened(name: str) -> str:
    """Returns the name, cut to LONGEST characters."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Named:
    """A name for which a place is wanted: beside the dot at ``place``, or centred on ``place`` if ``centred``."""

    text: str
    place: XY
    centred: bool = False


def placed(names: Iterable[Named], height: float) -> list[Label]:
    """Returns a label for each name for which there is room; earlier names are placed first, others are left out.

    The drawing is ``WIDTH`` x ``height`` units. No label overlaps another one, a dot, the edge of the drawing, the
    scale in its lower left corner or the arrow in its upper right corner.
    """
    listed = list(names)
    taken = [_around(one.place) for one in listed if not one.centred]
    taken += [_Box(0, height - 26, WIDTH / 2.5, height), _Box(WIDTH - 30, 0, WIDTH, 44)]
    found = []
    for name in listed:
        for label, box in _places(name):
            inside = box.left >= 2 and box.right <= WIDTH - 2 and box.top >= 2 and box.bottom <= height - 2
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                found.append(label)
                break
    return found


def _around(dot: XY) -> _Box:
    return _Box(dot[0] - 6, dot[1] - 6, dot[0] + 6, dot[1] + 6)


def _places(name: Named) -> Iterator[tuple[Label, _Box]]:
    """Yields the possible places of a name and the box that each one covers, the best first.

    Around a dot these are right, left, above and below it.
    """
    (x, y), text = name.place, shortened(name.text)
    middle = y + FONT * 0.35
    anchored: tuple[tuple[float, float, Anchor], ...] = (
        (x + _AWAY, middle, "start"),
        (x - _AWAY, middle, "end"),
        (x, y - _AWAY, "middle"),
        (x, y + _AWAY + FONT, "middle"),
    )
    for across, line, anchor in ((x, middle, "middle"),) if name.centred else anchored:
        wide = len(text) * _A_LETTER
        left = across - wide * _SHARES[anchor]
        label = Label(text, across, line, anchor, name.centred)
        yield label, _Box(left, line - FONT * 0.8, left + wide, line + FONT * 0.3)
