"""What operators queue, for an area and below; called by desk, command line and director."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from server.core.model import Announcement, Board, Window
from server.store import audit, revision, targets
from server.store.engine import Database
from server.store.errors import NotFound
from server.store.tables import announcements, columns_of, values_of

_ALL = select(*columns_of(announcements, Announcement))


def post(db: Database, announcement: Announcement, *, actor: str) -> Announcement:
    """Queue it, whatever its ``id`` was; gives it back with the id it got.

    Raises ValueError where its area or one of its boards is not known, or where no window lets it be shown.
    """
    if not announcement.windows:
        raise ValueError("an announcement without a window is shown to nobody")
    with db.write() as conn:
        targets.check_areas(conn, [announcement.area])
        targets.check_boards(conn, announcement.boards)
        row = values_of(announcement) | {"ends": _ends(announcement.windows)}
        del row["id"]
        made = conn.execute(insert(announcements).values(row).returning(announcements.c.id))
        posted = replace(announcement, id=made.scalar_one())
        _record(conn, "announcement.post", None, posted, actor, announcement.created)
        revision.bump(conn)
        return posted


def withdraw(db: Database, id: int, *, actor: str, now: datetime) -> Announcement:
    """Take it from every board; nothing is written where that was done already. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, id, lock=True)
        if before.state == "withdrawn":
            return before
        after = replace(before, state="withdrawn")
        conn.execute(update(announcements).where(announcements.c.id == id).values(state="withdrawn"))
        _record(conn, "announcement.withdraw", before, after, actor, now)
        revision.bump(conn)
        return after


def for_board(db: Database, board: Board, chain: Sequence[str], *, now: datetime) -> tuple[Announcement, ...]:
    """Those approved, not ended, and addressed to one of the areas of ``chain`` (the board's own and those above).

    Where an announcement names boards, only these. By position, oldest first.
    """
    ends = announcements.c.ends
    wanted = _ALL.where(
        announcements.c.area.in_(chain),
        announcements.c.state == "approved",
        announcements.c.template.is_(False),
        or_(ends.is_(None), ends > now),
    )
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(announcements.c.position, announcements.c.id))
        found = [Announcement(**row._asdict()) for row in rows]
    return tuple(each for each in found if not each.boards or board.slug in each.boards)


def get(db: Database, id: int) -> Announcement:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def all(db: Database) -> tuple[Announcement, ...]:
    """Every announcement in any state, newest first."""
    with db.read() as conn:
        rows = conn.execute(_ALL.order_by(announcements.c.id.desc()))
        return tuple(Announcement(**row._asdict()) for row in rows)


def _ends(windows: tuple[Window, ...]) -> datetime | None:
    ends = [window.until for window in windows if window.until is not None]
    return max(ends) if len(ends) == len(windows) else None


def _one(conn: Connection, id: int, *, lock: bool = False) -> Announcement:
    wanted = _ALL.where(announcements.c.id == id)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có thông báo số {id}")
    return Announcement(**row._asdict())


def _record(
    conn: Connection, act: str, before: Announcement | None, after: Announcement, actor: str, now: datetime
) -> None:
    subject = f"announcement/{after.id}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)
