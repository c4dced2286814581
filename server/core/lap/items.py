"""The items that a lap is composed of, their windows cut to the next 48 hours, and their slots.

Made by server/content; used by the modules of this package. Instants and durations are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from server.core.lap.airing import Slot, Span

HORIZON = 48 * 3_600_000
"""How far ahead a lap knows all windows, in ms: a screen without a link shows the right slides for two days."""


@dataclass(frozen=True, slots=True)
class Page:
    """One slide of an item: the hash of its body and its dwell in ms."""

    hash: str
    dwell: int


@dataclass(frozen=True, slots=True)
class Item:
    """A story, an announcement or a notice with all its pages.

    ``key`` identifies it, for example "story:12"; ``lane`` names the group that is mixed evenly with others.
    ``spans`` are its windows. ``upper``: it belongs to an area above the board's. ``leaving``: it was taken out of
    its lane but is still valid, so it may finish once begun. ``longest_gap`` is set for statutory postings: the
    longest time from one start to the next, in ms. ``alternates``: it takes every second slide (alternation.py).
    ``every``: it takes a turn after so many slides (regular_turns.py).
    """

    key: str
    lane: str
    pages: tuple[Page, ...]
    spans: tuple[Span, ...]
    title: str = ""
    source: str = ""
    upper: bool = False
    priority: bool = False
    leaving: bool = False
    longest_gap: int | None = None
    alternates: bool = False
    every: int | None = None
    time: int = field(init=False, repr=False, compare=False)
    """The total dwell of its pages, ms; computed once, because a composition reads it several times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "time", sum([page.dwell for page in self.pages]))


def cut_spans(spans: Iterable[Span], now: int) -> tuple[Span, ...]:
    """Returns the windows that are open now or open within 48 h; those that end later are cut to end after 48 h.

    A window without an end keeps having none.
    """
    horizon = now + HORIZON
    return tuple(
        (begin, None if end is None else min(end, horizon))
        for begin, end in spans
        if begin < horizon and (end is None or end > now)
    )


def slots_of(item: Item, now: int) -> list[Slot]:
    """Returns one slot for each page of the item, with its windows cut to the 48 h from ``now`` (see `cut_spans`)."""
    spans = cut_spans(item.spans, now)
    return [
        Slot(page.hash, page.dwell, item.title, item.source, spans, item.key, number)
        for number, page in enumerate(item.pages)
    ]


def usable_items(items: Sequence[Item], now: int, cut_keys: Collection[str]) -> dict[str, Item]:
    """The items that may air within `HORIZON` (48 h) from ``now``, by key, in the given order.

    The windows of statutory postings, and of the items whose keys are in ``cut_keys``, are cut to these 48 h here.
    `slots_of` cuts the windows of the other items, once they are placed.
    """
    horizon = now + HORIZON
    usable: dict[str, Item] = {}
    for item in items:
        if item.key in cut_keys or item.longest_gap is not None:
            item = _with_cut_spans(item, now)
        for begin, end in item.spans:
            if begin < horizon and (end is None or end > now):
                if item.pages:
                    usable[item.key] = item
                break
    return usable


def _with_cut_spans(item: Item, now: int) -> Item:
    spans = cut_spans(item.spans, now)
    return item if spans == item.spans else replace(item, spans=spans)
