"""A lap, and which of its slides airs at an instant; display/state/lap.js computes the same (docs/architecture.md).

Called by the modules of core.lap, by content, server/live and the command line. All instants are whole milliseconds
since 1970 UTC. A round is one pass through the slots of a lap; slots that cannot air are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

Span = tuple[int, int | None]
_FAR = 400 * 86_400_000


@dataclass(frozen=True, slots=True)
class Slot:
    """One slide at its place in a lap: page number ``page`` of item ``key``, which may be shown within ``spans``.

    ``hash`` is that of the slide's body, ``dwell`` the time for which it stays, in ms.
    """

    hash: str
    dwell: int
    title: str
    source: str
    spans: tuple[Span, ...]
    key: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Lap:
    """A board's ordered slides from ``start`` on, repeated after their end.

    ``number`` counts the laps of the board. ``filler`` is the hash of the slide that airs while no slot can. ``last``
    maps the key of an item to the start of its latest airing before ``start``, ``seen`` maps the key of an item that
    has not aired yet to the time when it was first seen. From these the next composition knows which items have
    waited longest.
    """

    number: int
    start: int
    slots: tuple[Slot, ...]
    filler: str | None = None
    last: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)

    def dumps(self) -> str:
        """The lap as compact JSON, the form in which the store saves it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str) -> Lap:
        """The inverse of ``dumps``. Raises ValueError, KeyError or TypeError for other text."""
        raw = json.loads(text)
        slots = tuple(
            Slot(**{**slot, "spans": tuple((begin, end) for begin, end in slot["spans"])}) for slot in raw["slots"]
        )
        return cls(raw["number"], raw["start"], slots, raw["filler"], raw["last"], raw["seen"])


@dataclass(frozen=True, slots=True)
class Airing:
    """The slot with number ``index`` airs in [start, until).

    ``index`` None: the filler airs; ``until`` None: it airs for ever.
    """

    index: int | None
    start: int
    until: int | None


def can_air(slot: Slot, instant: int) -> bool:
    """True if the slot may begin at ``instant`` and also finish within one of its windows.

    A slide that could not finish in time does not begin (rules 1, nothing false, and 2, no cut).
    """
    return any(begin <= instant and (end is None or instant + slot.dwell <= end) for begin, end in slot.spans)


def _next_change(slot: Slot, instant: int) -> int | None:
    """The first instant after ``instant`` at which `can_air` may change; None if it never does."""
    changes = [
        edge
        for begin, end in slot.spans
        if end is None or begin + slot.dwell <= end
        for edge in ((begin,) if end is None else (begin, end - slot.dwell + 1))
        if edge > instant
    ]
    return min(changes, default=None)


def walk(lap: Lap, until: int, *, since: int | None = None) -> Iterator[Airing]:
    """Yields the airings that begin at or before ``until``, in order.

    Rounds before ``since`` (by default ``until``) that only repeat the previous one are left out, except the last one
    or two of them.
    """
    current, index = lap.start, 0
    skip_to = until if since is None else since
    edge: int | None = current
    able: list[bool] = []
    while current <= until:
        if edge is not None and current >= edge:
            able = [can_air(slot, current) for slot in lap.slots]
            changes = [_next_change(slot, current) for slot in lap.slots]
            edge = min((change for change in changes if change is not None), default=None)
            round_time = sum(slot.dwell for slot, can in zip(lap.slots, able, strict=True) if can)
            if round_time:
                limit = skip_to if edge is None else min(skip_to, edge)
                current += max(0, (limit - current) // round_time - 1) * round_time
        if not any(able):
            yield Airing(None, current, edge)
            if edge is None:
                return
            current = edge
            continue
        while not able[index]:
            index = (index + 1) % len(able)
        finish = current + lap.slots[index].dwell
        yield Airing(index, current, finish)
        current, index = finish, (index + 1) % len(able)


def airing_at(lap: Lap, instant: int) -> Airing | None:
    """Returns what airs at ``instant``; None before the lap's start.

    Equal rounds are skipped, so the cost does not grow with the time since the lap's start.
    """
    latest = None
    for latest in walk(lap, instant):  # noqa: B007 - the last one is the answer
        pass
    return latest


def last_slide_start(lap: Lap, after: int) -> int | None:
    """The first instant after ``after`` at which the last slide of a round begins; the next lap is composed then.

    None if the filler stays for ever.
    """
    previous: Airing | None = None
    for airing in walk(lap, after + _FAR, since=after):
        counts = previous is not None and previous.start > after and previous.index is not None
        if counts and previous and (airing.index is None or airing.index <= (previous.index or 0)):
            return previous.start
        previous = airing
    return None
