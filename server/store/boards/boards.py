"""Reads and changes boards, which come from config.toml or the desk; called by most packages of server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update

from server.core.model import Board, Lane, Mode, Source, ThemeDays
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.decoding import UnreadableRow, as_value, as_values, with_damage
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive, StoreRefusal
from server.store.database.locks import retry_on_deadlock
from server.store.database.seeding import retire_from_desk, save_from_desk
from server.store.tables import boards, columns_of

MOST_LANES = 60
"""The most lanes of a board that is changed at the desk, whose form shows no more."""
_KNOWN = select(*columns_of(boards, Board)).where(boards.c.retired.is_(False))


def all(db: Database) -> tuple[Board, ...]:
    """Return every board that is not retired, in the order of config.toml.

    A board with unreadable values has the defaults in their place and the mode "safe", so that its screens show the
    safe slide and notices instead of an error. A board whose slug, name or area is unreadable is left out.
    """
    with db.read() as conn:
        return in_use(conn)


def in_use(conn: Connection) -> tuple[Board, ...]:
    """Like `all`, in the caller's transaction."""
    read = (_or_safe(row) for row in conn.execute(_KNOWN.order_by(boards.c.position)))
    return tuple(one for one in read if one is not None)


def find(db: Database, slug: str) -> Board | None:
    """Return the board in use with this slug, with unreadable values as in `all`; None if `all` has no such board."""
    with db.read() as conn:
        row = conn.execute(_KNOWN.where(boards.c.slug == slug)).one_or_none()
        return None if row is None else _or_safe(row)


def _or_safe(row: Row[*tuple[object, ...]]) -> Board | None:
    try:
        found, damaged = with_damage(Board, row)
    except UnreadableRow:
        return None
    return replace(found, mode="safe") if damaged else found


@dataclass(frozen=True, slots=True)
class BoardLanes:
    """The lanes of the board ``slug``."""

    slug: str
    lanes: tuple[Lane, ...]


def lanes(db: Database) -> tuple[BoardLanes, ...]:
    """The lanes of every board in use, in the order of config.toml; boards whose lanes are unreadable are left out.

    A sixth of the work of `all`, which reads every setting.
    """
    wanted = select(*columns_of(boards, BoardLanes)).where(boards.c.retired.is_(False))
    with db.read() as conn:
        return as_values(BoardLanes, conn.execute(wanted.order_by(boards.c.position)))


def count_by_area(db: Database) -> dict[str, int]:
    """Return slug of an area -> how many boards in use belong to it, without those of the areas below it."""
    known = select(boards.c.area, func.count()).where(boards.c.retired.is_(False)).group_by(boards.c.area)
    with db.read() as conn:
        return {str(area): int(count) for area, count in conn.execute(known)}


def get(db: Database, slug: str) -> Board:
    """The board in use with this slug. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, slug)


@retry_on_deadlock
def set_mode(db: Database, slug: str, mode: Mode, *, actor: str, now: datetime) -> Board:
    """Set a board's mode: "on", "dark" (a black screen) or "safe" (a slide with its name only).

    Writes nothing if the board is already in that mode. Raises NotFound.
    """
    with db.write() as conn:
        before = _one(conn, slug, lock=True)
        if before.mode == mode:
            return before
        after = replace(before, mode=mode)
        conn.execute(update(boards).where(boards.c.slug == slug).values(mode=mode))
        _record(conn, "board.mode", slug, before, after, actor, now)
        revision.bump(conn, revision.BOARDS)
        return after


@retry_on_deadlock
def save(db: Database, board: Board, *, actor: str, now: datetime) -> Board:
    """Insert the board, or replace the one with its slug; returns it. From now on config.toml does not change it.

    Raises ValueError for an unknown area or source, NotLive for the slug of a removed board. That slug must not be
    given to another board, because links, announcements and printed QR codes name it; `bring_back` restores the
    removed board.
    """
    with db.write() as conn:
        references.check_areas(conn, [board.area])
        references.check_sources(conn, [lane.source for lane in board.lanes])
        before = _find(conn, board.slug)
        if before == board:
            return board
        if before is None and (gone := _removed(conn, board.slug)) is not None:
            raise NotLive(f"Địa chỉ {board.slug!r} là của bảng tin «{gone.name}» đã bỏ")
        save_from_desk(conn, boards, board)
        _record(conn, "board.save", board.slug, before, board, actor, now)
        revision.bump(conn, revision.BOARDS)
        return board


@retry_on_deadlock
def add_days(db: Database, slugs: Collection[str], days: Iterable[ThemeDays], *, actor: str, now: datetime) -> int:
    """Add ``days``, themes for some dates, to the boards ``slugs``; returns how many boards changed.

    Unlike after `save`, config.toml still changes the other settings of these boards.
    """
    wanted, changed = tuple(days), 0
    with db.write() as conn:
        for before in as_values(
            Board, conn.execute(_KNOWN.where(boards.c.slug.in_(slugs)).with_for_update(key_share=True))
        ):
            after = replace(before, days=(*before.days, *(one for one in wanted if one not in before.days)))
            if after != before:
                conn.execute(update(boards).where(boards.c.slug == before.slug).values(days=after.days))
                _record(conn, "board.save", before.slug, before, after, actor, now)
                changed += 1
        if changed:
            revision.bump(conn, revision.BOARDS)
    return changed


@retry_on_deadlock
def remove(db: Database, slug: str, *, actor: str, now: datetime) -> None:
    """Retire a board, even if config.toml still names it. Raises NotFound.

    Its past laps and proof of play are kept.
    """
    with db.write() as conn:
        before = _one(conn, slug, lock=True)
        retire_from_desk(conn, boards, slug)
        _record(conn, "board.remove", slug, before, None, actor, now)
        revision.bump(conn, revision.BOARDS)


def removed(db: Database, slug: str) -> Board | None:
    """The removed board with this slug; None if there is none or the board is in use."""
    with db.read() as conn:
        return _removed(conn, slug)


@retry_on_deadlock
def bring_back(db: Database, slug: str, *, actor: str, now: datetime) -> Board:
    """Put a removed board back in use, unchanged; config.toml does not change it from now on.

    Raises NotFound if no removed board has this slug, ValueError if its area does not exist any more.
    """
    with db.write() as conn:
        board = _removed(conn, slug)
        if board is None:
            raise NotFound(f"Không có bảng tin đã bỏ {slug!r}")
        references.check_areas(conn, [board.area])
        save_from_desk(conn, boards, board)
        _record(conn, "board.bring_back", slug, None, board, actor, now)
        revision.bump(conn, revision.BOARDS)
        return board


@retry_on_deadlock
def set_lanes(
    db: Database, lane: Lane, add: Collection[str], drop: Collection[str] = (), *, actor: str, now: datetime
) -> int:
    """Like `set_lanes_in`, in a transaction of its own."""
    with db.write() as conn:
        return set_lanes_in(conn, lane, add, drop, actor=actor, now=now)


def set_lanes_in(
    conn: Connection, lane: Lane, add: Collection[str], drop: Collection[str] = (), *, actor: str, now: datetime
) -> int:
    """Append ``lane`` to the boards ``add`` and remove the lane of its source from the boards ``drop``.

    Returns how many boards changed; config.toml does not change these from now on. A board in ``add`` that already
    has a lane of this source stays unchanged. Raises ValueError for an unknown source, StoreRefusal if a board would
    have more than MOST_LANES lanes.
    """
    references.check_sources(conn, [lane.source])
    changed = 0
    listed = _KNOWN.where(boards.c.slug.in_({*add, *drop})).order_by(boards.c.slug)
    for before in as_values(Board, conn.execute(listed.with_for_update(key_share=True))):
        after = _with_lane(before, lane) if before.slug in add else _without_lane(before, lane.source)
        if after.lanes == before.lanes:
            continue
        save_from_desk(conn, boards, after)
        _record(conn, "board.save", before.slug, before, after, actor, now)
        changed += 1
    if changed:
        revision.bump(conn, revision.BOARDS)
    return changed


def adding(usual: Lane, slugs: Collection[str], *, actor: str, now: datetime) -> Callable[[Connection, Source], None]:
    """Return a function for `sources.add` that appends a lane of the new source to the boards ``slugs``.

    The lane has the limits of ``usual``. The function raises like `set_lanes_in`.
    """

    def add(conn: Connection, source: Source) -> None:
        set_lanes_in(conn, replace(usual, source=source.slug), slugs, actor=actor, now=now)

    return add


def _with_lane(board: Board, lane: Lane) -> Board:
    if any(one.source == lane.source for one in board.lanes):
        return board
    if len(board.lanes) >= MOST_LANES:
        raise StoreRefusal(
            f"Bảng tin «{board.name}» hiện nhiều nhất {MOST_LANES} nguồn tin. Hãy bỏ bớt nguồn ở bảng ấy rồi làm lại."
        )
    return replace(board, lanes=(*board.lanes, lane))


def _without_lane(board: Board, source: str) -> Board:
    return replace(board, lanes=tuple(one for one in board.lanes if one.source != source))


def _record(
    conn: Connection, act: str, slug: str, before: Board | None, after: Board | None, actor: str, now: datetime
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"board/{slug}", before=before, after=after, now=now)


def _find(conn: Connection, slug: str) -> Board | None:
    row = conn.execute(_KNOWN.where(boards.c.slug == slug).with_for_update(key_share=True)).one_or_none()
    return as_value(Board, row) if row else None


def _removed(conn: Connection, slug: str) -> Board | None:
    gone = select(*columns_of(boards, Board)).where(boards.c.slug == slug, boards.c.retired.is_(True))
    row = conn.execute(gone).one_or_none()
    return as_value(Board, row) if row else None


def _one(conn: Connection, slug: str, *, lock: bool = False) -> Board:
    wanted = _KNOWN.where(boards.c.slug == slug)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có bảng tin {slug!r}")
    return as_value(Board, row)
