"""Measures how the server's work and memory grow when the number of boards or slides is doubled; `make bench`.

Runs the director (server.live.rotation) in this process, on a store of its own, without screens; bench/fanout.py
measures more screens, bench/composing.py more items. An exponent of 1 is linear growth, 0 is none.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from math import log2
from pathlib import Path
from time import thread_time
from typing import TypeVar

from bench import _plots
from bench._figures import table
from server.core import wire
from server.core.lap.composition import compose
from server.core.lap.items import Item, Page
from server.core.model import Announcement, Area, Board, Window
from server.core.times import to_ms
from server.live.broadcast.state_cache import StateCache
from server.live.rotation.director import Director
from server.slides.render import Renderer
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.sources import sources

SIZES = tuple(int(one) for one in os.environ.get("BENCH_GROWTH", "250,500,1000").split(","))
SLIDES = (25, 50, 100, 200)
ITEMS = 12
TICKS = 50
T = TypeVar("T")
Figures = dict[str, float]
# The results of ``run``, kept for ``draw``: "boards" or "slides" -> number of them -> figures.
_RESULTS: dict[str, dict[int, Figures]] = {}


def run() -> str:
    boards = _RESULTS["boards"] = {count: _boards(count) for count in SIZES}
    slides = _RESULTS["slides"] = {count: _state(count) for count in SLIDES}
    return (
        "## What doubling costs\n\n" + _grown("boards", boards) + "\nA board's state, by the slides of its lap:\n\n"
        + _grown("slides", slides)
    )  # fmt: skip


def draw(folder: Path) -> str:
    """Plots the results of ``run`` into ``folder``; returns the Markdown that shows the plots."""
    drawn = [_plots.growth(of, found, folder / f"scaling-{of}.svg") for of, found in _RESULTS.items()]
    return "\n" + "\n".join(f"![{file.stem}](pictures/{file.name})" for file in drawn) + "\n"


def _grown(of: str, found: dict[int, Figures]) -> str:
    counts = list(found)
    first, last = counts[0], counts[-1]
    rows = []
    for name in found[first]:
        low, high = found[first][name], found[last][name]
        exponent = f"{log2(high / low) / log2(last / first):.2f}" if low > 0 and high > 0 else "-"
        rows.append([name, *(f"{found[count][name]:.2f}" for count in counts), exponent])
    return table(("", *(f"{count:,} {of}" for count in counts), "exponent"), rows)


def _boards(count: int) -> Figures:
    """The director's CPU milliseconds and MiB of memory with ``count`` boards, by the name of the figure."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open("sqlite:///bangtin.db", Path(folder))
        try:
            return _figures(db, count)
        finally:
            db.close()


def _figures(db: Database, count: int) -> Figures:
    db.migrate()
    now = datetime.now(UTC)
    boards = [Board(f"b-{n}", f"Bảng {n}", "tinh") for n in range(count)]
    sources.seed(db, areas=[Area("tinh", "Tỉnh")], sources=[], boards=boards, now=now)
    for number in range(ITEMS):
        _announce(db, number, now)

    def call(work: Callable[[Database], T], /) -> T:
        return work(db)

    before = _mebibytes()
    director = Director(db, Renderer(), lambda: datetime.now(UTC), offload=call, offload_write=call)
    director.tick()
    on_air = _ms(director.refresh)
    memory = _mebibytes() - before
    tick, refresh = _ms(_repeated(director.tick)) / TICKS, _ms(_repeated(director.refresh)) / TICKS
    _announce(db, ITEMS, now)
    return {
        "first on air, ms": on_air,
        "a tick, ms": tick,
        "a beat without news, ms": refresh,
        "an announcement for all, ms": _ms(director.refresh),
        "memory, MiB": memory,
    }


def _announce(db: Database, number: int, now: datetime) -> None:
    wanted = Announcement(
        id=0, area="tinh", title=f"Thông báo số {number}", text="Mời bà con theo dõi.", windows=(Window(now, None),),
        created=now, created_by="bench",
    )  # fmt: skip
    announcements.post(db, wanted, actor="bench")


def _state(count: int) -> Figures:
    """CPU milliseconds and KiB of encoding the `state` messages of a board whose lap has ``count`` slides."""
    now = datetime.now(UTC)
    board = Board("b", "Bảng", "tinh")
    items = [Item(f"k{n}", "l", (Page(f"{n:016x}", 8_000),), ((0, None),), f"Tin số {n}", "Xã") for n in range(count)]
    lap = compose(board, items, None, to_ms(now), filler="f" * 16)
    glass = wire.Glass(board, "Tỉnh", 1, lap, "s" * 16)
    sent = list(StateCache("e", "b").messages(glass, now, 1))
    took = _ms(_repeated(lambda: list(StateCache("e", "b").messages(glass, now, 1)))) / TICKS
    return {"state, ms": took, "state, KiB": sum(len(text.encode()) for _, text in sent) / 1024}


def _repeated(act: Callable[[], object]) -> Callable[[], None]:
    """A function that calls ``act`` ``TICKS`` times."""

    def run() -> None:
        for _ in range(TICKS):
            act()

    return run


def _ms(act: Callable[[], object]) -> float:
    begun = thread_time()
    act()
    return (thread_time() - begun) * 1000


def _mebibytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    print(run())
