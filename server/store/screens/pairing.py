"""Pairing: a device shows a code, a person with the right claims it, the device fetches its key once.

Called by live.glass.device_pages (open_code, collect), by the desk and the command line (claim).
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from server.core.screens.screens import (
    CODE_LENGTH,
    CODE_LIFETIME,
    KEY_BYTES,
    LETTERS,
    MOST_TRIES,
    CollectedKey,
    Screen,
    hash_of,
    normal_code,
)
from server.store import tables
from server.store.database import references
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import insert_new
from server.store.screens import screens
from server.store.tables import pairing_tries, pairings, values_of

MOST_OPEN = 10_000


class TooMany(StoreRefusal):
    """Too many wrong tries, or too many devices waiting."""


def open_code(db: Database, now: datetime) -> tuple[str, str, datetime]:
    """A new code, its secret and when it expires. Raises TooMany if ten thousand devices are waiting already."""
    secret, expires = secrets.token_urlsafe(KEY_BYTES), now + CODE_LIFETIME
    with db.write() as conn:
        conn.execute(delete(pairings).where(pairings.c.expires <= now))
        if conn.execute(select(func.count()).select_from(pairings)).scalar_one() >= MOST_OPEN:
            raise TooMany("Quá nhiều thiết bị đang chờ ghép, hãy thử lại sau ít phút")
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            row = {"code": code, "secret_hash": hash_of(secret), "expires": expires}
            if insert_new(conn, pairings, row):
                return code, secret, expires


def claim(
    db: Database, typed: str, board: str, *, actor: str, now: datetime,
    name: str = "", phone: str = "", replaces: int | None = None,
) -> Screen:  # fmt: skip
    """Make the device that shows the code ``typed`` a screen of ``board``, or the successor of screen ``replaces``.

    A successor takes over board, slot and notes, also name and telephone if they are not given here; the old screen
    is revoked. Raises NotFound for a wrong or expired code, TooMany after five wrong codes by one actor in ten
    minutes, NotFound or NotLive for ``replaces``, ValueError for an unknown board.
    """
    _count_tries(db, actor, now)
    with db.write() as conn:
        number = screens.bump(conn)
        code = normal_code(typed)
        row = conn.execute(select(pairings).where(pairings.c.code == code)).one_or_none()
        if row is not None and row.expires > now and row.screen is None and row.tries < MOST_TRIES:
            before = None if replaces is None else screens.in_use(conn, replaces)
            made = _add_screen(conn, before, board, name, phone, number, actor, now)
            conn.execute(update(pairings).where(pairings.c.code == code).values(screen=made.id))
            if before is not None:
                revoked = replace(before, revoked=now, replaced_by=made.id, changed=number)
                screens.update_row(conn, "screen.replace", before, revoked, actor, now)
            return made
    with db.write() as conn:
        conn.execute(insert(pairing_tries).values(actor=actor, at=now))
    raise NotFound("Mã không đúng hoặc đã hết hạn; hãy đọc lại mã trên màn hình (mã đổi sau mười phút)")


def _count_tries(db: Database, actor: str, now: datetime) -> None:
    recent = (pairing_tries.c.actor == actor, pairing_tries.c.at > now - CODE_LIFETIME)
    with db.read() as conn:
        wrong = conn.execute(select(func.count()).select_from(pairing_tries).where(*recent)).scalar_one()
    if wrong >= MOST_TRIES:
        raise TooMany("Đã gõ sai mã năm lần; hãy chờ mười phút rồi thử lại")


def _add_screen(
    conn: Connection, before: Screen | None, board: str, name: str, phone: str, number: int, actor: str, now: datetime
) -> Screen:
    if before is not None:
        board = before.board
    references.check_boards(conn, [board])
    made = Screen(
        id=0,
        name=name or (before.name if before else ""),
        board=board,
        slot=before.slot if before else screens.next_slot(conn, board),
        key_hash=None,
        paired_by=actor,
        paired=now,
        notes=before.notes if before else "",
        phone=phone or (before.phone if before else ""),
        changed=number,
    )
    row = values_of(made)
    del row["id"]
    made = replace(
        made, id=conn.execute(insert(tables.screens).values(row).returning(tables.screens.c.id)).scalar_one()
    )
    if not made.name:
        made = replace(made, name=f"Màn hình {made.slot + 1}")
    screens.take_place(conn, made, now)
    return screens.update_row(conn, "screen.pair", None, made, actor, now)


def collect(db: Database, code: str, secret: str, now: datetime) -> CollectedKey | None:
    """The key of a claimed code, handed out once; None while the code is not claimed.

    Raises NotFound if there is no such code, the secret is wrong, or there were five wrong secrets.
    """
    with db.read() as conn:
        row = conn.execute(select(pairings).where(pairings.c.code == code)).one_or_none()
    if row is None or row.expires <= now or row.tries >= MOST_TRIES:
        raise NotFound("Mã ghép đã hết hạn")
    if not secrets.compare_digest(row.secret_hash, hash_of(secret)):
        with db.write() as conn:
            conn.execute(update(pairings).where(pairings.c.code == code).values(tries=pairings.c.tries + 1))
        raise NotFound("Mã ghép đã hết hạn")
    return None if row.screen is None else _hand_out(db, code, now)


def _hand_out(db: Database, code: str, now: datetime) -> CollectedKey:
    key = secrets.token_urlsafe(KEY_BYTES)
    with db.write() as conn:
        number = screens.bump(conn)
        # Only the request that deletes the row gets the key: a second one at the same time finds no row.
        taken = conn.execute(delete(pairings).where(pairings.c.code == code).returning(pairings.c.screen))
        screen = taken.scalar_one_or_none()
        if screen is None:
            raise NotFound("Mã ghép đã hết hạn")
        before = screens.in_use(conn, screen)
        after = replace(before, key_hash=hash_of(key), changed=number)
        screens.update_row(conn, "screen.join", before, after, f"screen/{screen}", now)
        return CollectedKey(screen, key, after.board)
