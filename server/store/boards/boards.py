"""Boards, seeded from config and changed at the desk; called by content, the desk and the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.core.model import Board, Mode, ThemeDays
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.seeding import retire_from_desk, save_from_desk
from server.store.tables import boards, columns_of

_KNOWN = select(*columns_of(boards, Board)).where(boards.c.retired.is_(False))


def all(db: Database) -> tuple[Board, ...]:
    """Every board in use, in the order of config."""
    with db.read() as conn:
        return tuple(Board(**row._asdict()) for row in conn.execute(_KNOWN.order_by(boards.c.position)))


def get(db: Database, slug: str) -> Board:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, slug)


def set_mode(db: Database, slug: str, mode: Mode, *, actor: str, now: datetime) -> Board:
    """Set a board's mode: on, dark or safe; writes nothing if it has it already. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, slug, lock=True)
        if before.mode == mode:
            return before
        after = replace(before, mode=mode)
        conn.execute(update(boards).where(boards.c.slug == slug).values(mode=mode))
        _record(conn, "board.mode", slug, before, after, actor, now)
        revision.bump(conn, revision.BOARDS)
        return after


def save(db: Database, board: Board, *, actor: str, now: datetime) -> Board:
    """Insert or replace the board of that slug; from now on config.toml does not change it.

    Raises ValueError for an unknown area, or an unknown source of a lane.
    """
    with db.write() as conn:
        references.check_areas(conn, [board.area])
        references.check_sources(conn, [lane.source for lane in board.lanes])
        before = _find(conn, board.slug)
        if before == board:
            return board
        save_from_desk(conn, boards, board)
        _record(conn, "board.save", board.slug, before, board, actor, now)
        revision.bump(conn, revision.BOARDS)
        return board


def add_days(db: Database, slugs: Collection[str], days: Iterable[ThemeDays], *, actor: str, now: datetime) -> int:
    """Add themes by date to several boards; returns how many changed. Config still changes these boards."""
    wanted, changed = tuple(days), 0
    with db.write() as conn:
        for row in conn.execute(_KNOWN.where(boards.c.slug.in_(slugs)).with_for_update()).all():
            before = Board(**row._asdict())
            after = replace(before, days=(*before.days, *(one for one in wanted if one not in before.days)))
            if after != before:
                conn.execute(update(boards).where(boards.c.slug == before.slug).values(days=after.days))
                _record(conn, "board.save", before.slug, before, after, actor, now)
                changed += 1
        if changed:
            revision.bump(conn, revision.BOARDS)
    return changed


def remove(db: Database, slug: str, *, actor: str, now: datetime) -> None:
    """Retire a board; what it has shown is kept. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, slug, lock=True)
        retire_from_desk(conn, boards, slug)
        _record(conn, "board.remove", slug, before, None, actor, now)
        revision.bump(conn, revision.BOARDS)


def _record(
    conn: Connection, act: str, slug: str, before: Board | None, after: Board | None, actor: str, now: datetime
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"board/{slug}", before=before, after=after, now=now)


def _find(conn: Connection, slug: str) -> Board | None:
    row = conn.execute(_KNOWN.where(boards.c.slug == slug).with_for_update()).one_or_none()
    return Board(**row._asdict()) if row else None


def _one(conn: Connection, slug: str, *, lock: bool = False) -> Board:
    wanted = _KNOWN.where(boards.c.slug == slug)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có bảng tin {slug!r}")
    return Board(**row._asdict())
