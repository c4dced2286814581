"""Letters that wait to be sent; written by the desk, sent by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from server.store.engine import Database
from server.store.tables import columns_of, outbox

TRIES = 8


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter; ``tries`` counts the attempts so far."""

    id: int
    recipient: str
    subject: str
    text: str
    tries: int = 0


def post(db: Database, recipient: str, subject: str, text: str, *, now: datetime) -> None:
    """Queue a letter."""
    with db.write() as conn:
        put(conn, recipient, subject, text, now)


def put(conn: Connection, recipient: str, subject: str, text: str, now: datetime) -> None:
    """Queue a letter in the transaction of the act that it tells of."""
    conn.execute(insert(outbox).values(recipient=recipient, subject=subject, text=text, made=now, due=now))


def due(db: Database, now: datetime, most: int = 20) -> tuple[Letter, ...]:
    """Letters to send now, oldest first; what failed eight times is not tried again."""
    wanted = select(*columns_of(outbox, Letter)).where(
        outbox.c.sent.is_(None), outbox.c.due <= now, outbox.c.tries < TRIES
    )
    with db.read() as conn:
        return tuple(Letter(**row._asdict()) for row in conn.execute(wanted.order_by(outbox.c.id).limit(most)))


def sent(db: Database, id: int, *, now: datetime) -> None:
    """Gone; the text is forgotten, because it may hold a link that opens a door."""
    with db.write() as conn:
        conn.execute(update(outbox).where(outbox.c.id == id).values(sent=now, text="", error=""))


def failed(db: Database, letter: Letter, error: str, *, now: datetime) -> None:
    """Try again later: after 1, 2, 4 … minutes."""
    again = now + timedelta(minutes=2**letter.tries)
    with db.write() as conn:
        changed = update(outbox).where(outbox.c.id == letter.id)
        conn.execute(changed.values(tries=letter.tries + 1, due=again, error=error[:300]))
