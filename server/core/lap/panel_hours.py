"""Computes when a board's panel is on, in ms; called for longest gaps, the desk's wall and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.core.model import Hours
from server.core.times import from_ms, to_ms

OnSpan = tuple[int, int]


def on_spans(hours: Sequence[Hours], zone: str, start: int, end: int) -> list[OnSpan]:
    """The spans within [start, end) in which the panel is on, in order and merged; always on if no ``hours``."""
    if not hours:
        return [(start, end)]
    tz = ZoneInfo(zone)
    day = from_ms(start).astimezone(tz).date() - timedelta(days=1)
    last = from_ms(end).astimezone(tz).date()
    found: list[OnSpan] = []
    while day <= last:
        for span in hours:
            opens = datetime.combine(day, span.start, tz)
            closes_on = day if span.start < span.end else day + timedelta(days=1)
            closes = datetime.combine(closes_on, span.end, tz)
            clipped = max(to_ms(opens), start), min(to_ms(closes), end)
            if clipped[0] < clipped[1]:
                found.append(clipped)
        day += timedelta(days=1)
    return _merged(sorted(found))


def _merged(spans: list[OnSpan]) -> list[OnSpan]:
    merged: list[OnSpan] = []
    for begin, finish in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], finish)
        else:
            merged.append((begin, finish))
    return merged


def is_on(spans: Sequence[OnSpan], instant: int) -> bool:
    """True if the panel is on at ``instant``; ``spans`` is a result of `on_spans`."""
    return any(begin <= instant < finish for begin, finish in spans)


def after_on_time(spans: Sequence[OnSpan], start: int, amount: int) -> int:
    """The instant by which the panel has been on for ``amount`` ms since ``start``.

    After the last of ``spans`` the panel counts as always on.
    """
    left = amount
    edge = start
    for begin, finish in spans:
        if finish <= start:
            continue
        begin = max(begin, start)
        if finish - begin >= left:
            return begin + left
        left -= finish - begin
        edge = finish
    return edge + left
