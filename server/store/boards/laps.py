"""Stores the current lap of each board and its past laps; called by live, content, desk, cli and processes.

The current lap is set by compare-and-swap, so that all servers show the same lap of a board. The desk's timeline
reads past laps; the worker deletes the oldest ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from server.store.database.engine import Database
from server.store.database.locks import insert_new, retry_on_deadlock
from server.store.tables import aired_laps, laps, values_of


@dataclass(frozen=True, slots=True)
class StoredLap:
    """A lap of the board with the slug ``board``, as JSON text in ``body``.

    ``number`` counts the laps of the board. ``revision`` counts changes of the board's state; it is at least 1 and
    only grows. ``start`` is in ms since 1970 UTC.
    """

    board: str
    number: int
    revision: int
    body: str
    start: int = 0


_LAP = select(laps.c.board, laps.c.number, laps.c.revision, laps.c.body)


def load(db: Database, board: str) -> StoredLap | None:
    """The current lap of the board with this slug, None before its first lap.

    ``start`` of the result is always 0, because only past laps are stored with their start.
    """
    with db.read() as conn:
        row = conn.execute(_LAP.where(laps.c.board == board)).one_or_none()
        return StoredLap(**row._asdict()) if row else None


@retry_on_deadlock
def save_all(db: Database, wanted: Sequence[tuple[StoredLap, int]]) -> list[bool]:
    """Replace the laps of several boards in one transaction, each only if its stored revision is the expected one.

    ``wanted`` are pairs of a lap and the expected revision, 0 for a board without a lap. Returns for each pair
    whether the lap was replaced: False if another server was first. The store's revision does not change, because it
    counts changes of the content from which laps are composed. Raises ValueError if a lap's revision is not higher
    than the expected one.
    """
    for lap, expected in wanted:
        if lap.revision <= expected:
            raise ValueError(f"revision {lap.revision} does not follow {expected}")
    agreed: dict[str, bool] = {}
    with db.write() as conn:
        # In the order of slugs, so that two servers cannot deadlock.
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
        _insert_aired(conn, lap)
    return agreed


def _insert_aired(conn: Connection, lap: StoredLap) -> None:
    """Add the lap to the past laps, unless it is there.

    The same lap is saved several times, because every notice raises the board's revision.
    """
    insert_new(conn, aired_laps, {"board": lap.board, "number": lap.number, "start": lap.start, "body": lap.body})


def aired(db: Database, board: str, *, since: int, until: int) -> tuple[str, ...]:
    """The JSON texts of the laps that ran in [since, until), in ms since 1970 UTC, earliest first.

    A lap runs from its start until the start of the next one. The first slide in the JSON text of a lap is the one
    that was on air when the lap started.
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
    """Delete past laps that ended before ``before`` (ms since 1970 UTC); returns how many.

    A lap ends when the next lap of its board starts, so the last one that started before ``before`` stays.
    """
    later = aired_laps.alias("later")
    followed = select(later.c.number).where(
        later.c.board == aired_laps.c.board, later.c.start > aired_laps.c.start, later.c.start <= before
    )
    old = delete(aired_laps).where(aired_laps.c.start < before, followed.exists())
    with db.write() as conn:
        return conn.execute(old).rowcount
