"""How a device becomes a screen: it shows a code, somebody with the right claims it, it fetches its key once.

Called by the pages of /screen (open_code, collect), by the desk and the command line (claim).
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
from server.store.database import references
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import insert_new
from server.store.screens import screens as devices
from server.store.tables import pairing_tries, pairings, screens, values_of

MOST_OPEN = 10_000


class TooMany(StoreRefusal):
    """Too many wrong tries, or too many devices that wait."""


def open_code(db: Database, now: datetime) -> tuple[str, str, datetime]:
    """A new code, its secret and its end. Raises TooMany where ten thousand devices wait already."""
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
    """Make the device behind a code a screen of ``board``, or the successor of the screen ``replaces``.

    A successor takes over board, place, name and telephone, and the one before it is revoked. Raises NotFound for a
    wrong or old code, TooMany after five wrong ones by one actor in ten minutes, ValueError for an unknown board.
    """
    _count_tries(db, actor, now)
    with db.write() as conn:
        number = devices.bump(conn)
        code = normal_code(typed)
        row = conn.execute(select(pairings).where(pairings.c.code == code)).one_or_none()
        if row is not None and row.expires > now and row.screen is None and row.tries < MOST_TRIES:
            before = None if replaces is None else devices.in_use(conn, replaces)
            made = _join(conn, before, board, name, phone, number, actor, now)
            conn.execute(update(pairings).where(pairings.c.code == code).values(screen=made.id))
            if before is not None:
                left = replace(before, revoked=now, replaced_by=made.id, changed=number)
                devices.keep(conn, "screen.replace", before, left, actor, now)
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


def _join(
    conn: Connection, before: Screen | None, board: str, name: str, phone: str, number: int, actor: str, now: datetime
) -> Screen:
    if before is not None:
        board = before.board
    references.check_boards(conn, [board])
    made = Screen(
        id=0,
        name=name or (before.name if before else ""),
        board=board,
        slot=before.slot if before else devices.next_slot(conn, board),
        key_hash=None,
        paired_by=actor,
        paired=now,
        notes=before.notes if before else "",
        phone=phone or (before.phone if before else ""),
        changed=number,
    )
    row = values_of(made)
    del row["id"]
    made = replace(made, id=conn.execute(insert(screens).values(row).returning(screens.c.id)).scalar_one())
    if not made.name:
        made = replace(made, name=f"Màn hình {made.slot + 1}")
    devices.take_place(conn, made, now)
    return devices.keep(conn, "screen.pair", None, made, actor, now)


def collect(db: Database, code: str, secret: str, now: datetime) -> CollectedKey | None:
    """The key of a claimed code, once; None while nobody has claimed it.

    Raises NotFound where there is no such code, the secret is wrong, or five wrong secrets have killed the code.
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
        number = devices.bump(conn)
        # Whoever deletes the row has the key: a second request at the same time finds nothing.
        taken = conn.execute(delete(pairings).where(pairings.c.code == code).returning(pairings.c.screen))
        screen = taken.scalar_one_or_none()
        if screen is None:
            raise NotFound("Mã ghép đã hết hạn")
        before = devices.in_use(conn, screen)
        after = replace(before, key_hash=hash_of(key), changed=number)
        devices.keep(conn, "screen.join", before, after, f"screen/{screen}", now)
        return CollectedKey(screen, key, after.board)
