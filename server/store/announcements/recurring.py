"""Updates the coming windows (times on boards) of recurring announcements; the worker calls it every 10 minutes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from server.core.announcements import recurrence
from server.core.model import SYSTEM, Announcement, Window
from server.store.announcements import rows
from server.store.database import revision
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import announcements

RENEWED_AHEAD = timedelta(days=28)


def renew(db: Database, now: datetime, days_off: Collection[date] = ()) -> tuple[int, ...]:
    """Rewrite the windows of approved announcements whose windows of the next 28 days differ from their rule.

    ``days_off`` are days off in addition to public holidays; a rule may exclude both kinds. Returns the ids of the
    announcements that differed.
    """
    wanted = rows.ALL.where(announcements.c.state == rows.SHOWN, announcements.c.recurrence.is_not(None))
    with db.read() as conn:
        found = as_values(Announcement, conn.execute(wanted.order_by(announcements.c.id)))
    stale = [one.id for one in found if _is_stale(one, now, days_off)]
    for id in stale:
        _renew(db, id, now, days_off)
    return tuple(stale)


def _is_stale(one: Announcement, now: datetime, days_off: Collection[date]) -> bool:
    if one.recurrence is None:
        return False
    until = now + RENEWED_AHEAD
    wanted = recurrence.windows(one.recurrence, now=now, days_off=days_off)
    return _starting(wanted, now, until) != _starting(one.windows, now, until)


def _starting(windows: Sequence[Window], since: datetime, until: datetime) -> list[Window]:
    return [one for one in windows if since <= one.start < until]


def _renew(db: Database, id: int, now: datetime, days_off: Collection[date]) -> None:
    with db.write() as conn:
        before = rows.one(conn, id, lock=True)
        if before.state == rows.SHOWN and _is_stale(before, now, days_off):
            after = rows.with_windows(before, now, days_off)
            rows.write(conn, "announcement.renew", before, after, SYSTEM, now)
            revision.bump(conn, *rows.scopes(after))
