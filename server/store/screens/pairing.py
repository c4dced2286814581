"""Pairs devices: a device shows a code, a person types it to claim the device, and the device fetches its key once.

Called by live.glass.device_pages (open_code, collect), by the desk and the command line (claim), and by
worker.retention, which deletes old codes and old attempts.
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
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new, retry_on_deadlock
from server.store.screens import screens
from server.store.tables import pairing_tries, pairings, values_of

# The most codes at the same time, and the most of one IP address: a province's devices may share a proxy's address.
MOST_OPEN = 10_000
MOST_AN_ADDRESS = 500


class TooMany(StoreRefusal):
    """A person has typed too many wrong codes, or too many devices have a code at the same time."""


def open_code(db: Database, now: datetime, address: str = "") -> tuple[str, str, datetime]:
    """Make a code for a device with the IP address ``address``; returns (code, secret, time when the code expires).

    The device shows the code, and fetches its key with the secret. If there are too many codes, the oldest unclaimed
    code of the same address is deleted; if it has none, the oldest of the address with the most codes. Raises TooMany
    if there are ten thousand codes and all are claimed.
    """
    secret, expires = secrets.token_urlsafe(KEY_BYTES), now + CODE_LIFETIME
    with db.write() as conn:
        conn.execute(delete(pairings).where(pairings.c.expires <= now))
        _make_room(conn, address)
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            row = {"code": code, "secret_hash": hash_of(secret), "expires": expires, "address": address}
            if insert_new(conn, pairings, row):
                return code, secret, expires


def _make_room(conn: Connection, address: str) -> None:
    """Delete one unclaimed code if ``address`` has MOST_AN_ADDRESS codes, or there are MOST_OPEN of all addresses.

    Raises TooMany if there are MOST_OPEN codes and all are claimed.
    """
    table, many = pairings.c, func.count()
    unclaimed = table.screen.is_(None)
    mine = conn.execute(select(many).where(unclaimed, table.address == address)).scalar_one()
    if mine < MOST_AN_ADDRESS:
        if conn.execute(select(many).select_from(pairings)).scalar_one() < MOST_OPEN:
            return
        if not mine:
            by_address = select(table.address).where(unclaimed).group_by(table.address)
            busiest = conn.execute(by_address.order_by(many.desc()).limit(1)).scalar()
            if busiest is None:
                raise TooMany("Quá nhiều thiết bị đang chờ ghép, hãy thử lại sau ít phút")
            address = busiest
    of_address = select(table.code).where(unclaimed, table.address == address)
    oldest = of_address.order_by(table.expires, table.code).limit(1)
    conn.execute(delete(pairings).where(table.code == oldest.scalar_subquery()))


@retry_on_deadlock
def claim(
    db: Database, typed: str, board: str, *, actor: str, now: datetime,
    name: str = "", phone: str = "", replaces: int | None = None,
) -> Screen:  # fmt: skip
    """Make the device that shows the code ``typed`` a screen of ``board``; returns the new screen.

    With ``replaces``, the id of another screen, the new screen takes over that screen's board, slot and notes, and
    its name and telephone unless they are given here; the other screen is revoked. Raises NotFound for a wrong,
    expired or claimed code; TooMany if the actor has typed five such codes in the last ten minutes; NotFound or
    NotLive if the screen ``replaces`` is missing or revoked; ValueError for an unknown board.
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
    """Give the device with this code its key, once; None while nobody has claimed the code.

    Raises NotFound if the code is unknown, expired or used, if the secret is wrong, or after five wrong secrets;
    NotLive if the screen was revoked meanwhile.
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


def forget_tries(db: Database, *, before: datetime) -> int:
    """Delete the records of wrong codes typed before ``before``; returns how many. They count for ten minutes."""
    return delete_where(db, pairing_tries, pairing_tries.c.at < before)


def forget_codes(db: Database, *, before: datetime) -> int:
    """Delete codes that expired before ``before``, claimed or not; returns how many."""
    return delete_where(db, pairings, pairings.c.expires < before)
