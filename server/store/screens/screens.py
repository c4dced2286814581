"""Screens and the commands sent to them; called by live.screens, the desk and the command line.

Every change increments ``store.screens_revision`` and stores the new number in its row, so that a server that polls
that number sees within a tick what another process changed. Pairing is in server.store.screens.pairing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Select, func, insert, select, update

from server.core.screens.screens import Command, CommandName, Screen
from server.store import tables
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import insert_new
from server.store.tables import columns_of, screen_commands, screen_places, screens, values_of

# How long the command that ends a hand-over is sent to a guard that was offline.
TAKE_BACK_LIFETIME = timedelta(hours=1)
_STORE = tables.store
_ALL = select(*columns_of(screens, Screen))
_COMMANDS = select(*columns_of(screen_commands, Command))


@dataclass(frozen=True, slots=True)
class _AuditedCommand:
    """What the audit records of a command."""

    name: str
    until: datetime


def current(db: Database) -> int:
    """The number of the last change: one row by its key, cheap enough for ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(select(_STORE.c.screens_revision)).scalar_one()
        return found


def bump(conn: Connection) -> int:
    """Count one change and return its number.

    Call it first in a transaction, so that numbers follow the order of commits.
    """
    counted = update(_STORE).values(screens_revision=_STORE.c.screens_revision + 1)
    found: int = conn.execute(counted.returning(_STORE.c.screens_revision)).scalar_one()
    return found


def all(db: Database, boards: Collection[str] | None = None) -> tuple[Screen, ...]:
    """Every screen that is not revoked, by board and slot; with ``boards``, only theirs."""
    wanted = _ALL.where(screens.c.revoked.is_(None)).order_by(screens.c.board, screens.c.slot)
    if boards is not None:
        wanted = wanted.where(screens.c.board.in_(boards))
    with db.read() as conn:
        return _read(conn, wanted)


def changed_since(db: Database, number: int) -> tuple[Screen, ...]:
    """Screens that changed after change ``number``, revoked ones included; all of them for 0."""
    with db.read() as conn:
        return _read(conn, _ALL.where(screens.c.changed > number))


def get(db: Database, id: int) -> Screen:
    """Raises NotFound."""
    with db.read() as conn:
        return one(conn, id)


def describe(db: Database, id: int, *, name: str, phone: str, notes: str, actor: str, now: datetime) -> Screen:
    """Set name, telephone and notes. Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, name=name, phone=phone, notes=notes, changed=number)
        return update_row(conn, "screen.edit", before, after, actor, now)


def move(db: Database, id: int, board: str, *, actor: str, now: datetime) -> Screen:
    """Move a screen to another board, into a new slot. Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        if before.board == board:
            return before
        after = replace(before, board=board, slot=next_slot(conn, board), changed=number)
        take_place(conn, after, now)
        return update_row(conn, "screen.move", before, after, actor, now)


def revoke(db: Database, id: int, *, actor: str, now: datetime) -> Screen:
    """Make a screen's key invalid; every server disconnects it at its next tick. Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, revoked=now, changed=number)
        return update_row(conn, "screen.revoke", before, after, actor, now)


def hand_over(db: Database, id: int, until: datetime | None, *, actor: str, now: datetime) -> Screen:
    """Hand the screen over to a meeting until a time, or end the handover (None). Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, handed_until=until, changed=number)
        name: CommandName = "takeback" if until is None else "handover"
        _insert_command(conn, after, name, until or now + TAKE_BACK_LIFETIME, number, actor, now)
        return update_row(conn, f"screen.{name}", before, after, actor, now)


def send(
    db: Database, ids: Iterable[int], name: CommandName, *, until: datetime, actor: str, now: datetime
) -> tuple[Command, ...]:
    """Send a command to screens; one that is offline gets it if it returns before ``until``.

    Raises NotFound or NotLive, and then no screen gets it.
    """
    with db.write() as conn:
        number = bump(conn)
        asked = tuple(_insert_command(conn, in_use(conn, id), name, until, number, actor, now) for id in ids)
        for command in asked:
            audit.record(
                conn, actor=actor, act=f"screen.{name}", subject=f"screen/{command.screen}",
                before=None, after=_AuditedCommand(name, until), now=now,
            )  # fmt: skip
        return asked


def commands_since(db: Database, number: int, now: datetime) -> tuple[Command, ...]:
    """Commands sent after change ``number`` that have not expired, in order."""
    wanted = _COMMANDS.where(screen_commands.c.number > number, screen_commands.c.until > now)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(screen_commands.c.id))
        return tuple(Command(**row._asdict()) for row in rows)


def mark_answered(db: Database, command: int, screen: int, *, now: datetime) -> None:
    """Store that a screenshot has arrived. Raises NotFound if no command requested it from this screen."""
    table = screen_commands
    with db.write() as conn:
        done = conn.execute(
            update(table)
            .where(table.c.id == command, table.c.screen == screen, table.c.name == "screenshot")
            .values(answered=now)
            .returning(table.c.id)
        )
        if done.one_or_none() is None:
            raise NotFound(f"Không ai hỏi ảnh số {command} của màn hình này")


def slot_history(db: Database, boards: Collection[str]) -> dict[str, dict[int, list[tuple[int, str]]]]:
    """Board -> slot -> the screens (id, name) that were ever in that slot, the first one first."""
    table = screen_places
    wanted = select(table.c.board, table.c.slot, screens.c.id, screens.c.name)
    wanted = wanted.join(screens, screens.c.id == table.c.screen).where(table.c.board.in_(boards))
    found: dict[str, dict[int, list[tuple[int, str]]]] = {}
    with db.read() as conn:
        for row in conn.execute(wanted.order_by(table.c.board, table.c.slot, table.c.since)):
            found.setdefault(row.board, {}).setdefault(row.slot, []).append((row.id, row.name))
    return found


def screenshot_target(db: Database, command: int) -> int | None:
    """The screen that this screenshot command was sent to; None if there is no such command."""
    table = screen_commands
    with db.read() as conn:
        return conn.execute(
            select(table.c.screen).where(table.c.id == command, table.c.name == "screenshot")
        ).scalar()


def screenshots(db: Database, ids: Collection[int]) -> dict[int, tuple[int, datetime | None]]:
    """Screen -> its last screenshot: id of the command and when it arrived; None while none has arrived."""
    table = screen_commands
    wanted = select(table.c.screen, table.c.id, table.c.answered).where(
        table.c.name == "screenshot", table.c.screen.in_(ids)
    )
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(table.c.id)).all()
    found: dict[int, tuple[int, datetime | None]] = {}
    for row in rows:
        if row.answered is not None or row.screen not in found or found[row.screen][1] is None:
            found[row.screen] = (row.id, row.answered)
    return found


# called by server.store.screens.pairing in its transactions too


def one(conn: Connection, id: int) -> Screen:
    """A screen, revoked or not. Raises NotFound."""
    row = conn.execute(_ALL.where(screens.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có màn hình số {id}")
    return Screen(**row._asdict())


def in_use(conn: Connection, id: int) -> Screen:
    """A screen that is not revoked. Raises NotFound, NotLive."""
    found = one(conn, id)
    if found.revoked is not None:
        raise NotLive(f"Màn hình số {id} đã bị thu hồi")
    return found


def next_slot(conn: Connection, board: str) -> int:
    """A slot that no screen of the board ever had, so that the bits of old proofs keep their meaning."""
    highest = conn.execute(select(func.max(screen_places.c.slot)).where(screen_places.c.board == board)).scalar()
    return 0 if highest is None else cast(int, highest) + 1


def take_place(conn: Connection, screen: Screen, now: datetime) -> None:
    """Store that the screen is in its slot of its board from now on."""
    row = {"board": screen.board, "slot": screen.slot, "screen": screen.id, "since": now}
    insert_new(conn, screen_places, row)


def update_row(conn: Connection, act: str, before: Screen | None, after: Screen, actor: str, now: datetime) -> Screen:
    """Update the row, with an audit record that never holds the hash of the key."""
    row = values_of(after)
    conn.execute(update(screens).where(screens.c.id == after.id).values(row))
    shown = None if before is None else replace(before, key_hash=None)
    audit.record(
        conn, actor=actor, act=act, subject=f"screen/{after.id}",
        before=shown, after=replace(after, key_hash=None), now=now,
    )  # fmt: skip
    return after


def _insert_command(
    conn: Connection, screen: Screen, name: CommandName, until: datetime, number: int, actor: str, now: datetime
) -> Command:
    row = {"screen": screen.id, "name": name, "until": until, "number": number, "created": now, "created_by": actor}
    made = conn.execute(insert(screen_commands).values(row).returning(screen_commands.c.id))
    return Command(made.scalar_one(), screen.id, name, until, number)


def _read(conn: Connection, wanted: Select[*tuple[object, ...]]) -> tuple[Screen, ...]:
    return tuple(Screen(**row._asdict()) for row in conn.execute(wanted))
