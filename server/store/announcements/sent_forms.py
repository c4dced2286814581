"""Remembers which announcement each sent form made, so that sending a form twice makes only one.

A form is sent twice if a person clicks twice, goes back in the browser, or gets no answer. Called by
store.announcements.announcements, desk.announcements and worker.retention.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import columns_of, sent_forms


@dataclass(frozen=True, slots=True)
class FormToken:
    """Identifies a form that is being sent. ``key`` is a random text made when its page was opened.

    ``person`` is the username of the sender, ``digest`` a hash of the form's values.
    """

    key: str
    person: str
    digest: str


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that was sent at the time ``sent`` and made or changed the announcement with the id ``announcement``."""

    key: str
    person: str
    announcement: int
    digest: str
    sent: datetime


class AlreadySent(StoreRefusal):
    """The form was sent before; ``sent.announcement`` is the id of the announcement it made. Nothing was written."""

    def __init__(self, sent: SentForm) -> None:
        super().__init__(f"Đã gửi rồi: thông báo số {sent.announcement}")
        self.sent = sent


_ALL = select(*columns_of(sent_forms, SentForm))


def of(db: Database, key: str, person: str) -> SentForm | None:
    """The record of the form that ``person`` sent with this ``key``, None if it was not sent yet."""
    with db.read() as conn:
        return _of(conn, key, person)


def remember(conn: Connection, form: FormToken | None, announcement: int, now: datetime) -> None:
    """Store in the caller's transaction that ``form`` made ``announcement``; does nothing if ``form`` is None.

    Raises AlreadySent if the form was sent before, even in a concurrent transaction; StoreRefusal if its key is
    another person's.
    """
    if form is None:
        return
    row = {"key": form.key, "person": form.person, "announcement": announcement, "digest": form.digest, "sent": now}
    if insert_new(conn, sent_forms, row):
        return
    if sent := _of(conn, form.key, form.person):
        raise AlreadySent(sent)
    raise StoreRefusal("Biểu mẫu này là của người khác: hãy mở lại trang soạn")


def forget_old(db: Database, *, before: datetime) -> int:
    """Delete the records of forms sent before ``before``; returns how many."""
    return delete_where(db, sent_forms, sent_forms.c.sent < before)


def _of(conn: Connection, key: str, person: str) -> SentForm | None:
    wanted = _ALL.where(sent_forms.c.key == key, sent_forms.c.person == person)
    row = conn.execute(wanted).one_or_none()
    return as_value(SentForm, row) if row else None
