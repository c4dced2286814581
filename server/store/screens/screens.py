"""Reads and changes screens, and sends commands to them; called by most packages of server.

Every change increments ``store.screens_revision`` and stores the new number in the changed row. Servers poll that
number and then read only rows with higher numbers than before, so they soon see what another process has changed.
Pairing is in server.store.screens.pairing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from server.core.screens.screens import Command, CommandName, Screen
from server.store import tables
from server.store.audit import audit
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new, retry_on_deadlock
from server.store.tables import columns_of, screen_commands, screen_places, screens, values_of

# A guard that was offline gets the command that ends a handover if it connects again within this time.
TAKE_BACK_LIFETIME = timedelta(hours=1)
_NOT_ASKED = "Không ai hỏi ảnh số {} của màn hình này"
_STORE = tables.store
_ALL = select(*columns_of(screens, Screen))
_COMMANDS = select(*columns_of(screen_commands, Command))


@dataclass(frozen=True, slots=True)
class _AuditedCommand:
    """What the audit records of a command: its name and until when a screen may execute it."""

    name: str
    until: datetime


def current(db: Database) -> int:
    """Returns the number of the newest change of any screen (``store.screens_revision``).

    Reads one row by its key, so it may be called ten times a second.
    """
    with db.read() as conn:
        found: int = conn.execute(select(_STORE.c.screens_revision)).scalar_one()
        return found


def bump(conn: Connection) -> int:
    """Increase ``store.screens_revision`` by one, in the caller's transaction; returns the new number.

    Call it before reading what the transaction changes. It locks the row of ``store`` until the commit, so that the
    numbers increase in the order of commits, and no other change of a screen comes between reading and writing.
    """
    counted = update(_STORE).values(screens_revision=_STORE.c.screens_revision + 1)
    found: int = conn.execute(counted.returning(_STORE.c.screens_revision)).scalar_one()
    return found


def all(db: Database, boards: Collection[str] | None = None) -> tuple[Screen, ...]:
    """Return every screen that is not revoked, ordered by board and slot; with ``boards``, only those on them."""
    wanted = _ALL.where(screens.c.revoked.is_(None)).order_by(screens.c.board, screens.c.slot)
    if boards is not None:
        wanted = wanted.where(screens.c.board.in_(boards))
    with db.read() as conn:
        return _read(conn, wanted)


def count_by_board(db: Database) -> dict[str, int]:
    """Return board -> number of its screens that are not revoked; no entry for a board without screens."""
    wanted = select(screens.c.board, func.count()).where(screens.c.revoked.is_(None)).group_by(screens.c.board)
    with db.read() as conn:
        return {str(board): int(count) for board, count in conn.execute(wanted)}


def changed_since(db: Database, number: int) -> tuple[Screen, ...]:
    """Return screens that changed after the change ``number``, including revoked ones; all screens for 0."""
    with db.read() as conn:
        return _read(conn, _ALL.where(screens.c.changed > number))


def get(db: Database, id: int) -> Screen:
    """The screen with this id, revoked or not. Raises NotFound."""
    with db.read() as conn:
        return one(conn, id)


@retry_on_deadlock
def describe(db: Database, id: int, *, name: str, phone: str, notes: str, actor: str, now: datetime) -> Screen:
    """Set name, telephone and notes of a screen. Raises NotFound, NotLive if it is revoked."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, name=name, phone=phone, notes=notes, changed=number)
        return update_row(conn, "screen.edit", before, after, actor, now)


@retry_on_deadlock
def move(db: Database, id: int, board: str, *, actor: str, now: datetime) -> Screen:
    """Move a screen to another board, into a new slot; returns it. Raises NotFound; NotLive if it is revoked."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        if before.board == board:
            return before
        after = replace(before, board=board, slot=next_slot(conn, board), changed=number)
        take_place(conn, after, now)
        return update_row(conn, "screen.move", before, after, actor, now)


@retry_on_deadlock
def revoke(db: Database, id: int, *, actor: str, now: datetime) -> Screen:
    """Make a screen's key invalid; servers disconnect it when they see the change.

    Raises NotFound, NotLive if it is revoked already.
    """
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, revoked=now, changed=number)
        return update_row(conn, "screen.revoke", before, after, actor, now)


@retry_on_deadlock
def hand_over(db: Database, id: int, until: datetime | None, *, actor: str, now: datetime) -> Screen:
    """Lend a screen to a meeting until ``until``; None ends that now. Returns the changed screen.

    At that time the guard, the program that controls the screen's browser, shows the board again.

    Raises NotFound, NotLive if it is revoked.
    """
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, handed_until=until, changed=number)
        name: CommandName = "takeback" if until is None else "handover"
        _insert_command(conn, after, name, until or now + TAKE_BACK_LIFETIME, number, actor, now)
        return update_row(conn, f"screen.{name}", before, after, actor, now)


@retry_on_deadlock
def send(
    db: Database, ids: Iterable[int], name: CommandName, *, until: datetime, actor: str, now: datetime
) -> tuple[Command, ...]:
    """Send a command to the screens ``ids``; returns one command for each of them.

    A screen that is offline gets it if it connects before ``until``. Raises NotFound or NotLive for a missing or
    revoked screen; then no screen gets the command.
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
    """Return commands sent after the change ``number`` that have not expired, in the order they were sent."""
    wanted = _COMMANDS.where(screen_commands.c.number > number, screen_commands.c.until > now)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(screen_commands.c.id))
        return as_values(Command, rows)


def check_unanswered(db: Database, command: int, screen: int) -> None:
    """Raises NotFound unless ``command`` (an id) is a screenshot command that ``screen`` got and has not answered."""
    with db.read() as conn:
        if conn.execute(select(screen_commands.c.id).where(*_unanswered(command, screen))).one_or_none() is None:
            raise NotFound(_NOT_ASKED.format(command))


def mark_answered(db: Database, command: int, screen: int, *, now: datetime) -> None:
    """Store that the screenshot for ``command`` has arrived. Raises NotFound as ``check_unanswered`` does."""
    answering = update(screen_commands).where(*_unanswered(command, screen)).values(answered=now)
    with db.write() as conn:
        if conn.execute(answering.returning(screen_commands.c.id)).one_or_none() is None:
            raise NotFound(_NOT_ASKED.format(command))


def _unanswered(command: int, screen: int) -> tuple[ColumnElement[bool], ...]:
    table = screen_commands.c
    return table.id == command, table.screen == screen, table.name == "screenshot", table.answered.is_(None)


def forget_commands(db: Database, *, before: datetime) -> int:
    """Delete commands that expired before ``before``; returns how many. The audit keeps who sent each command.

    ``before`` must be more than a week ago, because the desk shows the answers to the last weekly silent test, which
    are stored in such commands.
    """
    return delete_where(db, screen_commands, screen_commands.c.until < before)


def slot_history(db: Database, boards: Collection[str]) -> dict[str, dict[int, list[tuple[int, str]]]]:
    """Return board -> slot -> the screens (id, name) that have ever been in that slot, earliest first."""
    table = screen_places
    wanted = select(table.c.board, table.c.slot, screens.c.id, screens.c.name)
    wanted = wanted.join(screens, screens.c.id == table.c.screen).where(table.c.board.in_(boards))
    found: dict[str, dict[int, list[tuple[int, str]]]] = {}
    with db.read() as conn:
        for row in conn.execute(wanted.order_by(table.c.board, table.c.slot, table.c.since)):
            found.setdefault(row.board, {}).setdefault(row.slot, []).append((row.id, row.name))
    return found


def screenshot_target(db: Database, command: int) -> int | None:
    """The id of the screen that this screenshot command was sent to; None if there is no such command."""
    table = screen_commands
    with db.read() as conn:
        return conn.execute(
            select(table.c.screen).where(table.c.id == command, table.c.name == "screenshot")
        ).scalar()


def screenshots(db: Database, ids: Collection[int]) -> dict[int, tuple[int, datetime | None]]:
    """Return id of a screen -> (id of the command, time of arrival) of the last screenshot that has arrived from it.

    If none has arrived, the id is that of the last screenshot command, and the time is None. Screens without such
    commands are left out.
    """
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


# The functions below run in the caller's transaction; server.store.screens.pairing calls them too.


def one(conn: Connection, id: int) -> Screen:
    """The screen with this id, revoked or not. Raises NotFound."""
    row = conn.execute(_ALL.where(screens.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có màn hình số {id}")
    return as_value(Screen, row)


def in_use(conn: Connection, id: int) -> Screen:
    """The screen with this id. Raises NotFound, NotLive if it is revoked."""
    found = one(conn, id)
    if found.revoked is not None:
        raise NotLive(f"Màn hình số {id} đã bị thu hồi")
    return found


def next_slot(conn: Connection, board: str) -> int:
    """The number of a slot of the board that no screen has ever had.

    Proof of play stores screens as a bitmap of slots, so reusing a slot would change what old rows mean.
    """
    highest = conn.execute(select(func.max(screen_places.c.slot)).where(screen_places.c.board == board)).scalar()
    return 0 if highest is None else cast(int, highest) + 1


def take_place(conn: Connection, screen: Screen, now: datetime) -> None:
    """Store in ``screen_places`` that the screen is in its slot of its board from ``now`` on."""
    row = {"board": screen.board, "slot": screen.slot, "screen": screen.id, "since": now}
    insert_new(conn, screen_places, row)


def update_row(conn: Connection, act: str, before: Screen | None, after: Screen, actor: str, now: datetime) -> Screen:
    """Update the row of a screen to ``after`` and add an audit record, which never contains the hash of its key."""
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
    return as_values(Screen, conn.execute(wanted))
