"""Finds room for the names of dots on a map; called by area_map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from server.desk.web.map_projection import WIDTH, XY

FONT = 12.5
LONGEST = 30
"""Characters of a name on the map; the list beside it has the whole name."""
_A_LETTER = 0.62 * FONT  # the mean of the font of the desk, and of those that stand in for it at first
_AWAY = 8.0
Anchor = Literal["start", "middle", "end"]
_SHARES: Mapping[Anchor, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Label:
    """A name with the place of its baseline and how it is anchored there."""

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
    """The name, cut to LONGEST characters."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that wants a place: beside a dot, or ``centred`` on it."""

    text: str
    place: XY
    centred: bool = False


def placed(names: Iterable[Named], height: float) -> list[Label]:
    """A label for each name that has room, the earlier ones first; others are left out.

    The drawing is ``WIDTH`` x ``height`` of its own units. No label covers another one, a dot, the edge of the
    drawing, the scale in its lower left corner or the arrow in its upper right corner.
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
    """The places for a name, the best first; round a dot these are right, left, above and below."""
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
