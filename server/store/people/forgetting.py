"""Deletes old sign-ins, links, resets and messages; called by server.worker.retention. Audit records stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_

from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.tables import links, messages, resets, sign_ins


def forget_sign_ins(db: Database, *, before: datetime) -> int:
    """Deletes sign-ins that ended, or were last used, before ``before``; returns how many."""
    return delete_where(db, sign_ins, or_(sign_ins.c.ended < before, sign_ins.c.seen < before))


def forget_links(db: Database, *, before: datetime) -> int:
    """Deletes one-time links that expired before ``before``; returns how many."""
    return delete_where(db, links, links.c.until < before)


def forget_resets(db: Database, *, before: datetime) -> int:
    """Deletes resets requested before ``before`` that nobody has confirmed; returns how many."""
    return delete_where(db, resets, resets.c.asked < before)


def forget_messages(db: Database, *, before: datetime) -> int:
    """Deletes messages created before ``before``, except those still to be mailed; returns how many."""
    return delete_where(db, messages, (messages.c.created < before) & messages.c.due.is_(None))
