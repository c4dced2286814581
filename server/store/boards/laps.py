"""The lap of each board, agreed between servers by compare-and-swap, and those before it; called by the director.

The desk's timeline reads the laps of the past; the worker forgets the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import aired_laps, laps, values_of


@dataclass(frozen=True, slots=True)
class StoredLap:
    """A board's lap: its ``number``, the board's own ``revision`` (at least 1, only grows), the lap as JSON text.

    ``start`` in ms since 1970 UTC.
    """

    board: str
    number: int
    revision: int
    body: str
    start: int = 0


_LAP = select(laps.c.board, laps.c.number, laps.c.revision, laps.c.body)


def load(db: Database, board: str) -> StoredLap | None:
    """The lap that was agreed last, None before the first."""
    with db.read() as conn:
        row = conn.execute(_LAP.where(laps.c.board == board)).one_or_none()
        return StoredLap(**row._asdict()) if row else None


def load_all(db: Database) -> tuple[StoredLap, ...]:
    """Every board's lap, by the board's slug."""
    with db.read() as conn:
        rows = conn.execute(_LAP.order_by(laps.c.board))
        return tuple(StoredLap(**row._asdict()) for row in rows)


def save(db: Database, lap: StoredLap, *, expected_revision: int) -> bool:
    """Replace the lap of ``expected_revision`` (0: there is none yet); False where another server was first.

    The store's revision stays: a lap is made of what could be shown, it does not change it. Raises ValueError
    where the lap's revision does not grow.
    """
    return save_all(db, [(lap, expected_revision)])[0]


def save_all(db: Database, wanted: Sequence[tuple[StoredLap, int]]) -> list[bool]:
    """``save`` for many boards, each lap with its expected revision, in one transaction: they change together."""
    for lap, expected in wanted:
        if lap.revision <= expected:
            raise ValueError(f"revision {lap.revision} does not follow {expected}")
    agreed: dict[str, bool] = {}
    with db.write() as conn:
        # In one order, so that two servers never wait for each other's rows in a circle.
        for lap, expected in sorted(wanted, key=lambda pair: pair[0].board):
            agreed[lap.board] = _swap(conn, lap, expected)
    return [agreed[lap.board] for lap, _ in wanted]


def _swap(conn: Connection, lap: StoredLap, expected: int) -> bool:
    row = values_of(lap)
    del row["start"]
    if expected == 0:
        agreed = insert_new(conn, laps, row)
    else:
        held = (laps.c.board == lap.board) & (laps.c.revision == expected)
        agreed = conn.execute(update(laps).where(held).values(row)).rowcount == 1
    if agreed:
        _keep_for_the_record(conn, lap)
    return agreed


def _keep_for_the_record(conn: Connection, lap: StoredLap) -> None:
    """The same lap is saved again whenever a notice has raised the revision: it is kept once."""
    insert_new(conn, aired_laps, {"board": lap.board, "number": lap.number, "start": lap.start, "body": lap.body})


def aired(db: Database, board: str, *, since: int, until: int) -> tuple[str, ...]:
    """The bodies of the laps that ran in [since, until), ms since 1970 UTC, the earliest first.

    A lap runs from its start until the next one's, and begins with the slide that was running.
    """
    mine = aired_laps.c.board == board
    begun = select(func.max(aired_laps.c.start)).where(mine, aired_laps.c.start <= since)
    wanted = (
        select(aired_laps.c.body)
        .where(mine, aired_laps.c.start < until)
        .where(aired_laps.c.start >= func.coalesce(begun.scalar_subquery(), since))
        .order_by(aired_laps.c.start, aired_laps.c.number)
    )
    with db.read() as conn:
        return tuple(conn.execute(wanted).scalars())


def forget_aired(db: Database, *, before: int) -> int:
    """Drop what ended before ``before`` (ms since 1970 UTC); returns how many laps.

    The last one begun by then stays: it may still have been running.
    """
    later = aired_laps.alias("later")
    followed = select(later.c.number).where(
        later.c.board == aired_laps.c.board, later.c.start > aired_laps.c.start, later.c.start <= before
    )
    old = delete(aired_laps).where(aired_laps.c.start < before, followed.exists())
    with db.write() as conn:
        return conn.execute(old).rowcount
