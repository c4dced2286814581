"""The lap of each board, agreed between servers by compare-and-swap; called by the director."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from server.store.engine import Database
from server.store.locks import insert_new
from server.store.tables import laps, values_of


@dataclass(frozen=True, slots=True)
class StoredLap:
    """A board's lap: its ``number``, the board's own ``revision`` (at least 1, only grows), the lap as JSON text."""

    board: str
    number: int
    revision: int
    body: str


def load(db: Database, board: str) -> StoredLap | None:
    """The lap that was agreed last, None before the first."""
    with db.read() as conn:
        row = conn.execute(select(laps).where(laps.c.board == board)).one_or_none()
        return StoredLap(**row._asdict()) if row else None


def load_all(db: Database) -> tuple[StoredLap, ...]:
    """Every board's lap, by the board's slug."""
    with db.read() as conn:
        rows = conn.execute(select(laps).order_by(laps.c.board))
        return tuple(StoredLap(**row._asdict()) for row in rows)


def save(db: Database, lap: StoredLap, *, expected_revision: int) -> bool:
    """Replace the lap of ``expected_revision`` (0: there is none yet); False where another server was first.

    The store's revision stays: a lap is made of what could be shown, it does not change it. Raises ValueError
    where the lap's revision does not grow.
    """
    if lap.revision <= expected_revision:
        raise ValueError(f"revision {lap.revision} does not follow {expected_revision}")
    with db.write() as conn:
        if expected_revision == 0:
            return insert_new(conn, laps, values_of(lap))
        held = (laps.c.board == lap.board) & (laps.c.revision == expected_revision)
        return conn.execute(update(laps).where(held).values(values_of(lap))).rowcount == 1
