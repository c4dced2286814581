"""Measures composing laps of 2,000, 4,000 and 8,000 items against sorting the same lists; `make bench`.

Only `server.core.lap.composition.compose` is measured, as the director calls it, without a store. It sorts the items
by when each was last shown in earlier laps, interleaves the lanes, and keeps as many items as a lap may hold. Then
5,000 small boards are composed, to measure the time between the points at which other greenlets may run.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from itertools import pairwise
from math import log2
from random import Random
from statistics import median
from time import perf_counter, thread_time

from bench._figures import percentile, table
from bench._marks import mark
from server.core.lap.airing import Lap
from server.core.lap.composition import compose
from server.core.lap.items import Item, Page
from server.core.model import Board
from server.live.rotation.cooperative_yield import SLICE_SECONDS, CooperativeYield

SIZES = tuple(int(one) for one in os.environ.get("BENCH_ITEMS", "2000,4000,8000").split(","))
BOARDS = int(os.environ.get("BENCH_LAPS", "5000"))
ROUNDS = 15
LANES = 6
NOW = 1_795_320_000_000
DAY = 86_400_000
TARGET = 6.0
SLICE_MS = 5.0
BOARD = Board(slug="hoi-truong", name="Hội trường", area="tinh")
ITEMS_A_BOARD = 20


def items(count: int, seed: int = 1) -> list[Item]:
    """Stories of several lanes with one or two pages each; every third comes from an area above the board's."""
    chance = Random(seed)
    return [
        Item(
            f"story:{n}", f"nguon-{chance.randrange(LANES)}",
            tuple(Page(f"{n:012x}{page:04x}", 1_000 * chance.randrange(6, 20)) for page in range(1 + n % 2)),
            ((NOW - chance.randrange(DAY), NOW + 30 * DAY),), f"Tin số {n}", "Cổng thông tin", upper=n % 3 == 0,
        )
        for n in range(count)
    ]  # fmt: skip


def run() -> str:
    measured = [_measure(count) for count in SIZES]
    base = measured[0]
    rows: list[list[object]] = []
    for before, (count, composed, ordered) in zip([None, *measured], measured, strict=False):
        growth = "" if before is None else f"{log2(composed / before[1]) / log2(count / before[0]):.2f}"
        rows.append([f"{count:,}", composed * 1000, ordered * 1000, f"{composed / ordered:.1f}", growth])
    worst = max(grown for grown in (_n_log_n(a, b) for a, b in pairwise(measured))) if len(measured) > 1 else 0.0
    head = ("items", "compose ms", "sort ms", f"compose : sort (target <= {TARGET:g} at {base[0]:,})",
            "exponent (n log n at worst)")  # fmt: skip
    longest, p99, total = _slices()
    ratio = base[1] / base[2]
    mark("lap", f"{ratio:.1f} x", met=ratio <= TARGET)
    mark("lap-growth", f"{worst:.2f} x", met=worst <= 1.1)
    mark("slices", f"{longest:.1f} ms", met=longest <= 2 * SLICE_MS)
    slices: list[list[object]] = [
        ["composed in all, s", f"{total:.2f}", ""],
        ["slice p99, ms", p99, ""],
        ["longest slice, ms", longest, f"<= {SLICE_MS:g} and one lap"],
    ]
    growth_text = f"\nEach doubling costs at most {worst:.2f} x what n log n would.\n" if worst else ""
    return (
        f"## Composing a lap\n\n{table(head, rows)}{growth_text}\n"
        f"{BOARDS:,} boards of {ITEMS_A_BOARD} items one after the other, slices of {SLICE_SECONDS * 1000:g} ms:\n\n"
        + table(("", "measured", "target"), slices)
    )


def _n_log_n(before: tuple[int, float, float], after: tuple[int, float, float]) -> float:
    wanted = after[0] * log2(after[0]) / (before[0] * log2(before[0]))
    return after[1] / before[1] / wanted


def _measure(count: int) -> tuple[int, float, float]:
    """(``count``, CPU seconds to compose that many items, CPU seconds to sort them by when they were last shown)."""
    made = items(count)
    chance = Random(2)
    last = {item.key: NOW - chance.randrange(DAY) for item in made}
    first = compose(BOARD, made, None, NOW - 60_000)
    before = Lap(first.number, first.start, first.slots, first.filler, last, {})

    def waited(item: Item) -> tuple[int, int]:
        return (2, last[item.key])

    composing = _seconds(lambda: compose(BOARD, made, before, NOW))
    return count, composing, _seconds(lambda: sorted(made, key=waited))


def _seconds(act: Callable[[], object]) -> float:
    """The median CPU seconds of ``ROUNDS`` calls, without garbage collection, which is rare in the server, too."""
    act()
    gc.collect()
    gc.disable()
    try:
        return median(_once(act) for _ in range(ROUNDS))
    finally:
        gc.enable()


def _once(act: Callable[[], object]) -> float:
    # CPU time of the thread, because other processes on the machine would add to wall-clock time.
    begun = thread_time()
    act()
    return thread_time() - begun


def _slices() -> tuple[float, float, float]:
    """Composes ``BOARDS`` laps; returns (longest ms, p99 ms, total s) of the slices between two yields."""
    begun = perf_counter()
    ends: list[float] = []
    maybe_yield = CooperativeYield(perf_counter, lambda: ends.append(perf_counter()))
    lists = [items(ITEMS_A_BOARD, seed) for seed in range(50)]
    for n in range(BOARDS):
        compose(BOARD, lists[n % len(lists)], None, NOW)
        maybe_yield()
    took = [(after - before) * 1000 for before, after in pairwise(ends)]
    return max(took), percentile(took, 0.99), perf_counter() - begun


if __name__ == "__main__":
    print(run())
