"""Stores what became of each letter of a mailbox; called by worker.mailbox, worker.retention and desk.sources.

A letter is begun (`begin`), then finished once: in the transaction that posts its announcement (`take`), or alone
(`refuse`). So it makes one announcement however often the worker is killed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from server.core.model import Announcement
from server.store.announcements import announcements as stored_announcements
from server.store.announcements import rows
from server.store.announcements.announcements import Rules
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import announcements, columns_of, letters

_TOLD_STATES = ("submitted", "approved", "returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was read, and what became of it.

    ``validity`` and ``uid`` identify it in the folder of ``source``; ``message_id`` wherever it is. ``sender`` is an
    address in lower case, "" if it is not clear. ``reason`` is a Reason of core.sources.mail.judgement, "" while it
    is being read; ``detail`` a Vietnamese sentence beside it. ``announcement`` is the id of the announcement that it
    became, and ``told`` the state of that announcement which the sender was told last; without an announcement it is
    "answered" if he got an answer.
    """

    source: str
    validity: int
    uid: int
    message_id: str
    sender: str
    subject: str
    arrived: datetime
    read: datetime
    tries: int = 0
    reason: str = ""
    detail: str = ""
    announcement: int | None = None
    told: str = ""
    id: int = 0


class Finished(StoreRefusal):
    """Another worker has finished this letter meanwhile; nothing was written."""


_ALL = select(*columns_of(letters, Letter))


def begin(db: Database, one: Letter) -> Letter:
    """Store that the letter is being read; returns it with its id and with ``tries`` raised by one."""
    row = {name: getattr(one, name) for name in ("source", "validity", "uid", "message_id", "sender", "subject")}
    with db.write() as conn:
        insert_new(conn, letters, row | {"arrived": one.arrived, "read": one.read})
        mine = (letters.c.source == one.source, letters.c.validity == one.validity, letters.c.uid == one.uid)
        conn.execute(update(letters).where(*mine).values(tries=letters.c.tries + 1))
        return as_value(Letter, conn.execute(_ALL.where(*mine)).one())


def take(
    db: Database,
    one: Letter,
    made: Announcement,
    *,
    detail: str,
    rules: Rules,
    notify: Sequence[Message],
    answers: Callable[[Announcement], Sequence[Message]],
) -> Announcement:
    """Post the announcement that a letter becomes; returns it with its id.

    In the same transaction the letter is finished, and the messages to editors (``notify``) and the ``answers`` to
    its sender are queued. Raises Finished, and what announcements.post raises.
    """

    def also(conn: Connection, posted: Announcement) -> None:
        _finish(conn, one.id, "taken", announcement=posted.id, detail=detail, told="submitted")
        messages.queue(conn, answers(posted), posted.created)

    return stored_announcements.post(db, made, actor=made.created_by, rules=rules, notify=notify, also=also)


def _finish(
    conn: Connection, id: int, reason: str, *, announcement: int | None = None, detail: str = "", told: str = ""
) -> None:
    """Store in the caller's transaction what became of a letter. Raises Finished."""
    values = {"reason": reason, "detail": detail[:1000], "announcement": announcement, "told": told}
    done = conn.execute(update(letters).where(letters.c.id == id, letters.c.reason == "").values(values))
    if done.rowcount != 1:
        raise Finished("Thư này đã được xử lý")


def refuse(
    db: Database,
    id: int,
    reason: str,
    answers: Sequence[Message],
    now: datetime,
    *,
    detail: str = "",
    hide_subject: bool = False,
) -> None:
    """Store that a letter did not become an announcement, and queue the ``answers`` about it. Raises Finished.

    ``hide_subject`` deletes the subject that was stored when the letter was begun.
    """
    with db.write() as conn:
        if hide_subject:
            conn.execute(update(letters).where(letters.c.id == id).values(subject=""))
        _finish(conn, id, reason, detail=detail, told="answered" if answers else "")
        messages.queue(conn, answers, now)


def finished(db: Database, source: str, validity: int) -> frozenset[int]:
    """The uids of the letters of a folder that are finished."""
    mine = (letters.c.source == source) & (letters.c.validity == validity) & (letters.c.reason != "")
    with db.read() as conn:
        return frozenset(conn.execute(select(letters.c.uid).where(mine)).scalars())


def was_handled(db: Database, one: Letter, reasons: Collection[str]) -> bool:
    """True if another letter with the same Message-ID and sender was finished with one of ``reasons``."""
    same = (
        (letters.c.source == one.source)
        & (letters.c.message_id == one.message_id)
        & (letters.c.sender == one.sender)
        & (letters.c.id != one.id)
        & letters.c.reason.in_(reasons)
    )
    with db.read() as conn:
        return conn.execute(select(letters.c.id).where(same).limit(1)).one_or_none() is not None


def count_from(db: Database, sender: str, reasons: Collection[str], *, since: datetime) -> int:
    """How many letters of a sender were finished with one of ``reasons`` since then."""
    mine = (letters.c.sender == sender) & (letters.c.read >= since) & letters.c.reason.in_(reasons)
    with db.read() as conn:
        return conn.execute(select(func.count()).where(mine)).scalar_one()


def untold(db: Database, *, most: int = 100) -> tuple[tuple[Letter, Announcement], ...]:
    """Letters whose announcement is in another state than the sender was told last, with that announcement."""
    joined = letters.join(announcements, letters.c.announcement == announcements.c.id)
    changed = (announcements.c.state != letters.c.told) & announcements.c.state.in_(_TOLD_STATES)
    wanted = select(*columns_of(letters, Letter)).select_from(joined).where(changed)
    with db.read() as conn:
        found = as_values(Letter, conn.execute(wanted.order_by(letters.c.id).limit(most)))
        return tuple((one, rows.one(conn, one.announcement)) for one in found if one.announcement is not None)


def tell(db: Database, one: Letter, state: str, answers: Sequence[Message], now: datetime) -> None:
    """Store that the sender is told the ``state`` of the announcement, and queue the ``answers``.

    Nothing is written if another worker has told him meanwhile.
    """
    with db.write() as conn:
        mine = update(letters).where(letters.c.id == one.id, letters.c.told == one.told).values(told=state)
        if conn.execute(mine).rowcount == 1:
            messages.queue(conn, answers, now)


def of_source(db: Database, source: str, *, most: int) -> tuple[Letter, ...]:
    """The newest ``most`` letters of a mailbox, newest first."""
    wanted = _ALL.where(letters.c.source == source).order_by(letters.c.read.desc(), letters.c.id.desc()).limit(most)
    with db.read() as conn:
        return as_values(Letter, conn.execute(wanted))


def of_announcement(db: Database, id: int) -> Letter | None:
    """The letter that an announcement was made of; None if it was not made of one."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(letters.c.announcement == id).order_by(letters.c.id).limit(1)).one_or_none()
        return as_value(Letter, row) if row else None


def areas_of(db: Database, ids: Collection[int]) -> dict[int, str]:
    """Id -> slug of the area, for the announcements with these ids."""
    wanted = select(announcements.c.id, announcements.c.area).where(announcements.c.id.in_(ids))
    with db.read() as conn:
        return {row.id: row.area for row in conn.execute(wanted)}


def forget_old(db: Database, *, before: datetime) -> int:
    """Delete what is known of letters that were read before ``before``; returns how many."""
    return delete_where(db, letters, letters.c.read < before)
