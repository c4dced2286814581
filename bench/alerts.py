"""From the answer of a poll to the notices: a hundred new alerts, an index of 1,000 entries, and one new entry in it.

Real downloads from a server of this process, real parsing in child processes, a real store; `make bench`. What a poll
of a known index costs stands beside reading all its documents again.
"""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic

from sqlalchemy import update

from bench._figures import table
from bench._marks import mark
from feeds.sandbox.isolate import SandboxPool
from server.core.alerts.rules import AlertRules
from server.core.model import Board, Point
from server.store.database.engine import Database
from server.store.tables import alert_links
from tests.cast import HOI_TRUONG, NOW
from tests.worker.harvest.alert_site import AlertCase, Cap, Site, serving

ALERTS = int(os.environ.get("BENCH_ALERTS", "100"))
ENTRIES = 10 * ALERTS
BOARDS = int(os.environ.get("BENCH_LAPS", "5000"))
TARGET_SECONDS = 1.0
CHILDREN = 4


def boards() -> tuple[Board, ...]:
    """Boards of the province with a point each."""
    chance = Random(2)
    return tuple(
        replace(
            HOI_TRUONG,
            slug=f"bang-{n}",
            lanes=(),
            point=Point(chance.uniform(20.4, 21), chance.uniform(105.8, 106.4)),
        )
        for n in range(BOARDS)
    )


def warning(number: int) -> Cap:
    """One of many warnings, each for a circle that holds some of the boards."""
    chance = Random(number)
    place = f"<circle>{chance.uniform(20.5, 20.9):.4f},{chance.uniform(105.9, 106.3):.4f} 10</circle>"
    return Cap(f"bao-{number}", NOW + timedelta(seconds=number), headline=f"Mưa lớn số {number}", place=place)


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, serving() as site, ThreadPoolExecutor(16) as executor:
        db = Database.open("sqlite:///bangtin.db", Path(folder))
        try:
            db.migrate()
            return _run(AlertCase(db, site, SandboxPool(CHILDREN), Path(folder), executor), site)
        finally:
            db.close()


def _run(case: AlertCase, site: Site) -> str:
    case.use(AlertRules(flood_count=10 * ENTRIES), boards())
    _poll(case, site, [warning(-1)])  # the worker has been running for a while: its children are there
    new = [warning(number) for number in range(ALERTS)]
    burst = _poll(case, site, new)
    shown = len(case.live()) - 1
    if shown != ALERTS:
        raise AssertionError(f"{shown} notices instead of {ALERTS}")
    everything = [warning(number) for number in range(ENTRIES)]
    first = _poll(case, site, everything)
    same = _poll(case, site, everything)
    one = _poll(case, site, [warning(ENTRIES), *everything[:-1]])
    with case.db.write() as conn:
        conn.execute(update(alert_links).values(read=""))
    again = _poll(case, site, everything[1:])
    mark("alerts", f"{burst:.2f} s", met=burst <= TARGET_SECONDS)
    rows: list[list[object]] = [
        [f"{ALERTS} new alerts: from the poll to {ALERTS} notices", burst * 1000, f"<= {TARGET_SECONDS * 1000:g}"],
        [f"{ENTRIES} entries, of which {ENTRIES - ALERTS} are new", first * 1000, ""],
        [f"{ENTRIES} entries, unchanged", same * 1000, ""],
        [f"{ENTRIES} entries, one of them new", one * 1000, ""],
        [f"{ENTRIES} entries, all of them read again", again * 1000, ""],
    ]
    return (
        f"## Alerts from a poll to the notices\n\n{BOARDS:,} boards; index and documents come from this machine, "
        f"{CHILDREN} child processes parse them:\n\n{table(('a poll of', 'ms', 'target'), rows)}\n"
        f"A poll of {ENTRIES:,} entries with one new one costs {one / again:.2f} of reading all of them again, an "
        f"unchanged one {same / again:.3f}.\n"
    )


def _poll(case: AlertCase, site: Site, documents: list[Cap]) -> float:
    site.publish(*documents)
    begun = monotonic()
    case.poll(minutes=3)
    return monotonic() - begun


if __name__ == "__main__":
    print(run())
