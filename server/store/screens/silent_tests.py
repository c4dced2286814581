"""The weekly silent test: every screen draws one pixel and reports it; called by worker.maintenance and the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from server.core.model import SYSTEM
from server.store import tables
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.screens import screens
from server.store.tables import screen_commands

_SCREENS = tables.screens
_COMMANDS = screen_commands.c
_IS_TEST = (_COMMANDS.name == "test") & (_COMMANDS.created_by == SYSTEM)


@dataclass(frozen=True, slots=True)
class _AuditedTest:
    """What the audit records of a test: to how many screens it was sent, and until when they may answer."""

    screens: int
    until: datetime


def begin(db: Database, *, due: datetime, until: datetime, now: datetime) -> int:
    """Send a test to every screen in use, unless one was sent since ``due``; returns to how many it was sent.

    A screen whose device has not fetched its key yet gets none. ``until`` is when the screens must have answered.
    """
    done = select(_COMMANDS.id).where(_IS_TEST, _COMMANDS.created >= due).limit(1)
    with db.read() as conn:
        if conn.execute(done).one_or_none() is not None:
            return 0
    with db.write() as conn:
        advisory_lock(conn, "silent test")
        ids = conn.execute(
            select(_SCREENS.c.id).where(_SCREENS.c.revoked.is_(None), _SCREENS.c.key_hash.is_not(None))
        )
        asked = list(ids.scalars())
        if not asked or conn.execute(done).one_or_none() is not None:
            return 0
        row = {"name": "test", "until": until, "number": screens.bump(conn), "created": now, "created_by": SYSTEM}
        conn.execute(insert(screen_commands), [{**row, "screen": id} for id in asked])
        after = _AuditedTest(len(asked), until)
        audit.record(conn, actor=SYSTEM, act="screen.test", subject="screens", before=None, after=after, now=now)
        return len(asked)


def last(db: Database, ids: Collection[int]) -> tuple[datetime | None, dict[int, datetime | None]]:
    """Return (when the last test was sent or None, a dict of screen id -> when the screen answered or None).

    The dict holds those of the screens ``ids`` to which that test was sent.
    """
    with db.read() as conn:
        newest = select(_COMMANDS.created).where(_IS_TEST).order_by(_COMMANDS.created.desc()).limit(1)
        at = conn.execute(newest).scalar()
        rows = conn.execute(
            select(_COMMANDS.screen, _COMMANDS.answered).where(
                _IS_TEST, _COMMANDS.created == at, _COMMANDS.screen.in_(ids)
            )
        )
        return at, {row.screen: row.answered for row in rows}
