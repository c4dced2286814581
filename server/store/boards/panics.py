"""The panic button: the safe slide everywhere below an area, until it is ended; called by desk and command line.

State and not a command: a board that comes later, or a screen that returns, is calm as well. The boards' own modes
stay as they are, so ending it puts nothing right or wrong.
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
    """One pressing of the button, ``ended`` None while it holds."""

    id: int
    area: str
    begun: datetime
    begun_by: str
    ended: datetime | None = None
    ended_by: str = ""


_ON = select(*columns_of(panics, Panic)).where(panics.c.ended.is_(None)).order_by(panics.c.id)


def on(db: Database) -> tuple[Panic, ...]:
    """Those that hold, the first one first."""
    with db.read() as conn:
        return tuple(Panic(**row._asdict()) for row in conn.execute(_ON))


def begin(db: Database, area: str, *, actor: str, now: datetime) -> Panic:
    """Nothing is written where it holds for this very area already. Raises ValueError for an unknown area."""
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
    """Back to the programme. Raises NotLive where none holds for this very area."""
    with db.write() as conn:
        advisory_lock(conn, "panics")
        row = conn.execute(_ON.where(panics.c.area == area).limit(1)).one_or_none()
        if row is None:
            raise NotLive(f"Đơn vị {area!r} không ở trạng thái an toàn")
        before = Panic(**row._asdict())
        after = replace(before, ended=now, ended_by=actor)
        # A store of an earlier version may hold two of one area: the button must end whatever it shows.
        open_ones = update(panics).where(panics.c.area == area, panics.c.ended.is_(None))
        conn.execute(open_ones.values(ended=now, ended_by=actor))
        audit.record(conn, actor=actor, act="area.calm", subject=f"area/{area}", before=before, after=after, now=now)
        revision.bump(conn, revision.BOARDS)
        return after
