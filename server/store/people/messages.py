"""Messages to people, shown at the desk and sent by mail; called by the store, the desk and notifications.mailer.

A message is written in the transaction of the change that it reports; the worker sends it, and retries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from server.store.database.engine import Database
from server.store.tables import columns_of, messages

MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the person with the username ``person``; ``address`` is empty if no mail is to be sent.

    ``link`` is a path at the desk ("/desk/queue"); "{id}" in it stands for the number of a new announcement or
    notice (``numbered``).
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


def numbered(drafts: Iterable[Message], id: int) -> list[Message]:
    """The messages with ``id`` for "{id}" in their links: they were written before the row had its number."""
    return [replace(message, link=message.link.replace("{id}", str(id))) for message in drafts]


def queue(conn: Connection, new: Iterable[Message], now: datetime) -> None:
    """Write the messages in the caller's transaction; those with an address are due at once."""
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
        for one in new
    ]
    if rows:
        conn.execute(insert(messages), rows)


def send(db: Database, address: str, subject: str, text: str, *, now: datetime) -> None:
    """Send mail to an address without showing it to anybody at the desk: a one-time link, for instance."""
    with db.write() as conn:
        queue(conn, [Message("", subject, text, "", address)], now)


def unseen(db: Database, person: str, *, most: int = 20) -> tuple[Message, ...]:
    """The person's messages that are not marked as seen, newest first."""
    wanted = _ALL.where(messages.c.person == person, messages.c.seen.is_(False))
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(messages.c.id.desc()).limit(most))
        return tuple(Message(**row._asdict()) for row in rows)


def see(db: Database, person: str, ids: Sequence[int]) -> None:
    """Mark messages of that person as seen; the ids of other people's messages are ignored."""
    mine = (messages.c.person == person) & messages.c.id.in_(ids)
    with db.write() as conn:
        conn.execute(update(messages).where(mine).values(seen=True))


def due(db: Database, now: datetime, *, most: int = 50) -> tuple[Message, ...]:
    """Messages that are to be mailed now, oldest first."""
    wanted = _ALL.where(messages.c.due.is_not(None), messages.c.due <= now).order_by(messages.c.id).limit(most)
    with db.read() as conn:
        return tuple(Message(**row._asdict()) for row in conn.execute(wanted))


def sent(db: Database, id: int) -> None:
    """Mark a message as accepted by the mail server.

    The text of mail that is not shown at the desk is deleted, because it may hold a one-time link.
    """
    with db.write() as conn:
        conn.execute(update(messages).where(messages.c.id == id, messages.c.person == "").values(text=""))
        conn.execute(update(messages).where(messages.c.id == id).values(due=None, error=""))


def failed(db: Database, id: int, error: str, now: datetime) -> None:
    """Schedule another try, with twice the pause each time; give up after eight, keeping the last error."""
    with db.write() as conn:
        tries: int = conn.execute(select(messages.c.tries).where(messages.c.id == id)).scalar_one() + 1
        later = now + FIRST_PAUSE * 2 ** (tries - 1) if tries < MOST_TRIES else None
        values = {"tries": tries, "due": later, "error": error[:500]}
        conn.execute(update(messages).where(messages.c.id == id).values(values))
