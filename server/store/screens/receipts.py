"""Receipts and states that screens send, written in batches; called by live.screens (save) and the desk.

``save`` is one transaction for thousands of receipts: what it acknowledges is committed. Repeated receipts count
once: a screen sends its plays in the order of time, so a play that is not later than its last one is a repetition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from server.core.screens.proof import NoticeReceipt, Play, fold
from server.core.screens.screens import Link
from server.core.times import to_ms
from server.store.database.chunks import chunks
from server.store.database.engine import Database
from server.store.database.locks import dialect_insert
from server.store.screens import plays
from server.store.tables import (
    columns_of,
    notice_receipts,
    notices,
    screen_commands,
    screen_links,
    screens,
    values_of,
)

KINDS = ("sent", "received", "shown", "ended")


@dataclass(frozen=True, slots=True)
class NoticeTimes:
    """When one screen was sent, received, showed and ended one notice; None for what it has not reported."""

    screen: int
    sent: datetime | None = None
    received: datetime | None = None
    shown: datetime | None = None
    ended: datetime | None = None


def save(
    db: Database,
    played: Sequence[Play],
    receipts: Sequence[NoticeReceipt],
    links: Sequence[Link],
    tests: Sequence[tuple[int, int, datetime]] = (),
) -> None:
    """Write all or, raising StoreError, nothing; ``tests`` are (command, screen, at) of silent tests.

    Rows of unknown screens, notices and commands are ignored.
    """
    with db.write() as conn:
        sent_by = {one.screen for one in played} | {one.screen for one in receipts} | {one.screen for one in links}
        known = _known(conn, sent_by)
        _save_links(conn, [link for link in links if link.screen in known])
        fresh = _fresh(conn, [play for play in played if play.screen in known])
        plays.add(conn, fold(fresh))
        _save_receipts(conn, [one for one in receipts if one.screen in known])
        _save_tests(conn, tests)


def _known(conn: Connection, ids: Collection[int]) -> set[int]:
    return {one for some in chunks(sorted(ids)) for one in conn.execute(
        select(screens.c.id).where(screens.c.id.in_(some))
    ).scalars()}  # fmt: skip


def _fresh(conn: Connection, played: Sequence[Play]) -> list[Play]:
    """The plays not counted yet; sets each screen's ``plays_until`` to the time of its last play."""
    counted_until: dict[int, int] = {}
    table = screen_links
    for some in chunks(sorted({play.screen for play in played})):
        rows = conn.execute(select(table.c.screen, table.c.plays_until).where(table.c.screen.in_(some)))
        counted_until.update((row.screen, row.plays_until) for row in rows)
    once = {(play.screen, to_ms(play.at)): play for play in played}
    fresh = [play for (screen, at), play in once.items() if at > counted_until.get(screen, 0)]
    if not fresh:
        return []
    last: dict[int, int] = {}
    for play in fresh:
        last[play.screen] = max(last.get(play.screen, 0), to_ms(play.at))
    _insert_missing_links(conn, fresh)
    marking = update(table).where(table.c.screen == bindparam("key")).values(plays_until=bindparam("mark"))
    conn.execute(marking, [{"key": screen, "mark": mark} for screen, mark in last.items()])
    return fresh


def _insert_missing_links(conn: Connection, played: Iterable[Play]) -> None:
    one_of_each = {play.screen: play for play in played}.values()
    rows = [{"screen": play.screen, "up": True, "seen": play.at} for play in one_of_each]
    conn.execute(dialect_insert(conn, screen_links).on_conflict_do_nothing(), rows)


def _save_links(conn: Connection, links: Sequence[Link]) -> None:
    if not links:
        return
    adding = dialect_insert(conn, screen_links)
    replaced = {name: adding.excluded[name] for name in ("up", "seen", "shown", "cold", "errors")}
    adding = adding.on_conflict_do_update(index_elements=["screen"], set_=replaced)
    conn.execute(adding, [values_of(link) for link in links])


def _save_receipts(conn: Connection, receipts: Sequence[NoticeReceipt]) -> None:
    """Store the time of each receipt, unless one of the same kind, notice and screen is stored already."""
    numbers = {one.notice for one in receipts}
    if not numbers:
        return
    known = set(conn.execute(select(notices.c.id).where(notices.c.id.in_(numbers))).scalars())
    for kind in KINDS:
        times = {(one.notice, one.screen): one.at for one in reversed(receipts) if one.kind == kind}
        rows = [
            {"notice": notice, "screen": screen, kind: at}
            for (notice, screen), at in sorted(times.items())
            if notice in known
        ]
        if not rows:
            continue
        adding = dialect_insert(conn, notice_receipts)
        first = func.coalesce(notice_receipts.c[kind], adding.excluded[kind])
        conn.execute(adding.on_conflict_do_update(index_elements=["notice", "screen"], set_={kind: first}), rows)


def _save_tests(conn: Connection, tests: Sequence[tuple[int, int, datetime]]) -> None:
    if not tests:
        return
    asked = screen_commands.c
    mine = (asked.id == bindparam("key")) & (asked.screen == bindparam("who")) & asked.answered.is_(None)
    answering = update(screen_commands).where(mine, asked.name == "test").values(answered=bindparam("at"))
    conn.execute(answering, [{"key": command, "who": screen, "at": at} for command, screen, at in tests])


def links(db: Database, ids: Collection[int] | None = None) -> dict[int, Link]:
    """The last reported state of every screen, or of the screens ``ids``; none for a screen that never connected."""
    wanted = select(*columns_of(screen_links, Link))
    if ids is not None:
        wanted = wanted.where(screen_links.c.screen.in_(ids))
    with db.read() as conn:
        rows = conn.execute(wanted)
        return {row.screen: Link(**row._asdict()) for row in rows}


def of_notice(db: Database, notice: int) -> dict[int, NoticeTimes]:
    """Screen -> the times that it has reported of a notice."""
    wanted = select(*columns_of(notice_receipts, NoticeTimes)).where(notice_receipts.c.notice == notice)
    with db.read() as conn:
        return {row.screen: NoticeTimes(**row._asdict()) for row in conn.execute(wanted)}
