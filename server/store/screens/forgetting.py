"""Deletes old receipts of notices, and selects the screenshots to keep; called by server.worker.retention."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select

from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.tables import notice_receipts, notices, screen_commands


def forget_receipts(db: Database, *, before: datetime) -> int:
    """Deletes the receipts of notices that ended before ``before``; returns how many."""
    over = select(notices.c.id).where(func.coalesce(notices.c.ended, notices.c.until) < before)
    return delete_where(db, notice_receipts, notice_receipts.c.notice.in_(over))


def kept_screenshots(db: Database, *, since: datetime) -> set[int]:
    """The ids of the commands whose screenshots must be kept: those sent since ``since``, and each screen's last."""
    wanted = screen_commands.c.name == "screenshot"
    newest = select(func.max(screen_commands.c.id)).where(wanted).group_by(screen_commands.c.screen)
    chosen = or_(screen_commands.c.created >= since, screen_commands.c.id.in_(newest))
    with db.read() as conn:
        return set(conn.execute(select(screen_commands.c.id).where(wanted, chosen)).scalars())
