"""Stores proof of play, which counts how often each board has shown each item on each day.

Called by store.screens.receipts, the desk and the worker. There is one row per board, item and day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from server.core.screens.proof import Proof, bits, joined
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import dialect_insert
from server.store.tables import columns_of, play_days, plays, values_of

_PROOFS = select(*columns_of(plays, Proof))


@dataclass(frozen=True, slots=True)
class PlayTotal:
    """The plays of one item under one title on one day (YYYY-MM-DD), summed over several boards.

    ``count`` is the number of plays, ``first`` and ``last`` are the times of the first and the last play.
    """

    item: str
    title: str
    day: str
    count: int
    first: datetime
    last: datetime


def add(conn: Connection, fresh: Sequence[Proof]) -> None:
    """Add the counts of ``fresh`` to the stored rows of the same board, day and item; insert missing rows.

    Runs in the caller's transaction.
    """
    for some in chunks(sorted(fresh, key=_key)):
        key = tuple_(plays.c.board, plays.c.day, plays.c.item)
        rows = conn.execute(
            _PROOFS.where(key.in_([_key(proof) for proof in some]))
            .order_by(plays.c.board, plays.c.day, plays.c.item)
            .with_for_update(key_share=True)
        )
        found = rows.all()
        stored = {_key(proof): proof for proof in as_values(Proof, found)}
        # An unreadable row is overwritten: its counts are lost anyway, and it must not make the whole batch fail.
        damaged = {(row.board, row.day, row.item) for row in found} - stored.keys()
        new = [proof for proof in some if _key(proof) not in stored and _key(proof) not in damaged]
        for proof in some:
            if (existing := stored.get(_key(proof))) is not None:
                existing.merge(proof)
            elif _key(proof) in damaged:
                stored[_key(proof)] = proof
        if new:
            conn.execute(insert(plays), [values_of(proof) for proof in new])
        if stored:
            _rewrite(conn, stored.values())
    _add_to_days(conn, fresh)


def _add_to_days(conn: Connection, fresh: Sequence[Proof]) -> None:
    """Add the counts of ``fresh`` to the sums of each board and day."""
    sums: dict[tuple[str, str], list[int]] = {}
    for proof in fresh:
        whole = sums.setdefault((proof.board, proof.day), [0, 0])
        whole[0] += proof.count
        whole[1] += proof.milliseconds
    rows = [
        {"board": board, "day": day, "count": count, "milliseconds": milliseconds}
        for (board, day), (count, milliseconds) in sorted(sums.items())
    ]
    if rows:
        adding = dialect_insert(conn, play_days)
        more = {name: play_days.c[name] + adding.excluded[name] for name in ("count", "milliseconds")}
        conn.execute(adding.on_conflict_do_update(index_elements=["board", "day"], set_=more), rows)


def ever_shown(db: Database, items: Collection[str]) -> frozenset[str]:
    """Return those of ``items`` (keys such as "announcement:7") for which proof of play is stored."""
    found: set[str] = set()
    with db.read() as conn:
        for some in chunks(sorted(items)):
            found.update(conn.execute(select(plays.c.item).where(plays.c.item.in_(some)).distinct()).scalars())
    return frozenset(found)


def _key(proof: Proof) -> tuple[str, str, str]:
    return proof.board, proof.day, proof.item


def _rewrite(conn: Connection, proofs: Iterable[Proof]) -> None:
    changing = update(plays).where(
        plays.c.board == bindparam("k_board"), plays.c.day == bindparam("k_day"), plays.c.item == bindparam("k_item")
    )
    rows = []
    for proof in sorted(proofs, key=_key):
        row = values_of(proof)
        rows.append({"k_board": row.pop("board"), "k_day": row.pop("day"), "k_item": row.pop("item"), **row})
    names = ("title", "count", "first", "last", "hours", "screens", "hashes", "milliseconds")
    conn.execute(changing.values({name: bindparam(name) for name in names}), rows)


def proofs(db: Database, *, boards: Collection[str], first: str, last: str, item: str = "") -> tuple[Proof, ...]:
    """Return proof of play of these boards on the days ``first`` to ``last`` (YYYY-MM-DD, inclusive).

    Ordered by day, board and first play. With ``item``, only of that item ("announcement:12").
    """
    wanted = _PROOFS.where(_within(boards, first, last))
    if item:
        wanted = wanted.where(plays.c.item == item)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(plays.c.day, plays.c.board, plays.c.first))
        return as_values(Proof, rows)


def totals(db: Database, *, boards: Collection[str], first: str, last: str) -> tuple[PlayTotal, ...]:
    """Like `proofs`, but the database sums the rows over all these boards; ordered by day, item and title."""
    by = plays.c.day, plays.c.item, plays.c.title
    sums = (
        func.sum(plays.c.count).label("count"),
        func.min(plays.c.first).label("first"),
        func.max(plays.c.last).label("last"),
    )
    wanted = select(plays.c.item, plays.c.title, plays.c.day, *sums).where(_within(boards, first, last))
    with db.read() as conn:
        rows = conn.execute(wanted.group_by(*by).order_by(*by))
        return as_values(PlayTotal, rows)


def reach(
    db: Database, *, boards: Collection[str], first: str, last: str, items: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Return item ("announcement:7") -> (number of these boards that showed it, number of their screens that did).

    The days are ``first`` to ``last`` (YYYY-MM-DD, inclusive). Items without plays on them are left out.
    """
    # All bitmaps of an item on a board as one text. The query below then groups boards whose bitmaps are equal, so
    # that few rows are read.
    bitmaps: ColumnElement[str] = (
        func.group_concat(func.hex(plays.c.screens).distinct())
        if db.dialect == "sqlite"
        else func.string_agg(func.encode(plays.c.screens, "hex").distinct(), literal(","))
    )
    each = select(plays.c.item, bitmaps.label("bitmaps")).where(_within(boards, first, last), plays.c.item.in_(items))
    by_board = each.group_by(plays.c.item, plays.c.board).subquery()
    columns = by_board.c.item, by_board.c.bitmaps
    found: dict[str, tuple[int, int]] = {}
    with db.read() as conn:
        for item, hexes, count in conn.execute(select(*columns, func.count()).group_by(*columns)):
            whole = reduce(joined, map(bytes.fromhex, hexes.split(",")))
            board_count, screen_count = found.get(item, (0, 0))
            found[item] = board_count + count, screen_count + count * len(tuple(bits(whole)))
    return found


def _within(boards: Collection[str], first: str, last: str) -> ColumnElement[bool]:
    return and_(plays.c.board.in_(boards), plays.c.day.between(first, last))


def forget(db: Database, *, before: str) -> int:
    """Delete the rows of days before ``before`` (YYYY-MM-DD); returns how many."""
    with db.write() as conn:
        conn.execute(delete(play_days).where(play_days.c.day < before))
        return conn.execute(delete(plays).where(plays.c.day < before)).rowcount
