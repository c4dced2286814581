"""Lists what consecutive laps show in a span of time, one entry per item; called by server/content/board_timeline.py.

A lap runs from its start until the start of the next one. All instants are whole milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from server.core.lap.airing import Lap, walk


@dataclass(frozen=True, slots=True)
class Shown:
    """An item on screen in [start, until) with ``pages`` consecutive pages; ``key`` None: the lap's filler slide.

    ``hash`` is that of the first of these pages; None if nothing was shown, because the lap has no filler.
    """

    start: int
    until: int
    key: str | None
    title: str
    source: str
    pages: int
    hash: str | None


def shown(laps: Sequence[Lap], since: int, until: int) -> Iterator[Shown]:
    """Yields the items that are on screen in [since, until), in order; none before the start of the first lap."""
    latest: Shown | None = None
    for each in _slides(laps, since, until):
        if latest is not None and latest.key == each.key and latest.until == each.start:
            latest = replace(latest, until=each.until, pages=latest.pages + 1)
            continue
        if latest is not None:
            yield latest
        latest = each
    if latest is not None:
        yield latest


def _slides(laps: Sequence[Lap], since: int, until: int) -> Iterator[Shown]:
    for lap, end in _spans(laps, until):
        begin = max(since, lap.start)
        if begin >= end:
            continue
        for airing in walk(lap, end - 1, since=begin):
            left = min(end, end if airing.until is None else airing.until)
            start = max(begin, airing.start)
            if start >= left:
                continue
            slot = None if airing.index is None else lap.slots[airing.index]
            if slot is None:
                yield Shown(start, left, None, "", "", 1, lap.filler)
            else:
                yield Shown(start, left, slot.key, slot.title, slot.source, 1, slot.hash)


def _spans(laps: Sequence[Lap], until: int) -> Iterable[tuple[Lap, int]]:
    yield from ((lap, min(until, following.start)) for lap, following in pairwise(laps))
    if laps:
        yield laps[-1], until
