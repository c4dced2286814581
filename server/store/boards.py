"""Boards as they are now: what config seeded and the desk changed; called by director, desk and command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.core.model import Board, Mode
from server.store import audit, revision
from server.store.engine import Database
from server.store.errors import NotFound
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
    """Light, darken or calm a board; nothing is written where it is so already. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, slug, lock=True)
        if before.mode == mode:
            return before
        after = replace(before, mode=mode)
        conn.execute(update(boards).where(boards.c.slug == slug).values(mode=mode))
        audit.record(
            conn, actor=actor, act="board.mode", subject=f"board/{slug}", before=before, after=after, now=now
        )
        revision.bump(conn)
        return after


def _one(conn: Connection, slug: str, *, lock: bool = False) -> Board:
    wanted = _KNOWN.where(boards.c.slug == slug)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có bảng tin {slug!r}")
    return Board(**row._asdict())
