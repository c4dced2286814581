"""The silent weekly test: every screen is asked to draw one pixel and to say so; called by keeping and the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.screens import screens
from server.store.tables import screen_commands
from server.store.tables import screens as table

SYSTEM = "system"
_ASKED = screen_commands.c
_SYSTEMS = (_ASKED.name == "test") & (_ASKED.created_by == SYSTEM)


@dataclass(frozen=True, slots=True)
class Test:
    """One test as the audit keeps it."""

    screens: int
    until: datetime


def begin(db: Database, *, due: datetime, until: datetime, now: datetime) -> int:
    """Asks every screen in use, unless that was done since ``due``; gives how many were asked."""
    done = select(_ASKED.id).where(_SYSTEMS, _ASKED.created >= due).limit(1)
    with db.read() as conn:
        if conn.execute(done).one_or_none() is not None:
            return 0
    with db.write() as conn:
        advisory_lock(conn, "silent test")
        ids = conn.execute(select(table.c.id).where(table.c.revoked.is_(None), table.c.key_hash.is_not(None)))
        asked = list(ids.scalars())
        if not asked or conn.execute(done).one_or_none() is not None:
            return 0
        row = {"name": "test", "until": until, "number": screens.bump(conn), "created": now, "created_by": SYSTEM}
        conn.execute(insert(screen_commands), [{**row, "screen": id} for id in asked])
        kept = Test(len(asked), until)
        audit.record(conn, actor=SYSTEM, act="screen.test", subject="screens", before=None, after=kept, now=now)
        return len(asked)


def last(db: Database, ids: Collection[int]) -> tuple[datetime | None, dict[int, datetime | None]]:
    """When the last test was, and when each of these screens answered it (None: it has not)."""
    with db.read() as conn:
        newest = select(_ASKED.created).where(_SYSTEMS).order_by(_ASKED.created.desc()).limit(1)
        at = conn.execute(newest).scalar()
        rows = conn.execute(
            select(_ASKED.screen, _ASKED.answered).where(_SYSTEMS, _ASKED.created == at, _ASKED.screen.in_(ids))
        )
        return at, {row.screen: row.answered for row in rows}
