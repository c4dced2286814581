"""Stores electronic official documents and what became of them; called by server.documents, desk and API.

A document and its draft are written in one transaction, and the same document makes one draft however often and by
however many ways it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, or_, select

from server.core.documents import identity
from server.core.model import Announcement, DocumentReference, OfficeDocument
from server.store.announcements import announcements as stored_announcements
from server.store.announcements.announcements import Rules
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.locks import insert_new
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import columns_of, documents, values_of

_ALL = select(*columns_of(documents, OfficeDocument))


class AlreadyTaken(StoreRefusal):
    """The same document was taken before, as ``one``. Nothing was written."""

    def __init__(self, one: OfficeDocument) -> None:
        super().__init__(f"Văn bản {one.code} đã được nhận trước đó")
        self.one = one


def known(db: Database, area: str, keys: Collection[str]) -> tuple[OfficeDocument, ...]:
    """The documents of an area with one of these keys, oldest first. See core.documents.identity for keys."""
    wanted = _ALL.where(documents.c.area == area, documents.c.key.in_(keys))
    with db.read() as conn:
        return as_values(OfficeDocument, conn.execute(wanted.order_by(documents.c.id)))


def named(
    db: Database, area: str, references: Sequence[DocumentReference], *, issuer_code: str, issuer: str
) -> tuple[OfficeDocument, ...]:
    """The documents of an area that ``references`` of an issuer name, oldest first; recalls too."""
    ids = [one.doc_id for one in references if one.doc_id]
    codes = [one.code for one in references if one.code]
    wanted = _ALL.where(documents.c.area == area, or_(documents.c.doc_id.in_(ids), documents.c.code.in_(codes)))
    with db.read() as conn:
        mine = as_values(OfficeDocument, conn.execute(wanted.order_by(documents.c.id)))
    return identity.meant(references, mine, issuer_code=issuer_code, issuer=issuer)


def take(
    db: Database, one: OfficeDocument, draft: Announcement, *, rules: Rules, notify: Sequence[Message]
) -> OfficeDocument:
    """Post the draft that a document becomes; returns the document with its id and that of its announcement.

    Raises AlreadyTaken, and what announcements.post raises.
    """
    taken: list[OfficeDocument] = []

    def also(conn: Connection, posted: Announcement) -> None:
        taken.append(_insert(conn, replace(one, announcement=posted.id)))

    stored_announcements.post(db, draft, actor=one.actor, rules=rules, notify=notify, also=also)
    return taken[0]


def note_recall(db: Database, one: OfficeDocument, *, notify: Sequence[Message]) -> OfficeDocument:
    """Store a recall; returns it with its id. Its postings are withdrawn before (announcements.take).

    Raises AlreadyTaken.
    """
    with db.write() as conn:
        stored = _insert(conn, one)
        messages.queue(conn, notify, one.received)
        return stored


def of_announcement(db: Database, id: int) -> OfficeDocument | None:
    """The document that an announcement was made of; None if it was not made of one."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(documents.c.announcement == id).limit(1)).one_or_none()
        return as_value(OfficeDocument, row) if row else None


def about_announcement(db: Database, id: int) -> tuple[OfficeDocument, ...]:
    """The documents that replaced, updated or recalled an announcement, oldest first."""
    with db.read() as conn:
        return as_values(OfficeDocument, conn.execute(_ALL.where(documents.c.related == id).order_by(documents.c.id)))


def _insert(conn: Connection, one: OfficeDocument) -> OfficeDocument:
    row = values_of(one)
    del row["id"]
    same = (documents.c.area == one.area, documents.c.key == one.key, documents.c.kind == one.kind,
            documents.c.content == one.content)  # fmt: skip
    if not insert_new(conn, documents, row):
        raise AlreadyTaken(as_value(OfficeDocument, conn.execute(_ALL.where(*same)).one()))
    return as_value(OfficeDocument, conn.execute(_ALL.where(*same)).one())
