"""Stores messages to people, which the desk shows and the worker mails; called by store, desk and notifications.

A message is written in the transaction of the change that it reports. The worker mails it, and retries if that fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, insert, or_, select, update

from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import columns_of, messages

MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the person with the username ``person``.

    It is also mailed to ``address``, unless that is "". ``link`` is a path at the desk ("/desk/queue/7"); "{id}" in
    it stands for the id of an announcement or notice that is not stored yet (see `numbered`). The link also
    identifies the task: when the task is done, `settle` marks all messages with this link as seen.

    ``kind`` says what the message reports ("announcement.return"), ``words`` holds the names that occur in it. From
    both the desk makes the text in the reader's language. ``subject`` and ``text`` are the text of the mail; the desk
    shows them only if ``kind`` is "". ``in_reply_to`` is the Message-ID of the letter that the mail answers.
    """

    person: str
    subject: str
    text: str
    link: str
    address: str = ""
    id: int = 0
    created: datetime | None = None
    seen: bool = False
    kind: str = ""
    words: Mapping[str, object] = field(default_factory=dict)
    in_reply_to: str = ""


_ALL = select(*columns_of(messages, Message))


def numbered(drafts: Iterable[Message], id: int) -> list[Message]:
    """Returns ``drafts`` with "{id}" in their links replaced by ``id``, which was unknown when they were made."""
    return [replace(message, link=message.link.replace("{id}", str(id))) for message in drafts]


def queue(conn: Connection, new: Iterable[Message], now: datetime) -> None:
    """Insert messages in the caller's transaction; those with an address are to be mailed at once."""
    rows = [
        {
            "person": one.person,
            "subject": one.subject,
            "text": one.text,
            "link": one.link,
            "address": one.address,
            "created": now,
            "due": now if one.address else None,
            "kind": one.kind,
            "words": dict(one.words),
            "in_reply_to": one.in_reply_to,
        }
        for one in new
    ]
    if rows:
        conn.execute(insert(messages), rows)


def tell(db: Database, new: Iterable[Message], now: datetime) -> None:
    """Queue messages about something that no other transaction reports."""
    with db.write() as conn:
        queue(conn, new, now)


def done(db: Database, link: str) -> None:
    """Mark all people's messages with this link as seen, because nothing is left to do."""
    with db.write() as conn:
        settle(conn, link)


def send(db: Database, address: str, subject: str, text: str, *, now: datetime) -> None:
    """Queue a mail to an address that is not shown to anybody at the desk, such as one with a one-time link."""
    with db.write() as conn:
        queue(conn, [Message("", subject, text, "", address)], now)


def unseen(db: Database, person: str, *, most: int = 20) -> tuple[Message, ...]:
    """The person's messages that are not marked as seen, newest first, at most ``most``."""
    wanted = _ALL.where(messages.c.person == person, messages.c.seen.is_(False))
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(messages.c.id.desc()).limit(most))
        return as_values(Message, rows)


def count_unseen(db: Database, person: str) -> int:
    """Return how many messages of the person are not marked as seen."""
    mine = (messages.c.person == person) & messages.c.seen.is_(False)
    with db.read() as conn:
        return conn.execute(select(func.count()).where(mine)).scalar_one()


def settle(conn: Connection, link: str, kinds: Collection[str] = ()) -> None:
    """Mark everybody's messages with this link (and one of ``kinds``, if given) as seen, because the task is done.

    Call it in the transaction that completes the task, before queueing new messages with the same link.
    """
    done = (messages.c.link == link) & messages.c.seen.is_(False)
    if kinds:
        done &= messages.c.kind.in_(kinds)
    conn.execute(update(messages).where(done).values(seen=True))


def see(db: Database, person: str, ids: Sequence[int]) -> None:
    """Mark messages of ``person`` as seen; the ids of other people's messages are ignored."""
    mine = (messages.c.person == person) & messages.c.id.in_(ids)
    with db.write() as conn:
        conn.execute(update(messages).where(mine).values(seen=True))


def due(db: Database, now: datetime, *, most: int = 50) -> tuple[Message, ...]:
    """Return messages that are to be mailed now, oldest first.

    Includes messages whose time is further in the future than any pause between two tries: it was written while the
    clock was ahead.
    """
    ready = or_(messages.c.due <= now, messages.c.due > now + FIRST_PAUSE * 2**MOST_TRIES)
    wanted = _ALL.where(messages.c.due.is_not(None), ready).order_by(messages.c.id).limit(most)
    with db.read() as conn:
        return as_values(Message, conn.execute(wanted))


def sent(db: Database, id: int) -> None:
    """Mark a message as accepted by the mail server.

    The text of a mail that is not shown at the desk is deleted, because it may contain a one-time link.
    """
    with db.write() as conn:
        conn.execute(update(messages).where(messages.c.id == id, messages.c.person == "").values(text=""))
        conn.execute(update(messages).where(messages.c.id == id).values(due=None, error=""))


@dataclass(frozen=True, slots=True)
class Mail:
    """The delivery of a mail. ``due`` is when it is tried next, None if it was sent or given up.

    ``tries`` counts the failed tries. ``error`` is the error of the last try, as "KIND: answer of the mail server",
    "" if it did not fail; server.notifications.mailer lists the kinds.
    """

    id: int
    address: str
    subject: str
    created: datetime
    due: datetime | None
    tries: int
    error: str

    @property
    def state(self) -> Literal["sending", "sent", "failed"]:
        if self.error and self.due is None:
            return "failed"
        return "sent" if self.due is None else "sending"


_MAILS = select(*columns_of(messages, Mail)).where(messages.c.address != "").order_by(messages.c.id.desc())


def undelivered(db: Database, *, most: int = 200) -> tuple[Mail, ...]:
    """The newest ``most`` mails whose last try failed, including those that were given up; newest first."""
    with db.read() as conn:
        rows = conn.execute(_MAILS.where(messages.c.error != "").limit(most))
        return as_values(Mail, rows)


def mails_to(db: Database, address: str, *, most: int) -> tuple[Mail, ...]:
    """The newest ``most`` mails to an address, newest first."""
    with db.read() as conn:
        rows = conn.execute(_MAILS.where(messages.c.address == address).limit(most))
        return as_values(Mail, rows)


def resend(db: Database, id: int, *, now: datetime) -> bool:
    """Make a failed mail due now, with all its tries left; False if no failed mail has this id."""
    with db.write() as conn:
        again = update(messages).where(messages.c.id == id, messages.c.error != "").values(due=now, tries=0)
        return conn.execute(again).rowcount == 1


def failed(db: Database, id: int, error: str, now: datetime) -> None:
    """Store a failed try of a mail and schedule the next one, after 1, 2, 4… minutes; none after the eighth.

    ``error`` is stored, cut to 500 characters.
    """
    with db.write() as conn:
        tries: int = conn.execute(select(messages.c.tries).where(messages.c.id == id)).scalar_one() + 1
        later = now + FIRST_PAUSE * 2 ** (tries - 1) if tries < MOST_TRIES else None
        values = {"tries": tries, "due": later, "error": error[:500]}
        conn.execute(update(messages).where(messages.c.id == id).values(values))
