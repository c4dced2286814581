"""Begins and ends panic mode in areas; called by server.content, desk and cli.

In panic mode every board of an area and of the areas below it shows the safe slide: only the names of board and area.
Panic mode lasts until somebody ends it. It is stored, not sent as a command to screens, so boards that are added and
screens that reconnect meanwhile show the safe slide too. The boards' own modes do not change, and apply again
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update

from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotLive
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.tables import columns_of, panics


@dataclass(frozen=True, slots=True)
class Panic:
    """One period of panic mode in the area with the slug ``area``; ``ended`` is None while it lasts."""

    id: int
    area: str
    begun: datetime
    begun_by: str
    ended: datetime | None = None
    ended_by: str = ""


_ON = select(*columns_of(panics, Panic)).where(panics.c.ended.is_(None)).order_by(panics.c.id)


def on(db: Database) -> tuple[Panic, ...]:
    """The periods of panic mode that have not ended, oldest first."""
    with db.read() as conn:
        return as_values(Panic, conn.execute(_ON))


@retry_on_deadlock
def begin(db: Database, area: str, *, actor: str, now: datetime) -> Panic:
    """Begin panic mode in an area; returns the new period.

    If panic mode was begun in this area before and has not ended, nothing is written and that period is returned.

    Raises ValueError for an unknown area.
    """
    with db.write() as conn:
        advisory_lock(conn, "panics")
        references.check_areas(conn, [area])
        row = conn.execute(_ON.where(panics.c.area == area).limit(1)).one_or_none()
        if row is not None:
            return as_value(Panic, row)
        made = conn.execute(insert(panics).values(area=area, begun=now, begun_by=actor).returning(panics.c.id))
        begun = Panic(made.scalar_one(), area, now, actor)
        audit.record(conn, actor=actor, act="area.panic", subject=f"area/{area}", before=None, after=begun, now=now)
        revision.bump(conn, revision.BOARDS)
        return begun


@retry_on_deadlock
def end(db: Database, area: str, *, actor: str, now: datetime) -> Panic:
    """End panic mode of an area; returns the period, now with its end.

    Raises NotLive if it was not begun in this very area, even if it is on in an area above.
    """
    with db.write() as conn:
        advisory_lock(conn, "panics")
        row = conn.execute(_ON.where(panics.c.area == area).limit(1)).one_or_none()
        if row is None:
            raise NotLive(f"Đơn vị {area!r} không ở trạng thái an toàn")
        before = as_value(Panic, row)
        after = replace(before, ended=now, ended_by=actor)
        # Earlier versions may have stored two periods for one area at the same time: end both.
        lasting = update(panics).where(panics.c.area == area, panics.c.ended.is_(None))
        conn.execute(lasting.values(ended=now, ended_by=actor))
        audit.record(conn, actor=actor, act="area.calm", subject=f"area/{area}", before=before, after=after, now=now)
        revision.bump(conn, revision.BOARDS)
        return after
