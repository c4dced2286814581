"""Measures how many readers the public pages serve beside the boards, and that no urgent notice waits for them.

Run by `make bench`. One server process answers, its clients run beside it: once as many requests as it answers, once
1,500 a second. The same page is measured as the desk makes it for each request anew, and the urgent notice to a
thousand screens with and without readers.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench._figures import percentile, table
from bench._marks import mark
from bench._peers import Load, Process
from bench.pressure import BOARD, ROUNDS, Pushes
from server.core.model import Announcement, Window
from server.security_headers import SESSION_COOKIE
from server.store.announcements import announcements
from tests.nginx import Nginx
from tests.station import ACTOR, Station, config_text, until

SCREENS = int(os.environ.get("BENCH_PRESSED", "1000"))
SECONDS = float(os.environ.get("BENCH_READING", "10"))
CONNECTIONS = 32
RATE, LIMIT_MS = 1_500, 50.0
READERS_A_SECOND = 300
LONGER = 1.1
ITEMS = 34
PAGES = {"an item": "/item/a1", "a board's list": f"/board/{BOARD}", "the front page": "/"}


@dataclass(frozen=True, slots=True)
class Run:
    """The answers of one run, and the milliseconds until they were there, sorted."""

    count: int
    seconds: float
    late: list[float]

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        station = Station.of(Path(folder), config_text([BOARD]))
        stack.callback(station.close)
        station.start(worker=False)
        _post(station)
        rows = [_measure(station, name, path) for name, path in PAGES.items()]
        through_nginx = _through_nginx(station, Path(folder))
        urgent = _urgent(station, stack)
    least, slowest = min(row.most for row in rows), max(row.slow for row in rows)
    mark("readers", f"{least:,.0f} requests/s", met=least >= RATE)
    mark("readers-nginx", f"{through_nginx.rate:,.0f} requests/s", met=through_nginx.rate >= RATE)
    mark("readers-late", f"{slowest:.1f} ms", met=slowest < LIMIT_MS)
    mark("readers-urgent", f"{urgent:.2f} x", met=urgent <= LONGER)
    head = ("", "requests/s, 32 connections", "p50 ms", "p99 ms", f"at {RATE:,}/s: p99 ms (< {LIMIT_MS:g})",
            "made anew for each: requests/s", "kept : made anew")  # fmt: skip
    told = [
        [row.name, row.most, row.middle, row.worst, row.slow, row.anew, f"{row.most / row.anew:.0f} x"]
        for row in rows
    ]
    nginx = (
        f"An item through nginx as deploy/ has it, without TLS: {through_nginx.rate:,.0f} requests/s (target >="
        f" {RATE:,}), p99 {percentile(through_nginx.late, 0.99):.1f} ms, {through_nginx.rate / rows[0].most:.2f} x"
        " the server alone."
    )
    line = (
        f"Urgent notice to {SCREENS:,} screens while {READERS_A_SECOND} requests a second are answered, p99 beside"
        f" the quiet p99: {urgent:.2f} x (target <= {LONGER:g})."
    )
    return f"## Readers of the public pages\n\n{table(head, told)}\n\n{nginx}\n\n{line}\n"


def _post(station: Station) -> None:
    now = datetime.now(UTC)
    for n in range(ITEMS):
        text = "Mời bà con theo dõi lịch tiếp công dân của xã trong tháng này trên bảng tin điện tử này. " * 6
        wanted = Announcement(0, BOARD, f"Thông báo số {n}", text, (Window(now),), now, ACTOR)
        announcements.post(station.store, wanted, actor=ACTOR)
    until(lambda: station.get(f"/item/a{ITEMS}")[0] == 200, "the items have pages")


@dataclass(frozen=True, slots=True)
class Row:
    """A page's figures: requests a second, kept and made ``anew``, and milliseconds."""

    name: str
    most: float
    middle: float
    worst: float
    slow: float
    anew: float


def _measure(station: Station, name: str, path: str) -> Row:
    with _readers(station, path) as readers:
        _read(readers, 1, 0)
        most, steady = _read(readers, SECONDS, 0), _read(readers, SECONDS, RATE)
    # A request with a session is never answered from the kept bytes.
    with _readers(station, path, "1", f"{SESSION_COOKIE}=khong-co") as readers:
        anew = _read(readers, SECONDS, 0)
    return Row(
        name, most.rate, percentile(most.late, 0.5), percentile(most.late, 0.99), percentile(steady.late, 0.99),
        anew.rate,
    )  # fmt: skip


def _through_nginx(station: Station, folder: Path) -> Run:
    """As many requests for an item's page as nginx and the server behind it answer together."""
    nginx = Nginx(folder / "nginx", [station.port])
    try:
        with _readers(station, PAGES["an item"], port=nginx.port) as readers:
            _read(readers, 1, 0)
            return _read(readers, SECONDS, 0)
    finally:
        nginx.kill()


def _urgent(station: Station, stack: ExitStack) -> float:
    """The p99 of an urgent notice with readers, divided by that without."""
    pushes = Pushes(station, stack.enter_context(Load(station.port, SCREENS, board=BOARD)))
    readers = stack.enter_context(_readers(station, PAGES["an item"]))
    quiet = pushes.under("quiet", lambda: "")
    readers.send(f"{ROUNDS + 60} {READERS_A_SECOND}")
    loaded = pushes.under("readers", lambda: "")
    return percentile(loaded.last, 0.99) / percentile(quiet.last, 0.99)


def _readers(
    station: Station, path: str, count: str = str(CONNECTIONS), cookie: str = "", *, port: int = 0
) -> Process:
    """Clients that request ``path`` from the station, or from ``port`` if that is given."""
    return Process(sys.executable, "-m", "bench._readers", str(port or station.port), count, path, cookie)


def _read(readers: Process, seconds: float, rate: float) -> Run:
    return Run(**json.loads(readers.ask(f"{seconds:g} {rate:g}")))


if __name__ == "__main__":
    print(run())
