"""Builders and hypothesis strategies for items and windows; used by tests and benchmarks of laps."""

from __future__ import annotations

from hypothesis import strategies as st

from server.core.lap.airing import Span
from server.core.lap.items import Item, Page
from server.core.model import Board

NOON = 1_795_320_000_000  # milliseconds since 1970: 22 November 2026, 11:00 in Hanoi
HOUR = 3_600_000
BOARD = Board(slug="hoi-truong", name="Hội trường", area="tinh")
ALWAYS: tuple[Span, ...] = ((0, None),)


def item(name: str, *, lane: str = "tin", dwell: int = 8_000, pages: int = 1, spans: tuple[Span, ...] = ALWAYS,
         upper: bool = False, priority: bool = False, gap: int | None = None, body: str = "") -> Item:  # fmt: skip
    """An item whose pages have the hashes NAME.0, NAME.1 and so on.

    With ``body`` they are BODY.0, BODY.1 and so on, as after an edit. ``dwell`` and ``gap``, the longest gap between
    two showings, are milliseconds. ``spans`` are the item's windows; ``upper``: it comes from an area above the
    board's own.
    """
    return Item(
        key=name,
        lane=lane,
        pages=tuple(Page(f"{body or name}.{n}", dwell) for n in range(pages)),
        spans=spans,
        title=name,
        upper=upper,
        priority=priority,
        longest_gap=gap,
    )


def windows() -> st.SearchStrategy[tuple[Span, ...]]:
    """A strategy for the windows of an item: one to three around `NOON`, or `ALWAYS`."""
    begin = st.integers(NOON - 3 * HOUR, NOON + 60 * HOUR)
    bounded = st.builds(lambda a, length: (a, a + length), begin, st.integers(1_000, 30 * HOUR))
    spans: st.SearchStrategy[Span] = st.one_of(bounded, st.builds(lambda a: (a, None), begin))
    return st.one_of(
        st.just(ALWAYS), st.lists(spans, min_size=1, max_size=3).map(lambda s: tuple(sorted(s, key=str)))
    )


@st.composite
def items(draw: st.DrawFn, most: int = 12, *, timed: bool = True, upper: bool = True) -> list[Item]:
    """Up to ``most`` items in three lanes.

    ``timed``: the items have windows; ``upper``: some come from an area above the board's own.
    """
    count = draw(st.integers(0, most))
    return [
        item(
            f"i{number}",
            lane=draw(st.sampled_from(("a", "b", "c"))),
            dwell=draw(st.integers(6, 30)) * 1_000,
            pages=draw(st.integers(1, 3)),
            spans=draw(windows()) if timed else ALWAYS,
            upper=upper and draw(st.booleans()),
            priority=draw(st.integers(0, 9)) == 0,
        )
        for number in range(count)
    ]
