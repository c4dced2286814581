"""Measures how long it takes to store the receipts of 10,000 screens that each report one slide a second.

The receipts are stored in five batches a second, each in one transaction, as the server does; `make bench`.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench._figures import percentile, table
from bench._marks import mark
from server.core.model import Area, Board
from server.core.screens.proof import Play
from server.store.database.engine import Database
from server.store.screens import plays, receipts
from server.store.sources import sources
from server.store.tables import screens

SCREENS = 10_000
BOARDS = 3_000
SECONDS = 10
BATCHES = 5


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        db = _province(Path(folder))
        now = datetime.now(UTC)
        took = [_batch(db, now + timedelta(seconds=n / BATCHES), n) for n in range(SECONDS * BATCHES)]
        found = plays.proofs(db, boards=[f"b-{n}" for n in range(BOARDS)], first="2000", last="2999")
        kept = sum(proof.count for proof in found)
        db.close()
    reported = SECONDS * SCREENS
    busy = sum(took) / SECONDS / 10
    mark("receipts", f"{kept:,} of {reported:,} kept, writer busy {busy:.0f} %", met=kept == reported and busy <= 100)
    head = ("receipts", "kept", "rows", "batch p50 ms", "batch p99 ms", "writer busy %")
    row = (
        f"{reported:,}", f"{kept:,}", f"{len(found):,}",
        f"{percentile(took, 0.5):.0f}", f"{percentile(took, 0.99):.0f}",
        f"{sum(took) / SECONDS / 10:.0f}",
    )  # fmt: skip
    return f"## Receipts: 10,000 in a second\n\n{table(head, [row])}\n"


def _province(folder: Path) -> Database:
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    now = datetime.now(UTC)
    boards = [Board(f"b-{n}", f"Bảng {n}", "tinh") for n in range(BOARDS)]
    sources.seed(db, areas=[Area("tinh", "Tỉnh")], sources=[], boards=boards, now=now)
    rows = [
        {
            "id": n + 1, "name": "", "board": f"b-{n % BOARDS}", "slot": n // BOARDS, "key_hash": f"{n}",
            "paired_by": "bench", "paired": now, "notes": "", "phone": "", "changed": 1,
        }
        for n in range(SCREENS)
    ]  # fmt: skip
    with db.write() as conn:
        conn.execute(insert(screens), rows)
    return db


def _batch(db: Database, at: datetime, number: int) -> float:
    """Stores one shown slide for each screen of one fifth; returns the milliseconds that it took.

    ``number`` is the batch's number, which selects the fifth of the screens, and the slide.
    """
    item, day = number // BATCHES % 6, f"{at:%Y-%m-%d}"
    plays = [
        Play(
            screen=n + 1, board=f"b-{n % BOARDS}", slot=n // BOARDS, item=f"story:{item}",
            title="Một tin dài vừa phải", hash=f"{item:016x}", at=at, day=day, hour=at.hour,
        )
        for n in range(number % BATCHES, SCREENS, BATCHES)
    ]  # fmt: skip
    begun = time.perf_counter()
    receipts.save(db, plays, [], [])
    return (time.perf_counter() - begun) * 1_000


if __name__ == "__main__":
    print(run())
