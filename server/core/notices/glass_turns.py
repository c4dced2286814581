"""Decides which notice covers a board's screens at an instant, and which is its banner; for content and cli.inspect.

"Glass" means the visible area of the board's screens; a notice that holds the glass covers all slides.
display/state/turns.js has the same rules for the screens; tests/golden/turns.json holds both to them. All instants
and durations are whole milliseconds since 1970 UTC. ``notices`` are those of one board with their slides, in the
order of `server.core.notices.order`.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import wire
from server.core.lap.airing import Lap, airing_at
from server.core.model import Notice, Slide
from server.core.notices.order import TURN_SECONDS
from server.core.times import to_ms

Drawn = tuple[Notice, Slide]


def covering(notices: Sequence[Drawn], lap: Lap, now: int) -> Notice | None:
    """Returns the urgent notice that covers the glass at ``now``; None if any other slide of the lap is seen.

    While some notices hold the glass, they take turns, and after each of these turns comes one of an urgent notice
    that no longer holds it. While none holds the glass, urgent notices are seen when their slots in the lap air.
    """
    held, released = _urgent(notices, lap, now)
    if held:
        count = max(len(held), len(released))
        pairs = ((held[i % len(held)], *released[i % len(released) :][:1]) for i in range(count)) if released else ()
        return turn([one for pair in pairs for one in pair] or held, now)
    running = airing_at(lap, now) if released else None
    key = lap.slots[running.index].key if running and running.index is not None else ""
    return next((notice for notice, _ in released if _key(notice) == key), None)


def banner(notices: Sequence[Drawn], lap: Lap, now: int) -> Notice | None:
    """Returns the notice in the banner below the lap's slides, None if there is none.

    Priority notices and urgent ones that no longer hold the glass take turns in it.
    """
    _, released = _urgent(notices, lap, now)
    return turn([*released, *_live(notices, now, "priority")], now)


def holds(notice: Notice, lap: Lap, now: int) -> bool:
    """True while an urgent notice holds the whole glass.

    It does so until its ``holds_until``, and then until the slide of the lap that runs below it ends. A notice that
    is not in the lap goes on holding the glass, because it would not be seen otherwise.
    """
    if notice.holds_until is None or now < to_ms(notice.holds_until):
        return True
    if not any(slot.key == _key(notice) for slot in lap.slots):
        return True
    running = airing_at(lap, now)
    return running is None or running.start < to_ms(notice.holds_until)


def turn(notices: Sequence[Drawn], now: int) -> Notice | None:
    """Returns the notice whose turn it is at ``now``; None if ``notices`` is empty.

    The newest notice is shown at once for one turn. Then all take turns in the given order, beginning after the
    newest. A notice that occurs in ``notices`` several times has several turns.
    """
    if not notices:
        return None
    newest = max(notices, key=lambda one: (to_ms(one[0].issued), one[0].id))
    begun = to_ms(newest[0].issued) + _length(newest)
    if now < begun:
        return newest[0]
    place = notices.index(newest)
    order = [*notices[place + 1 :], *notices[: place + 1]]
    left = (now - begun) % sum(map(_length, order))
    for one in order:
        if left < _length(one):
            return one[0]
        left -= _length(one)
    raise AssertionError("a round is the sum of its turns")


def _urgent(notices: Sequence[Drawn], lap: Lap, now: int) -> tuple[list[Drawn], list[Drawn]]:
    """Returns the live urgent notices in two lists: those that hold the glass, and those that no longer do."""
    held: list[Drawn] = []
    released: list[Drawn] = []
    for one in _live(notices, now, "urgent"):
        (held if holds(one[0], lap, now) else released).append(one)
    return held, released


def _live(notices: Sequence[Drawn], now: int, level: str) -> list[Drawn]:
    return [one for one in notices if one[0].shown_level == level and now < to_ms(one[0].until)]


def _key(notice: Notice) -> str:
    return f"{wire.NOTICE}{notice.id}"


def _length(one: Drawn) -> int:
    """Returns how long a turn of the notice takes, with all its pages, in ms."""
    return max(TURN_SECONDS * 1_000, one[1].dwell)
