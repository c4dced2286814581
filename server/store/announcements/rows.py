"""Reads and writes rows of announcements in the caller's transaction, for announcements, recurring and replacing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from server.core import webhook_events
from server.core.announcements import recurrence
from server.core.model import Announcement, AnnouncementState
from server.store.audit import audit
from server.store.database import revision
from server.store.database.decoding import as_value
from server.store.database.errors import NotFound
from server.store.notifications import webhooks_outbox
from server.store.tables import announcements, columns_of, source_items, values_of

ALL = select(*columns_of(announcements, Announcement))
SHOWN: AnnouncementState = "approved"


def one(conn: Connection, id: int, *, lock: bool = False) -> Announcement:
    """The announcement with this id; ``lock`` keeps other transactions from changing its row. Raises NotFound."""
    wanted = ALL.where(announcements.c.id == id)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có thông báo số {id}")
    return as_value(Announcement, row)


def values_with_end(announcement: Announcement) -> dict[str, object]:
    """The column values of an announcement, including the derived column ``ends``."""
    return values_of(announcement) | {"ends": _ends(announcement)}


def _ends(announcement: Announcement) -> datetime | None:
    if announcement.recurrence is not None:
        return recurrence.ends(announcement.recurrence)
    ends = [window.until for window in announcement.windows if window.until is not None]
    return max(ends) if ends and len(ends) == len(announcement.windows) else None


def write(conn: Connection, act: str, before: Announcement, after: Announcement, actor: str, now: datetime) -> None:
    """Update the row of an announcement to ``after`` and add an audit record of ``act``."""
    conn.execute(update(announcements).where(announcements.c.id == after.id).values(values_with_end(after)))
    record(conn, act, before, after, actor, now)


def record(
    conn: Connection, act: str, before: Announcement | None, after: Announcement, actor: str, now: datetime
) -> None:
    """Add an audit record of ``act`` on an announcement, and tell webhooks whether boards may show it from now on."""
    subject = f"announcement/{after.id}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)
    webhooks_outbox.add(conn, webhook_events.of_announcement(before, after, now))


@dataclass(frozen=True, slots=True)
class _Unread:
    """The fields that the audit records for an announcement that cannot be read."""

    area: str
    state: str


def record_unread(conn: Connection, id: int, area: str, actor: str, now: datetime) -> None:
    """Like `record`, for the withdrawal of an announcement whose row cannot be read; webhooks get no title of it."""
    before, after = _Unread(area, "unreadable"), _Unread(area, "withdrawn")
    subject = f"announcement/{id}"
    audit.record(conn, actor=actor, act="announcement.withdraw", subject=subject, before=before, after=after, now=now)
    ended = webhook_events.Event("announcement.ended", f"announcement:{id}", now, areas=(area,))
    webhooks_outbox.add(conn, [ended])


def note_order(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """Note who has given an announcement its place, if it was made of a bulletin of the source information system."""
    mine = source_items.c.item == f"announcement:{id}"
    conn.execute(update(source_items).where(mine).values(ordered_by=actor, ordered=now))


def scopes(*changed: Announcement) -> list[str]:
    """The scopes for `revision.bump` after a change of these announcements: one for each area of theirs."""
    return sorted({revision.announcements_scope(each.area) for each in changed})


def with_windows(announcement: Announcement, now: datetime, days_off: Collection[date]) -> Announcement:
    """The announcement with the windows that its recurrence rule gives from ``now``; unchanged if it has no rule."""
    if announcement.recurrence is None:
        return announcement
    windows = recurrence.windows(announcement.recurrence, now=now, days_off=days_off)
    return replace(announcement, windows=windows)


def desk_link(id: int) -> str:
    """The path of an announcement's page at the desk, by which messages about it are stored and settled."""
    return f"/desk/queue/{id}"
