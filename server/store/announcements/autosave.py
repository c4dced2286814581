"""What people are typing, kept while they type: the answers of a form, nobody's word yet; called by the composer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.locks import insert_new
from server.store.tables import columns_of, typed, values_of

LARGEST = 400_000
MOST_KEPT = 30


@dataclass(frozen=True, slots=True)
class Autosave:
    """``key`` is drawn by the form's page; ``announcement`` and ``version`` say what it is about, None: a new one."""

    key: str
    person: str
    announcement: int | None
    version: int | None
    saved: datetime
    form: Mapping[str, object]


_ALL = select(*columns_of(typed, Autosave))


def keep(db: Database, one: Autosave) -> None:
    """Remember the latest answers. Raises StoreRefusal where they are too long, or the key is another person's."""
    if len(json.dumps(one.form)) > LARGEST:
        raise StoreRefusal("Nội dung đang soạn quá dài để lưu tạm")
    row = values_of(one)
    with db.write() as conn:
        if not insert_new(conn, typed, row):
            mine = (typed.c.key == one.key) & (typed.c.person == one.person)
            if conn.execute(typed.update().where(mine).values(row)).rowcount == 0:
                raise StoreRefusal("Bản đang soạn này là của người khác")
        old = select(typed.c.key).where(typed.c.person == one.person)
        conn.execute(delete(typed).where(typed.c.key.in_(old.order_by(typed.c.saved.desc()).offset(MOST_KEPT))))


def get(db: Database, key: str, person: str) -> Autosave | None:
    """That person's answers under that key."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(typed.c.key == key, typed.c.person == person)).one_or_none()
        return Autosave(**row._asdict()) if row else None


def of(db: Database, person: str) -> tuple[Autosave, ...]:
    """Everything that person has begun and not sent, newest first."""
    with db.read() as conn:
        rows = conn.execute(_ALL.where(typed.c.person == person).order_by(typed.c.saved.desc()))
        return tuple(Autosave(**row._asdict()) for row in rows)


def drop(db: Database, key: str, person: str) -> None:
    """It has become an announcement, or is wanted no more."""
    with db.write() as conn:
        conn.execute(delete(typed).where(typed.c.key == key, typed.c.person == person))
