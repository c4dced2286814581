"""Stores outages: the times in which a screen could not be reached; called by worker.maintenance and the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, insert, select, update

from server.core.webhook_events import Event, EventKind, instant_text
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.notifications import webhooks_outbox
from server.store.tables import columns_of, outages, screen_links, screens

_LASTING = (outages.c.id, outages.c.screen, outages.c.board, outages.c.begun, screens.c.name)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a screen (``screen`` is its id) could not be reached; ``ended`` is None while it lasts.

    ``board`` is the board to which the screen belonged when the outage began.
    """

    screen: int
    board: str
    begun: datetime
    ended: datetime | None = None


def note(db: Database, now: datetime, after: timedelta) -> int:
    """Begin an outage for each screen that has sent nothing for ``after``; end those of screens that send again.

    An outage begins at the screen's last message. It also ends when the screen is revoked, because a revoked device
    sends nothing more. Webhooks are told of both. Returns how many outages began or ended.
    """
    with db.write() as conn:
        lasting = select(outages.c.screen).where(outages.c.ended.is_(None))
        lost = conn.execute(
            select(screens.c.id, screens.c.name, screens.c.board, screen_links.c.seen)
            .join(screen_links, screen_links.c.screen == screens.c.id)
            .where(screens.c.revoked.is_(None), screen_links.c.seen < now - after, screens.c.id.not_in(lasting))
        ).all()
        if lost:
            rows = [{"screen": row.id, "board": row.board, "begun": row.seen} for row in lost]
            conn.execute(insert(outages), rows)
        back = conn.execute(
            select(*_LASTING, screen_links.c.seen)
            .join(screens, screens.c.id == outages.c.screen)
            .join(screen_links, screen_links.c.screen == outages.c.screen)
            .where(outages.c.ended.is_(None), screen_links.c.seen > outages.c.begun)
        ).all()
        revoked = conn.execute(
            select(*_LASTING, screens.c.revoked.label("seen"))
            .join(screens, screens.c.id == outages.c.screen)
            .where(outages.c.ended.is_(None), screens.c.revoked.is_not(None))
        ).all()
        ended = {row.id: row for row in (*revoked, *back)}
        for id, row in ended.items():
            conn.execute(update(outages).where(outages.c.id == id).values(ended=row.seen))
        heard = {row.id for row in back}
        events = [_event("screen.dark", row.id, row, row.seen) for row in lost]
        for id, row in ended.items():
            reason = {} if id in heard else {"reason": "removed"}
            events.append(_event("screen.back", row.screen, row, row.begun, **reason))
        webhooks_outbox.add(conn, events)
        return len(lost) + len(ended)


def _event(kind: EventKind, screen: int, row: Row[*tuple[object, ...]], since: datetime, **details: object) -> Event:
    details = {"since": instant_text(since), **details}
    return Event(kind, f"screen:{screen}", row.seen, row.name, boards=(row.board,), details=details)


@dataclass(frozen=True, slots=True)
class DarkScreen:
    """A screen that cannot be reached now. ``board`` is the slug of the board to which it belongs now."""

    screen: int
    name: str
    board: str
    begun: datetime


def lasting(db: Database) -> tuple[DarkScreen, ...]:
    """The screens in use that cannot be reached now, ordered by the beginning of their outage."""
    wanted = (
        select(outages.c.screen, screens.c.name, screens.c.board, outages.c.begun)
        .join(screens, screens.c.id == outages.c.screen)
        .where(outages.c.ended.is_(None), screens.c.revoked.is_(None))
    )
    with db.read() as conn:
        return as_values(DarkScreen, conn.execute(wanted.order_by(outages.c.begun, outages.c.screen)))


def watched(db: Database) -> dict[str, int]:
    """Slug of a board -> how many of its screens in use have ever connected, so that an outage would be noticed."""
    wanted = (
        select(screens.c.board, func.count())
        .join(screen_links, screen_links.c.screen == screens.c.id)
        .where(screens.c.revoked.is_(None))
        .group_by(screens.c.board)
    )
    with db.read() as conn:
        return {str(board): int(count) for board, count in conn.execute(wanted)}


def of_boards(db: Database, boards: Collection[str], begin: datetime, end: datetime) -> tuple[Outage, ...]:
    """The outages of screens of these boards that overlap [begin, end), ordered by their beginning."""
    wanted = select(*columns_of(outages, Outage)).where(
        outages.c.board.in_(boards), outages.c.begun < end, (outages.c.ended.is_(None)) | (outages.c.ended > begin)
    )
    with db.read() as conn:
        return as_values(Outage, conn.execute(wanted.order_by(outages.c.begun)))


def forget(db: Database, *, before: datetime) -> int:
    """Delete outages that ended before ``before``; returns how many."""
    with db.write() as conn:
        return conn.execute(delete(outages).where(outages.c.ended < before)).rowcount
