"""Panic mode: the safe slide on every board of an area and below, until ended; called by content, desk and cli.

It is state and not a command, so a board that is added and a screen that returns show the safe slide too. The boards'
own modes do not change, so they apply again when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update

from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import NotLive
from server.store.database.locks import advisory_lock
from server.store.tables import columns_of, panics


@dataclass(frozen=True, slots=True)
class Panic:
    """Panic mode of one area; ``ended`` is None while it lasts."""

    id: int
    area: str
    begun: datetime
    begun_by: str
    ended: datetime | None = None
    ended_by: str = ""


_ON = select(*columns_of(panics, Panic)).where(panics.c.ended.is_(None)).order_by(panics.c.id)


def on(db: Database) -> tuple[Panic, ...]:
    """Panic modes that have not ended, oldest first."""
    with db.read() as conn:
        return tuple(Panic(**row._asdict()) for row in conn.execute(_ON))


def begin(db: Database, area: str, *, actor: str, now: datetime) -> Panic:
    """Begin panic mode; writes nothing if this area is in it already. Raises ValueError for an unknown area."""
    with db.write() as conn:
        advisory_lock(conn, "panics")
        references.check_areas(conn, [area])
        row = conn.execute(_ON.where(panics.c.area == area).limit(1)).one_or_none()
        if row is not None:
            return Panic(**row._asdict())
        made = conn.execute(insert(panics).values(area=area, begun=now, begun_by=actor).returning(panics.c.id))
        begun = Panic(made.scalar_one(), area, now, actor)
        audit.record(conn, actor=actor, act="area.panic", subject=f"area/{area}", before=None, after=begun, now=now)
        revision.bump(conn, revision.BOARDS)
        return begun


def end(db: Database, area: str, *, actor: str, now: datetime) -> Panic:
    """End panic mode. Raises NotLive if this area itself is not in it."""
    with db.write() as conn:
        advisory_lock(conn, "panics")
        row = conn.execute(_ON.where(panics.c.area == area).limit(1)).one_or_none()
        if row is None:
            raise NotLive(f"Đơn vị {area!r} không ở trạng thái an toàn")
        before = Panic(**row._asdict())
        after = replace(before, ended=now, ended_by=actor)
        # A store of an earlier version may hold two of one area: end both.
        lasting = update(panics).where(panics.c.area == area, panics.c.ended.is_(None))
        conn.execute(lasting.values(ended=now, ended_by=actor))
        audit.record(conn, actor=actor, act="area.calm", subject=f"area/{area}", before=before, after=after, now=now)
        revision.bump(conn, revision.BOARDS)
        return after
