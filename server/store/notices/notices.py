"""Priority and urgent notices: posted, cleared, expired; called by content, the desk and the command line.

The steps of a draft, corrections and new ends are in server.store.notices.actions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from server.core.model import Notice, NoticeState
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import columns_of, notices, values_of

SYSTEM = "system"  # the actor in the audit of changes that no person made

_ALL = select(*columns_of(notices, Notice))


def post(db: Database, notice: Notice, *, actor: str, now: datetime, notify: Iterable[Message] = ()) -> Notice:
    """Put it on air (state ``live``) or store it for a second editor (``drafted``); returns it with its id.

    ``notify`` are messages about it; "{id}" in their links becomes its id. Raises ValueError if it has no area or an
    unknown one, if its end has passed, or for any other state.
    """
    if notice.state not in ("live", "drafted"):
        raise ValueError(f"a notice begins live or drafted, not {notice.state}")
    if notice.until <= now:
        raise ValueError("Thời hạn của tin đã qua")
    with db.write() as conn:
        references.check_areas(conn, notice.areas)
        posted = add(conn, notice)
        act = "notice.post" if notice.state == "live" else "notice.draft"
        record(conn, act, None, posted, actor, now)
        messages.queue(conn, messages.numbered(notify, posted.id), now)
        if posted.state == "live":
            revision.bump(conn, revision.NOTICES)
        return posted


def clear(db: Database, id: int, *, actor: str, now: datetime) -> Notice:
    """End it early. Raises NotFound; NotLive if it is a draft or has ended."""
    with db.write() as conn:
        before = one(conn, id, lock=True)
        if before.state != "live" or before.until <= now:
            raise NotLive(f"Tin khẩn số {id} không còn hiệu lực hoặc chưa phát")
        after = replace(before, state="cleared", ended=now)
        change(conn, "notice.clear", before, after, actor, now)
        revision.bump(conn, revision.NOTICES)
        return after


def get(db: Database, id: int) -> Notice:
    """Raises NotFound."""
    with db.read() as conn:
        return one(conn, id)


def live(db: Database, now: datetime) -> tuple[Notice, ...]:
    """Notices on air at ``now``, oldest first."""
    on_air = _ALL.where(notices.c.state == "live", notices.c.until > now).order_by(notices.c.id)
    with db.read() as conn:
        return tuple(Notice(**row._asdict()) for row in conn.execute(on_air))


def expire_due(db: Database, now: datetime) -> tuple[Notice, ...]:
    """Mark live notices whose end has passed as expired; returns them, oldest first."""
    due = _ALL.where(notices.c.state == "live", notices.c.until <= now).order_by(notices.c.id)
    with db.read() as conn:
        if conn.execute(due.limit(1)).one_or_none() is None:
            return ()  # nearly always: the write lock is not taken
    with db.write() as conn:
        ended = [Notice(**row._asdict()) for row in conn.execute(due.with_for_update())]
        expired = [replace(notice, state="expired", ended=notice.until) for notice in ended]
        for before, after in zip(ended, expired, strict=True):
            change(conn, "notice.expire", before, after, SYSTEM, now)
        if expired:
            revision.bump(conn, revision.NOTICES)
        return tuple(expired)


def all(db: Database, *, states: Collection[NoticeState], most: int = 200) -> tuple[Notice, ...]:
    """Notices in one of ``states``, newest first."""
    wanted = _ALL.where(notices.c.state.in_(states)).order_by(notices.c.id.desc()).limit(most)
    with db.read() as conn:
        return tuple(Notice(**row._asdict()) for row in conn.execute(wanted))


def between(db: Database, since: datetime, until: datetime) -> tuple[Notice, ...]:
    """Notices that were on air at some time in [since, until), in the order they were issued."""
    end = func.coalesce(notices.c.ended, notices.c.until)
    shown = notices.c.state.in_(("live", "corrected", "cleared", "expired"))
    wanted = _ALL.where(shown, notices.c.issued < until, end > since, end > notices.c.issued)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(notices.c.issued, notices.c.id))
        return tuple(Notice(**row._asdict()) for row in rows)


# called by server.store.notices.actions in its transactions


def add(conn: Connection, notice: Notice) -> Notice:
    """Insert a notice, ignoring its ``id``; returns it with its new id."""
    row = values_of(notice)
    del row["id"]
    made = conn.execute(insert(notices).values(row).returning(notices.c.id))
    return replace(notice, id=made.scalar_one())


def change(conn: Connection, act: str, before: Notice, after: Notice, actor: str, now: datetime) -> Notice:
    """Update the row to ``after``, with its audit record."""
    row = values_of(after)
    del row["id"]
    conn.execute(update(notices).where(notices.c.id == before.id).values(row))
    record(conn, act, before, after, actor, now)
    return after


def one(conn: Connection, id: int, *, lock: bool = False) -> Notice:
    """The notice; ``lock`` keeps other transactions from changing its row. Raises NotFound."""
    wanted = _ALL.where(notices.c.id == id)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin khẩn số {id}")
    return Notice(**row._asdict())


def record(conn: Connection, act: str, before: Notice | None, after: Notice, actor: str, now: datetime) -> None:
    """Add an audit record of ``act`` on a notice."""
    subject = f"notice/{after.id}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)
