"""Autosaved form values of announcements that are being written; called by desk.announcements.composer_actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.locks import insert_new
from server.store.tables import autosaves, columns_of, values_of

LARGEST = 400_000
MOST_KEPT = 30


@dataclass(frozen=True, slots=True)
class Autosave:
    """The raw values of a form; ``key`` is a random one made with the form's page.

    ``announcement`` and ``version`` are what is being edited, None for a new announcement.
    """

    key: str
    person: str
    announcement: int | None
    version: int | None
    saved: datetime
    form: Mapping[str, object]


_ALL = select(*columns_of(autosaves, Autosave))


def keep(db: Database, one: Autosave) -> None:
    """Store the latest values. Raises StoreRefusal if they are too long or the key is another person's."""
    if len(json.dumps(one.form)) > LARGEST:
        raise StoreRefusal("Nội dung đang soạn quá dài để lưu tạm")
    row = values_of(one)
    with db.write() as conn:
        if not insert_new(conn, autosaves, row):
            mine = (autosaves.c.key == one.key) & (autosaves.c.person == one.person)
            if conn.execute(autosaves.update().where(mine).values(row)).rowcount == 0:
                raise StoreRefusal("Bản đang soạn này là của người khác")
        old = select(autosaves.c.key).where(autosaves.c.person == one.person)
        conn.execute(
            delete(autosaves).where(autosaves.c.key.in_(old.order_by(autosaves.c.saved.desc()).offset(MOST_KEPT)))
        )


def get(db: Database, key: str, person: str) -> Autosave | None:
    """That person's autosave under ``key``, None if there is none."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(autosaves.c.key == key, autosaves.c.person == person)).one_or_none()
        return Autosave(**row._asdict()) if row else None


def of(db: Database, person: str) -> tuple[Autosave, ...]:
    """Every autosave of a person that was not submitted, newest first."""
    with db.read() as conn:
        rows = conn.execute(_ALL.where(autosaves.c.person == person).order_by(autosaves.c.saved.desc()))
        return tuple(Autosave(**row._asdict()) for row in rows)


def drop(db: Database, key: str, person: str) -> None:
    """Delete an autosave: it was submitted or discarded."""
    with db.write() as conn:
        conn.execute(delete(autosaves).where(autosaves.c.key == key, autosaves.c.person == person))
