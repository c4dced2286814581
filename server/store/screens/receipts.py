"""Stores receipts, plays and connection states of screens in batches; called by live.screens, desk and cli.

``save`` writes thousands of receipts in one transaction; the server acknowledges them to the screens afterwards. A
receipt that a screen sends again counts once: a screen sends its plays in the order of time, so a play that is not
later than the last counted play of that screen is a repetition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_, update

from server.core.notices.order import reaches
from server.core.screens.proof import NoticeReceipt, Play, fold
from server.core.screens.screens import LIVE_FOR, Link
from server.core.times import to_ms
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values, unreadable
from server.store.database.engine import Database
from server.store.database.locks import dialect_insert, retry_on_deadlock
from server.store.screens import plays
from server.store.tables import (
    areas,
    boards,
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
    """When one notice was sent to one screen, and when the screen received, showed and ended it.

    ``screen`` is the screen's id; a time is None if it has not been reported.
    """

    screen: int
    sent: datetime | None = None
    received: datetime | None = None
    shown: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A screen in a list: ``up`` and ``seen`` as in its `Link`, None if it never connected."""

    id: int
    name: str
    board: str
    up: bool | None
    seen: datetime | None

    def live(self, now: datetime) -> bool:
        """True if the screen was connected within the last `LIVE_FOR`."""
        return bool(self.up) and self.seen is not None and now - self.seen <= LIVE_FOR


@retry_on_deadlock
def save(
    db: Database,
    played: Sequence[Play],
    receipts: Sequence[NoticeReceipt],
    links: Sequence[Link],
    tests: Sequence[tuple[int, int, datetime]] = (),
) -> int:
    """Write plays, receipts of notices, connection states and answers to silent tests in one transaction.

    ``tests`` are tuples (id of the command, id of the screen, time of the answer). Rows for unknown screens, notices
    or commands are ignored, and so are receipts of notices that were not meant for the screen; returns the number of
    the latter. Raises StoreError, and then writes nothing.
    """
    with db.write() as conn:
        sent_by = {one.screen for one in played} | {one.screen for one in receipts} | {one.screen for one in links}
        known = _known(conn, sent_by)
        _save_links(conn, [link for link in links if link.screen in known])
        fresh = _fresh(conn, [play for play in played if play.screen in known])
        plays.add(conn, fold(fresh))
        reached, foreign = _reached(conn, [one for one in receipts if one.screen in known])
        _save_receipts(conn, reached)
        _save_tests(conn, tests)
        return foreign


def _known(conn: Connection, ids: Collection[int]) -> set[int]:
    return {one for some in chunks(sorted(ids)) for one in conn.execute(
        select(screens.c.id).where(screens.c.id.in_(some))
    ).scalars()}  # fmt: skip


def _fresh(conn: Connection, played: Sequence[Play]) -> list[Play]:
    """The plays that are not counted yet. Sets ``plays_until`` of each screen to its last play, in ms since 1970."""
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
    conn.execute(marking, [{"key": screen, "mark": mark} for screen, mark in sorted(last.items())])
    return fresh


def _insert_missing_links(conn: Connection, played: Iterable[Play]) -> None:
    one_of_each = {play.screen: play for play in played}.values()
    rows = [
        {"screen": play.screen, "up": True, "seen": play.at}
        for play in sorted(one_of_each, key=lambda play: play.screen)
    ]
    conn.execute(dialect_insert(conn, screen_links).on_conflict_do_nothing(), rows)


def _save_links(conn: Connection, links: Sequence[Link]) -> None:
    if not links:
        return
    adding = dialect_insert(conn, screen_links)
    replaced = {name: adding.excluded[name] for name in ("up", "seen", "shown", "cold", "errors")}
    adding = adding.on_conflict_do_update(index_elements=["screen"], set_=replaced)
    conn.execute(adding, [values_of(link) for link in sorted(links, key=lambda link: link.screen)])


class _Target(NamedTuple):
    """The columns of a notice that decide which boards it reaches; both hold slugs."""

    areas: tuple[str, ...]
    boards: tuple[str, ...]


def _reached(conn: Connection, receipts: Sequence[NoticeReceipt]) -> tuple[list[NoticeReceipt], int]:
    """Returns (receipts of notices that were meant for the screen, number of receipts of other notices).

    A notice was meant for a screen if a server sent it to the screen, or if it reaches the screen's board: the screen
    may have got it by HTTP or from another server. Receipts of unknown notices are in neither.
    """
    numbers = {one.notice for one in receipts}
    targets = {
        row.id: _Target(row.areas, row.boards)
        for some in chunks(sorted(numbers))
        for row in conn.execute(select(notices.c.id, notices.c.areas, notices.c.boards).where(notices.c.id.in_(some)))
    }
    known = [one for one in receipts if one.notice in targets]
    if not known:
        return [], 0
    sent = {(one.notice, one.screen) for one in known if one.kind == "sent"}
    unsure = [one for one in known if (one.notice, one.screen) not in sent]
    places = _places(conn, {one.screen for one in unsure})
    foreign = {
        (one.notice, one.screen)
        for one in unsure
        if not reaches(targets[one.notice], *places.get(one.screen, ("", ())))
    }
    foreign -= _sent_before(conn, foreign)
    reached = [one for one in known if (one.notice, one.screen) not in foreign]
    return reached, len(known) - len(reached)


def _places(conn: Connection, ids: Collection[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Return id of a screen -> (slug of its board, slugs of the board's area and of all areas above)."""
    if not ids:
        return {}
    parents = {row.slug: row.parent for row in conn.execute(select(areas.c.slug, areas.c.parent))}
    found: dict[int, tuple[str, tuple[str, ...]]] = {}
    for some in chunks(sorted(ids)):
        wanted = select(screens.c.id, screens.c.board, boards.c.area).join(boards, boards.c.slug == screens.c.board)
        for row in conn.execute(wanted.where(screens.c.id.in_(some))):
            chain: list[str] = []
            area: str | None = row.area
            while area is not None and area not in chain:
                chain.append(area)
                area = parents.get(area)
            found[row.id] = row.board, tuple(chain)
    return found


def _sent_before(conn: Connection, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of the pairs (id of a notice, id of a screen) for which a receipt of the kind "sent" is stored.

    The notices of ``pairs`` do not reach the board that the screen shows now. With such a receipt the notice did
    reach the screen, for example before the screen was moved to this board.
    """
    table, found = notice_receipts, set()
    for some in chunks(sorted(pairs)):
        key = tuple_(table.c.notice, table.c.screen)
        rows = conn.execute(select(table.c.notice, table.c.screen).where(key.in_(some), table.c.sent.is_not(None)))
        found |= {(row.notice, row.screen) for row in rows}
    return found


def _save_receipts(conn: Connection, receipts: Sequence[NoticeReceipt]) -> None:
    """Store the time of each receipt, unless a time of the same kind, notice and screen is stored already."""
    for kind in KINDS:
        times = {(one.notice, one.screen): one.at for one in reversed(receipts) if one.kind == kind}
        rows = [{"notice": notice, "screen": screen, kind: at} for (notice, screen), at in sorted(times.items())]
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
    conn.execute(answering, [{"key": command, "who": screen, "at": at} for command, screen, at in sorted(tests)])


def links(db: Database, ids: Collection[int] | None = None) -> dict[int, Link]:
    """Return id of a screen -> its connection state, of all screens or of ``ids``.

    Screens that never connected are left out.
    """
    wanted = select(*columns_of(screen_links, Link))
    if ids is not None:
        wanted = wanted.where(screen_links.c.screen.in_(ids))
    with db.read() as conn:
        rows = conn.execute(wanted)
        return {one.screen: one for one in as_values(Link, rows)}


def heard(db: Database, of: Collection[str], *, id: int | None = None) -> tuple[Heard, ...]:
    """The screens in use on boards of the areas ``of`` (slugs), ordered by board and slot.

    With ``id``, only that screen, if it is one of them. Reads only what a list of screens shows: there may be
    thousands of them.
    """
    wanted = (
        select(*columns_of(screens, Heard), screen_links.c.up, screen_links.c.seen)
        .join(boards, boards.c.slug == screens.c.board)
        .outerjoin(screen_links, screen_links.c.screen == screens.c.id)
        .where(boards.c.area.in_(of), boards.c.retired.is_(False), screens.c.revoked.is_(None))
    )
    if id is not None:
        wanted = wanted.where(screens.c.id == id)
    with db.read() as conn:
        return as_values(Heard, conn.execute(wanted.order_by(screens.c.board, screens.c.slot)))


def of_notices(db: Database, ids: Collection[int]) -> dict[int, dict[int, NoticeTimes]]:
    """Return id of a notice -> id of a screen -> times of that notice on that screen; only notices with receipts."""
    found: dict[int, dict[int, NoticeTimes]] = {}
    with db.read() as conn:
        for some in chunks(sorted(ids)):
            wanted = select(notice_receipts.c.notice.label("about"), *columns_of(notice_receipts, NoticeTimes))
            for row in conn.execute(wanted.where(notice_receipts.c.notice.in_(some))):
                values = row._asdict()
                about = values.pop("about")
                if not unreadable(NoticeTimes, values):
                    found.setdefault(about, {})[row.screen] = NoticeTimes(**values)
    return found


def of_notice(db: Database, notice: int) -> dict[int, NoticeTimes]:
    """Return id of a screen -> times of this notice on that screen; only screens with receipts of it."""
    wanted = select(*columns_of(notice_receipts, NoticeTimes)).where(notice_receipts.c.notice == notice)
    with db.read() as conn:
        return {one.screen: one for one in as_values(NoticeTimes, conn.execute(wanted))}


def connected(db: Database, now: datetime) -> dict[str, int]:
    """Return board -> number of its screens that are connected and not lent to a meeting; no entry for 0."""
    with db.read() as conn:
        return _counts(conn, _connected(now))


def showing(db: Database, notice: int, now: datetime) -> dict[str, int]:
    """Return board -> number of its connected screens that have painted the notice and not reported its end.

    Boards without such screens are left out.
    """
    mine = notice_receipts.c
    painted = (mine.notice == notice) & mine.shown.is_not(None) & mine.ended.is_(None)
    wanted = _connected(now).join(notice_receipts, mine.screen == screens.c.id).where(painted)
    with db.read() as conn:
        return _counts(conn, wanted)


def _connected(now: datetime) -> Select[str, int]:
    """The query for (board, number of its screens that are connected at ``now`` by the rule of `Link.live`)."""
    live = screen_links.c.up.is_(True) & (screen_links.c.seen >= now - LIVE_FOR)
    here = screens.c.revoked.is_(None) & (screens.c.handed_until.is_(None) | (screens.c.handed_until <= now))
    counted = select(screens.c.board, func.count()).join(screen_links, screen_links.c.screen == screens.c.id)
    return counted.where(live, here).group_by(screens.c.board)


def _counts(conn: Connection, wanted: Select[str, int]) -> dict[str, int]:
    return {str(board): int(count) for board, count in conn.execute(wanted)}
