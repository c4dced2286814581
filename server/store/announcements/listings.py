"""Lists templates, past versions, unreadable rows, and announcements by their state; called by desk and cli."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, or_, select

from server.core.model import Announcement, AnnouncementState
from server.store.announcements.announcements import get
from server.store.announcements.history import past_announcement
from server.store.database import damaged_rows
from server.store.database.damaged_rows import DamagedRow
from server.store.database.decoding import UnreadableRow, as_values
from server.store.database.engine import Database
from server.store.tables import announcement_versions, announcements, columns_of
from server.store.tables.columns import UNREADABLE

MOST = 1000
LOOKED_BACK = timedelta(days=90)
_ALL = select(*columns_of(announcements, Announcement))


@dataclass(frozen=True, slots=True)
class PastVersion:
    """An announcement as it was until the time ``replaced``, when the actor ``by`` changed it."""

    announcement: Announcement
    replaced: datetime
    by: str


def listed(
    db: Database, areas: Collection[str], *, now: datetime, ended: bool = True, most: int = MOST
) -> tuple[Announcement, ...]:
    """Return announcements of ``areas`` that have no end, or that end later or were created later than 90 days ago.

    They are in any state, without templates; at most ``most``, by position, then newest first. If ``ended`` is False,
    the announcements that `count_ended` counts are left out.
    """
    wanted = _ALL.where(*_listed(areas, now))
    if not ended:
        wanted = wanted.where(~_ended(now))
    return _read(db, wanted.order_by(announcements.c.position, announcements.c.id.desc()).limit(most))


def damaged(db: Database, areas: Collection[str], *, now: datetime) -> tuple[DamagedRow, ...]:
    """Return the rows that `listed` and boards leave out because they cannot be read; no withdrawn announcements."""
    wanted = *_listed(areas, now), announcements.c.state != "withdrawn"
    with db.read() as conn:
        return tuple(damaged_rows.of_table(conn, announcements, Announcement, "id", *wanted))


def count_ended(db: Database, areas: Collection[str], *, now: datetime) -> int:
    """The number of those announcements of `listed` that are approved, do not recur, and have ended."""
    with db.read() as conn:
        return conn.execute(select(func.count()).where(*_listed(areas, now), _ended(now))).scalar_one()


def _listed(areas: Collection[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    over = now - LOOKED_BACK
    alive = or_(announcements.c.ends.is_(None), announcements.c.ends > over, announcements.c.created > over)
    return announcements.c.area.in_(areas), announcements.c.template.is_(False), alive


def _ended(now: datetime) -> ColumnElement[bool]:
    """The SQL condition for the phase "ended" of ``workflow.phase``; false for announcements that recur."""
    past = and_(announcements.c.state == "approved", announcements.c.recurrence.is_(None))
    return and_(past, func.coalesce(announcements.c.ends <= now, false()))


def in_states(
    db: Database, areas: Collection[str], states: Collection[AnnouncementState]
) -> tuple[Announcement, ...]:
    """The announcements of ``areas`` in one of ``states``, without templates; oldest first, at most 1,000."""
    wanted = _ALL.where(
        announcements.c.area.in_(areas), announcements.c.template.is_(False), announcements.c.state.in_(states)
    )
    return _read(db, wanted.order_by(announcements.c.id).limit(MOST))


def ending(db: Database, areas: Collection[str], after: datetime, until: datetime) -> tuple[str, ...]:
    """The titles of approved announcements of ``areas`` whose last showing ends in (after, until], soonest first."""
    c = announcements.c
    wanted = select(c.title).where(
        c.area.in_(areas), c.template.is_(False), c.state == "approved", c.ends > after, c.ends <= until
    )
    with db.read() as conn:
        return tuple(conn.execute(wanted.order_by(c.ends, c.id).limit(MOST)).scalars())


def withdrawn(db: Database, areas: Collection[str], *, now: datetime, most: int) -> tuple[Announcement, ...]:
    """The newest ``most`` withdrawn announcements of ``areas`` that have no end or end later, newest first."""
    alive = or_(announcements.c.ends.is_(None), announcements.c.ends > now)
    wanted = _ALL.where(
        announcements.c.area.in_(areas), announcements.c.template.is_(False), announcements.c.state == "withdrawn",
        alive,
    )  # fmt: skip
    return _read(db, wanted.order_by(announcements.c.id.desc()).limit(most))


def any_promise(db: Database, now: datetime) -> bool:
    """Whether there is an announcement that boards must show at intervals prescribed by law (``longest_gap``).

    Only approved announcements that have not ended count.
    """
    alive = or_(announcements.c.ends.is_(None), announcements.c.ends > now)
    wanted = exists().where(announcements.c.state == "approved", announcements.c.longest_gap.is_not(None), alive)
    with db.read() as conn:
        found: bool = conn.execute(select(wanted)).scalar_one()
        return found


def templates(db: Database, areas: Collection[str]) -> tuple[Announcement, ...]:
    """The templates of ``areas``, without withdrawn ones, ordered by title."""
    wanted = _ALL.where(
        announcements.c.area.in_(areas), announcements.c.template.is_(True), announcements.c.state != "withdrawn"
    )
    return _read(db, wanted.order_by(announcements.c.title).limit(MOST))


def using(db: Database, hash: str) -> tuple[Announcement, ...]:
    """Return announcements in any state with the file of this hash as an attachment; newest first, at most 1,000."""
    named = cast(announcements.c.attachments, String).contains(hash, autoescape=True)
    return _read(db, _ALL.where(named).order_by(announcements.c.id.desc()).limit(MOST))


def versions(db: Database, id: int) -> tuple[PastVersion, ...]:
    """The past versions of an announcement, oldest first, without unreadable ones. Raises NotFound.

    Empty if the announcement was never changed.
    """
    current = get(db, id)
    wanted = select(announcement_versions).where(announcement_versions.c.announcement == id)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(announcement_versions.c.version))
        found = ((_past(current, row.version, row.body), row) for row in rows)
        return tuple(
            PastVersion(past, row.replaced, row.by) for past, row in found if past and row.replaced is not UNREADABLE
        )


def at_version(db: Database, id: int, version: int) -> Announcement | None:
    """An announcement as it was in ``version``, None if that version is missing or unreadable. Raises NotFound."""
    current = get(db, id)
    if current.version == version:
        return current
    key = (announcement_versions.c.announcement == id) & (announcement_versions.c.version == version)
    with db.read() as conn:
        row = conn.execute(select(announcement_versions.c.body).where(key)).one_or_none()
        return _past(current, version, row.body) if row else None


def _past(current: Announcement, version: int, body: object) -> Announcement | None:
    try:
        return past_announcement(current, version, body)
    except UnreadableRow:
        return None


def _read(db: Database, wanted: Select[*tuple[object, ...]]) -> tuple[Announcement, ...]:
    with db.read() as conn:
        return as_values(Announcement, conn.execute(wanted))
