"""Screens: paired, moved, replaced, revoked, asked to do something; called by devices, the desk and the command line.

Every change raises ``store.screens_revision`` and is numbered by it, so that a server that looks at that number
learns within a tick of what another process did. Pairing itself is in server/store/screens/pairing.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, func, insert, select, update

from server.core.screens.screens import Command, CommandName, Screen
from server.store import tables
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import insert_new
from server.store.tables import columns_of, screen_commands, screen_places, screens, values_of

# A guard that is away hears of it when it returns; a command whose time is over is not sent at all.
TAKEN_BACK_WITHIN = timedelta(hours=1)
_STORE = tables.store
_ALL = select(*columns_of(screens, Screen))
_COMMANDS = select(*columns_of(screen_commands, Command))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the audit keeps of a command."""

    name: str
    until: datetime


def current(db: Database) -> int:
    """The number of the last change: one row by its key, cheap enough for ten times a second."""
    with db.read() as conn:
        found: int = conn.execute(select(_STORE.c.screens_revision)).scalar_one()
        return found


def bump(conn: Connection) -> int:
    """Counts one change and gives its number. First in a transaction: numbers are then in the order of commits."""
    counted = update(_STORE).values(screens_revision=_STORE.c.screens_revision + 1)
    found: int = conn.execute(counted.returning(_STORE.c.screens_revision)).scalar_one()
    return found


def all(db: Database, boards: Collection[str] | None = None) -> tuple[Screen, ...]:
    """Every screen that is not revoked, by board and place; those of ``boards`` where it is given."""
    wanted = _ALL.where(screens.c.revoked.is_(None)).order_by(screens.c.board, screens.c.slot)
    if boards is not None:
        wanted = wanted.where(screens.c.board.in_(boards))
    with db.read() as conn:
        return _read(conn, wanted)


def gone(db: Database, boards: Collection[str]) -> tuple[Screen, ...]:
    """The revoked ones of these boards, the last one first."""
    wanted = _ALL.where(screens.c.revoked.is_not(None), screens.c.board.in_(boards))
    with db.read() as conn:
        return _read(conn, wanted.order_by(screens.c.revoked.desc()))


def changed_since(db: Database, number: int) -> tuple[Screen, ...]:
    """What changed after change ``number``, revoked ones too; all of them from 0 on."""
    with db.read() as conn:
        return _read(conn, _ALL.where(screens.c.changed > number))


def get(db: Database, id: int) -> Screen:
    """Raises NotFound."""
    with db.read() as conn:
        return one(conn, id)


def describe(db: Database, id: int, *, name: str, phone: str, notes: str, actor: str, now: datetime) -> Screen:
    """Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, name=name, phone=phone, notes=notes, changed=number)
        return keep(conn, "screen.edit", before, after, actor, now)


def move(db: Database, id: int, board: str, *, actor: str, now: datetime) -> Screen:
    """To another board, in a new place there. Raises NotFound, NotLive, ValueError."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        if before.board == board:
            return before
        after = replace(before, board=board, slot=next_slot(conn, board), changed=number)
        take_place(conn, after, now)
        return keep(conn, "screen.move", before, after, actor, now)


def revoke(db: Database, id: int, *, actor: str, now: datetime) -> Screen:
    """Its key is worth nothing from now on; every server cuts it at its next tick. Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, revoked=now, changed=number)
        return keep(conn, "screen.revoke", before, after, actor, now)


def hand_over(db: Database, id: int, until: datetime | None, *, actor: str, now: datetime) -> Screen:
    """Lend the screen to a meeting until a time, or take it back (None). Raises NotFound, NotLive."""
    with db.write() as conn:
        number = bump(conn)
        before = in_use(conn, id)
        after = replace(before, handed_until=until, changed=number)
        name: CommandName = "takeback" if until is None else "handover"
        _ask(conn, after, name, until or now + TAKEN_BACK_WITHIN, number, actor, now)
        return keep(conn, f"screen.{name}", before, after, actor, now)


def ask(
    db: Database, ids: Iterable[int], name: CommandName, *, until: datetime, actor: str, now: datetime
) -> tuple[Command, ...]:
    """Ask screens to do something before ``until``; a screen that is away does it when it returns in time.

    Raises NotFound or NotLive, and then nobody is asked.
    """
    with db.write() as conn:
        number = bump(conn)
        asked = tuple(_ask(conn, in_use(conn, id), name, until, number, actor, now) for id in ids)
        for command in asked:
            audit.record(
                conn, actor=actor, act=f"screen.{name}", subject=f"screen/{command.screen}",
                before=None, after=Asked(name, until), now=now,
            )  # fmt: skip
        return asked


def asked_since(db: Database, number: int, now: datetime) -> tuple[Command, ...]:
    """What was asked after change ``number`` and is still worth doing, in order."""
    wanted = _COMMANDS.where(screen_commands.c.number > number, screen_commands.c.until > now)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(screen_commands.c.id))
        return tuple(Command(**row._asdict()) for row in rows)


def answer(db: Database, command: int, screen: int, *, now: datetime) -> None:
    """A screenshot has come. Raises NotFound where this screen was not asked for it."""
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


def placed(db: Database, boards: Collection[str]) -> dict[str, dict[int, list[tuple[int, str]]]]:
    """By board and its places, the screens that ever stood there (number, name), the first one first."""
    table = screen_places
    wanted = select(table.c.board, table.c.slot, screens.c.id, screens.c.name)
    wanted = wanted.join(screens, screens.c.id == table.c.screen).where(table.c.board.in_(boards))
    found: dict[str, dict[int, list[tuple[int, str]]]] = {}
    with db.read() as conn:
        for row in conn.execute(wanted.order_by(table.c.board, table.c.slot, table.c.since)):
            found.setdefault(row.board, {}).setdefault(row.slot, []).append((row.id, row.name))
    return found


def asked_of(db: Database, command: int) -> int | None:
    """The screen that was asked for a screenshot by this number; None where nobody was."""
    table = screen_commands
    with db.read() as conn:
        return conn.execute(
            select(table.c.screen).where(table.c.id == command, table.c.name == "screenshot")
        ).scalar()


def screenshots(db: Database, ids: Collection[int]) -> dict[int, tuple[int, datetime | None]]:
    """The last screenshot asked of each screen: number of the command, and when it came (None: not yet)."""
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


# shared with server/store/screens/pairing.py


def one(conn: Connection, id: int) -> Screen:
    """Raises NotFound."""
    row = conn.execute(_ALL.where(screens.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có màn hình số {id}")
    return Screen(**row._asdict())


def in_use(conn: Connection, id: int) -> Screen:
    """Raises NotFound, NotLive."""
    found = one(conn, id)
    if found.revoked is not None:
        raise NotLive(f"Màn hình số {id} đã bị thu hồi")
    return found


def next_slot(conn: Connection, board: str) -> int:
    """A place that nobody ever had: the bits of old proofs keep their meaning."""
    highest = conn.execute(select(func.max(screen_places.c.slot)).where(screen_places.c.board == board)).scalar()
    return 0 if highest is None else cast(int, highest) + 1


def take_place(conn: Connection, screen: Screen, now: datetime) -> None:
    row = {"board": screen.board, "slot": screen.slot, "screen": screen.id, "since": now}
    insert_new(conn, screen_places, row)


def keep(conn: Connection, act: str, before: Screen | None, after: Screen, actor: str, now: datetime) -> Screen:
    """Writes the row and the audit, which never holds a key's hash."""
    row = values_of(after)
    conn.execute(update(screens).where(screens.c.id == after.id).values(row))
    shown = None if before is None else replace(before, key_hash=None)
    audit.record(
        conn, actor=actor, act=act, subject=f"screen/{after.id}",
        before=shown, after=replace(after, key_hash=None), now=now,
    )  # fmt: skip
    return after


def _ask(
    conn: Connection, screen: Screen, name: CommandName, until: datetime, number: int, actor: str, now: datetime
) -> Command:
    row: dict[str, Any] = {"screen": screen.id, "name": name, "until": until, "number": number}
    made = conn.execute(
        insert(screen_commands).values({**row, "created": now, "created_by": actor}).returning(screen_commands.c.id)
    )
    return Command(id=made.scalar_one(), **row)


def _read(conn: Connection, wanted: Any) -> tuple[Screen, ...]:
    return tuple(Screen(**row._asdict()) for row in conn.execute(wanted))
