"""What people are told: in the page, and by mail where they have an address; called by announcements and the worker.

A message is written in the transaction of the act that it tells of; the worker sends it, and tries again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from server.store.database.engine import Database
from server.store.tables import columns_of, messages

MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Message:
    """``person`` is the actor's name of whoever is told, ``address`` empty where there is no mail to be sent.

    ``link`` is a path of the desk ("/desk/queue"); "{id}" in it becomes the number of a new announcement.
    """

    person: str
    subject: str
    text: str
    link: str
    address: str = ""
    id: int = 0
    created: datetime | None = None
    seen: bool = False


_ALL = select(*columns_of(messages, Message))


def queue(conn: Connection, told: Iterable[Message], now: datetime) -> None:
    """Write them in the caller's transaction."""
    rows = [
        {
            "person": one.person,
            "subject": one.subject,
            "text": one.text,
            "link": one.link,
            "address": one.address,
            "created": now,
            "due": now if one.address else None,
        }
        for one in told
    ]
    if rows:
        conn.execute(insert(messages), rows)


def send(db: Database, address: str, subject: str, text: str, *, now: datetime) -> None:
    """A letter to an address, in nobody's page: a link that opens the door, for instance."""
    with db.write() as conn:
        queue(conn, [Message("", subject, text, "", address)], now)


def unseen(db: Database, person: str, *, most: int = 20) -> tuple[Message, ...]:
    """What that person has not looked at yet, newest first."""
    wanted = _ALL.where(messages.c.person == person, messages.c.seen.is_(False))
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(messages.c.id.desc()).limit(most))
        return tuple(Message(**row._asdict()) for row in rows)


def count_unseen(db: Database, person: str) -> int:
    with db.read() as conn:
        wanted = select(func.count()).where(messages.c.person == person, messages.c.seen.is_(False))
        found: int = conn.execute(wanted).scalar_one()
        return found


def see(db: Database, person: str, ids: Sequence[int]) -> None:
    """Mark as looked at what is that person's; the ids of others are left alone."""
    mine = (messages.c.person == person) & messages.c.id.in_(ids)
    with db.write() as conn:
        conn.execute(update(messages).where(mine).values(seen=True))


def due(db: Database, now: datetime, *, most: int = 50) -> tuple[Message, ...]:
    """What has to be sent by mail now, oldest first."""
    wanted = _ALL.where(messages.c.due.is_not(None), messages.c.due <= now).order_by(messages.c.id).limit(most)
    with db.read() as conn:
        return tuple(Message(**row._asdict()) for row in conn.execute(wanted))


def sent(db: Database, id: int) -> None:
    """It has been handed to the mail server. A letter to nobody's page is forgotten: its link opens a door."""
    with db.write() as conn:
        conn.execute(update(messages).where(messages.c.id == id, messages.c.person == "").values(text=""))
        conn.execute(update(messages).where(messages.c.id == id).values(due=None, error=""))


def failed(db: Database, id: int, error: str, now: datetime) -> None:
    """Try again later, twice as late each time; given up after eight tries, with the last error kept."""
    with db.write() as conn:
        tries: int = conn.execute(select(messages.c.tries).where(messages.c.id == id)).scalar_one() + 1
        later = now + FIRST_PAUSE * 2 ** (tries - 1) if tries < MOST_TRIES else None
        values = {"tries": tries, "due": later, "error": error[:500]}
        conn.execute(update(messages).where(messages.c.id == id).values(values))
