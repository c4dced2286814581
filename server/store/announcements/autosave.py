"""Stores the form values of announcements while people write them; called by desk.announcements and worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new
from server.store.tables import autosaves, columns_of, values_of

LARGEST = 400_000
MOST_KEPT = 30


@dataclass(frozen=True, slots=True)
class Autosave:
    """The raw values of a form. ``key`` is a random text made when the page of the form was opened.

    ``person`` is a username. ``announcement`` and ``version`` are the id and version of the announcement that is
    edited, None for a new one.
    """

    key: str
    person: str
    announcement: int | None
    version: int | None
    saved: datetime
    form: Mapping[str, object]


_ALL = select(*columns_of(autosaves, Autosave))


def keep(db: Database, one: Autosave) -> None:
    """Store the values, replacing earlier ones under the same key; keeps the person's 30 newest autosaves.

    Raises StoreRefusal if they are longer than LARGEST characters of JSON, or the key is another person's.
    """
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
    """The autosave of ``person`` under ``key``, None if there is none."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(autosaves.c.key == key, autosaves.c.person == person)).one_or_none()
        return as_value(Autosave, row) if row else None


def of(db: Database, person: str) -> tuple[Autosave, ...]:
    """Return every autosave of a person, newest first. Submitted ones have been deleted."""
    with db.read() as conn:
        rows = conn.execute(_ALL.where(autosaves.c.person == person).order_by(autosaves.c.saved.desc()))
        return as_values(Autosave, rows)


def drop(db: Database, key: str, person: str) -> None:
    """Delete an autosave, because its form was submitted or discarded; no effect if there is none."""
    with db.write() as conn:
        conn.execute(delete(autosaves).where(autosaves.c.key == key, autosaves.c.person == person))


def forget_old(db: Database, *, before: datetime) -> int:
    """Delete autosaves last saved before ``before``; returns how many. Submitted ones are deleted already."""
    return delete_where(db, autosaves, autosaves.c.saved < before)
