"""What screens have said, written in batches; called by live/receipts (save), the desk's reports and the worker.

``save`` is one transaction for thousands of receipts: what it acknowledges is on the disk. Said twice counts once: a
screen's plays come in the order of time, so what is not later than the last one kept is a repetition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from server.core.screens.proof import NoticeReceipt, Play, Proof, bits, fold, joined
from server.core.screens.screens import Link
from server.core.times import to_ms
from server.store.database.engine import Database
from server.store.tables import (
    columns_of,
    notice_receipts,
    notices,
    outages,
    plays,
    screen_commands,
    screen_links,
    screens,
    values_of,
)

KINDS = ("sent", "received", "shown", "ended")
_CHUNK = 300
_PROOFS = select(*columns_of(plays, Proof))


@dataclass(frozen=True, slots=True)
class Outage:
    """A screen that could not be reached; ``ended`` None while it cannot."""

    screen: int
    board: str
    begun: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One item on one day under one title, on all the boards that were asked about together."""

    item: str
    title: str
    day: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class NoticeState:
    """What one screen has said of one notice; None where it has not (yet)."""

    screen: int
    sent: datetime | None = None
    received: datetime | None = None
    shown: datetime | None = None
    ended: datetime | None = None


def save(
    db: Database,
    played: Sequence[Play],
    said: Sequence[NoticeReceipt],
    links: Sequence[Link],
    tests: Sequence[tuple[int, int, datetime]] = (),
) -> None:
    """Writes everything or, raising StoreError, nothing. ``tests`` are (command, screen, at) of silent tests."""
    with db.write() as conn:
        spoke = {play.screen for play in played} | {word.screen for word in said} | {link.screen for link in links}
        known = _known(conn, spoke)
        _save_links(conn, [link for link in links if link.screen in known])
        fresh = _fresh(conn, [play for play in played if play.screen in known])
        _save_proofs(conn, fold(fresh))
        _save_said(conn, [word for word in said if word.screen in known])
        _save_tests(conn, tests)


def _known(conn: Connection, ids: Collection[int]) -> set[int]:
    return {one for some in _chunks(sorted(ids)) for one in conn.execute(
        select(screens.c.id).where(screens.c.id.in_(some))
    ).scalars()}  # fmt: skip


def _fresh(conn: Connection, played: Sequence[Play]) -> list[Play]:
    """Those not yet counted, and the mark of each screen moved on to its last one."""
    marks: dict[int, int] = {}
    for some in _chunks(sorted({play.screen for play in played})):
        table = screen_links
        rows = conn.execute(select(table.c.screen, table.c.plays_until).where(table.c.screen.in_(some)))
        marks.update((row.screen, row.plays_until) for row in rows)
    before = dict(marks)
    once = {(play.screen, to_ms(play.at)): play for play in played}
    fresh = [play for (screen, at), play in once.items() if at > before.get(screen, 0)]
    if not fresh:
        return []
    for play in fresh:
        marks[play.screen] = max(marks.get(play.screen, 0), to_ms(play.at))
    moved = [{"key": one, "mark": mark} for one, mark in marks.items() if mark != before.get(one, 0)]
    marking = update(screen_links).where(screen_links.c.screen == bindparam("key"))
    _upsert_links(conn, [{"screen": play.screen, "up": True, "seen": play.at} for play in _first_of_each(fresh)])
    conn.execute(marking.values(plays_until=bindparam("mark")), moved)
    return fresh


def _first_of_each(played: Iterable[Play]) -> Iterable[Play]:
    return {play.screen: play for play in played}.values()


def _upsert_links(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """A row for each screen that has none."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(make(screen_links).on_conflict_do_nothing(), rows)


def _save_links(conn: Connection, links: Sequence[Link]) -> None:
    if not links:
        return
    make: Any = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    adding = make(screen_links)
    replaced = {name: adding.excluded[name] for name in ("up", "seen", "shown", "cold", "errors")}
    adding = adding.on_conflict_do_update(index_elements=["screen"], set_=replaced)
    conn.execute(adding, [values_of(link) for link in links])


def _save_proofs(conn: Connection, fresh: Sequence[Proof]) -> None:
    for some in _chunks(fresh):
        keys = [(proof.board, proof.day, proof.item) for proof in some]
        key = tuple_(plays.c.board, plays.c.day, plays.c.item)
        rows = conn.execute(_PROOFS.where(key.in_(keys)).with_for_update())
        held = {(row.board, row.day, row.item): Proof(**row._asdict()) for row in rows}
        new = [proof for proof in some if (proof.board, proof.day, proof.item) not in held]
        for proof in some:
            if (there := held.get((proof.board, proof.day, proof.item))) is not None:
                there.merge(proof)
        if new:
            conn.execute(plays.insert(), [values_of(proof) for proof in new])
        if held:
            _rewrite(conn, held.values())


def _rewrite(conn: Connection, proofs: Iterable[Proof]) -> None:
    changing = update(plays).where(
        plays.c.board == bindparam("k_board"), plays.c.day == bindparam("k_day"), plays.c.item == bindparam("k_item")
    )
    rows = []
    for proof in proofs:
        row = values_of(proof)
        rows.append({"k_board": row.pop("board"), "k_day": row.pop("day"), "k_item": row.pop("item"), **row})
    names = ("title", "count", "first", "last", "hours", "screens", "hashes")
    conn.execute(changing.values({name: bindparam(name) for name in names}), rows)


def _save_said(conn: Connection, said: Sequence[NoticeReceipt]) -> None:
    """The first word of each kind counts: said again, later, changes nothing."""
    make: Any = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    numbers = {word.notice for word in said}
    if not numbers:
        return
    there = set(conn.execute(select(notices.c.id).where(notices.c.id.in_(numbers))).scalars())
    for kind in KINDS:
        rows = {(w.notice, w.screen): w.at for w in reversed(said) if w.kind == kind and w.notice in there}
        if not rows:
            continue
        adding = make(notice_receipts)
        kept = func.coalesce(notice_receipts.c[kind], adding.excluded[kind])
        adding = adding.on_conflict_do_update(index_elements=["notice", "screen"], set_={kind: kept})
        conn.execute(adding, [{"notice": n, "screen": s, kind: at} for (n, s), at in sorted(rows.items())])


def _save_tests(conn: Connection, tests: Sequence[tuple[int, int, datetime]]) -> None:
    if not tests:
        return
    asked = screen_commands.c
    mine = (asked.id == bindparam("key")) & (asked.screen == bindparam("who")) & asked.answered.is_(None)
    answering = update(screen_commands).where(mine, asked.name == "test").values(answered=bindparam("at"))
    conn.execute(answering, [{"key": command, "who": screen, "at": at} for command, screen, at in tests])


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


# asked by reports


def links(db: Database, ids: Collection[int] | None = None) -> dict[int, Link]:
    """The last word of every screen that ever spoke, or of those that are named."""
    wanted = select(*columns_of(screen_links, Link))
    if ids is not None:
        wanted = wanted.where(screen_links.c.screen.in_(ids))
    with db.read() as conn:
        rows = conn.execute(wanted)
        return {row.screen: Link(**row._asdict()) for row in rows}


def of_notice(db: Database, notice: int) -> dict[int, NoticeState]:
    """By screen, what it has said of a notice."""
    wanted = select(*columns_of(notice_receipts, NoticeState)).where(notice_receipts.c.notice == notice)
    with db.read() as conn:
        return {row.screen: NoticeState(**row._asdict()) for row in conn.execute(wanted)}


def proofs(db: Database, *, boards: Collection[str], first: str, last: str, item: str = "") -> tuple[Proof, ...]:
    """Proof of play of these boards, days ``first`` to ``last`` (YYYY-MM-DD, both in), by day, board and time."""
    wanted = _PROOFS.where(_within(boards, first, last))
    if item:
        wanted = wanted.where(plays.c.item == item)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(plays.c.day, plays.c.board, plays.c.first))
        return tuple(Proof(**row._asdict()) for row in rows)


def totals(db: Database, *, boards: Collection[str], first: str, last: str) -> tuple[Total, ...]:
    """What ``proofs`` gives, summed over the boards by the database, by day and item."""
    by = plays.c.day, plays.c.item, plays.c.title
    sums = func.sum(plays.c.count), func.min(plays.c.first), func.max(plays.c.last)
    wanted = select(plays.c.item, plays.c.title, plays.c.day, *sums).where(_within(boards, first, last))
    with db.read() as conn:
        rows = conn.execute(wanted.group_by(*by).order_by(*by))
        return tuple(Total(*row) for row in rows)


def reach(
    db: Database, *, boards: Collection[str], first: str, last: str, items: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Item -> on how many of the boards it was shown in these days, and by how many screens."""
    # A board's bitmaps of all its days in one text; boards that say the same are then one row.
    bitmaps: ColumnElement[str] = (
        func.group_concat(func.hex(plays.c.screens).distinct())
        if db.dialect == "sqlite"
        else func.string_agg(func.encode(plays.c.screens, "hex").distinct(), literal(","))
    )
    each = select(plays.c.item, bitmaps.label("bitmaps")).where(_within(boards, first, last), plays.c.item.in_(items))
    of_boards = each.group_by(plays.c.item, plays.c.board).subquery()
    columns = of_boards.c.item, of_boards.c.bitmaps
    found: dict[str, tuple[int, int]] = {}
    with db.read() as conn:
        for item, said, count in conn.execute(select(*columns, func.count()).group_by(*columns)):
            whole = reduce(joined, map(bytes.fromhex, said.split(",")))
            on, by = found.get(item, (0, 0))
            found[item] = on + count, by + count * len(tuple(bits(whole)))
    return found


def _within(boards: Collection[str], first: str, last: str) -> ColumnElement[bool]:
    return and_(plays.c.board.in_(boards), plays.c.day.between(first, last))


def item_of(db: Database, board: str, hash: str, day: str) -> tuple[str, str] | None:
    """The item and title that a slide of a past lap belonged to, as far as an earlier proof of that board knows."""
    with db.read() as conn:
        earlier = _PROOFS.where(plays.c.board == board, plays.c.day <= day).order_by(plays.c.day.desc()).limit(500)
        rows = conn.execute(earlier)
        return next(((row.item, row.title) for row in rows if hash in row.hashes), None)


# outages


def note_outages(db: Database, now: datetime, after: timedelta) -> int:
    """Opens an outage for each screen not heard for ``after``, and ends those of screens heard again.

    Begins where the screen was heard last. Called once a minute by any server; gives the number of rows written.
    """
    with db.write() as conn:
        open_now = select(outages.c.screen).where(outages.c.ended.is_(None))
        lost = conn.execute(
            select(screens.c.id, screens.c.board, screen_links.c.seen)
            .join(screen_links, screen_links.c.screen == screens.c.id)
            .where(screens.c.revoked.is_(None), screen_links.c.seen < now - after, screens.c.id.not_in(open_now))
        ).all()
        if lost:
            rows = [{"screen": row.id, "board": row.board, "begun": row.seen} for row in lost]
            conn.execute(outages.insert(), rows)
        back = conn.execute(
            select(outages.c.id, screen_links.c.seen)
            .join(screen_links, screen_links.c.screen == outages.c.screen)
            .where(outages.c.ended.is_(None), screen_links.c.seen > outages.c.begun)
        ).all()
        for row in back:
            conn.execute(update(outages).where(outages.c.id == row.id).values(ended=row.seen))
        return len(lost) + len(back)


def outages_of(db: Database, boards: Collection[str], begin: datetime, end: datetime) -> tuple[Outage, ...]:
    """The outages of these boards' screens that touch [begin, end), in order."""
    wanted = select(*columns_of(outages, Outage)).where(
        outages.c.board.in_(boards), outages.c.begun < end, (outages.c.ended.is_(None)) | (outages.c.ended > begin)
    )
    with db.read() as conn:
        return tuple(Outage(**row._asdict()) for row in conn.execute(wanted.order_by(outages.c.begun)))


def forget(db: Database, *, plays_before: str, rest_before: datetime) -> int:
    """Drops proof of days before ``plays_before`` and outages before ``rest_before``; gives how many rows went."""
    with db.write() as conn:
        gone = conn.execute(delete(plays).where(plays.c.day < plays_before)).rowcount
        gone += conn.execute(delete(outages).where(outages.c.ended < rest_before)).rowcount
        return gone
