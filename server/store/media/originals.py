"""Stores which uploaded documents are kept as they came, and since when nobody needs them; for desk and worker."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, or_, select, update

from server.core.announcements.originals import digest_of
from server.core.model import Attachment, Original
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import announcements, autosaves, columns_of, originals, values_of

FIELD = "original-file"
"""The field of the composer's form that names an original by its hash; autosaved forms have it too."""


@dataclass(frozen=True, slots=True)
class KeptOriginal:
    """A kept document: ``hash`` names its file under ``--data``/media, ``type`` is its media type, ``size`` in bytes.

    ``pages`` are the hashes of the pictures that were made of it, ``rows`` is the digest of its table.
    """

    hash: str
    type: str
    size: int
    pages: tuple[str, ...]
    rows: str


_ALL = select(*columns_of(originals, KeptOriginal))


def put(db: Database, one: Original, attachments: Collection[Attachment], table: tuple[tuple[str, ...], ...]) -> None:
    """Store that the document ``one`` is kept, and what was made of it; it counts as used from now on."""
    kept = KeptOriginal(one.hash, one.type, one.size, tuple(file.hash for file in attachments), digest_of(table))
    with db.write() as conn:
        if not insert_new(conn, originals, values_of(kept)):
            again = {"unused": None, "pages": kept.pages, "rows": kept.rows}
            conn.execute(update(originals).where(originals.c.hash == one.hash).values(again))


def known(db: Database, hashes: Collection[str]) -> Mapping[str, KeptOriginal]:
    """Hash -> kept document, for those of ``hashes`` that are still kept."""
    if not hashes:
        return {}
    with db.read() as conn:
        rows = conn.execute(_ALL.where(originals.c.hash.in_(hashes)))
        return {one.hash: one for one in as_values(KeptOriginal, rows)}


def all(db: Database) -> tuple[KeptOriginal, ...]:
    """Every kept document."""
    with db.read() as conn:
        return as_values(KeptOriginal, conn.execute(_ALL.order_by(originals.c.hash)))


def forget(db: Database, *, now: datetime, before: datetime) -> tuple[KeptOriginal, ...]:
    """Delete the documents that nothing has needed since ``before``; returns them.

    The caller deletes their files. An announcement needs its originals until it is withdrawn or its time is over, an
    unsent form as long as it is kept.
    """
    with db.write() as conn:
        needed = set(_needed(conn, now))
        marked = conn.execute(select(originals.c.hash, originals.c.unused)).all()
        for hash, unused in marked:
            if (hash in needed) != (unused is None):
                changed = {"unused": None if hash in needed else now}
                conn.execute(update(originals).where(originals.c.hash == hash).values(changed))
        gone = delete(originals).where(originals.c.unused < before).returning(*columns_of(originals, KeptOriginal))
        return as_values(KeptOriginal, conn.execute(gone))


def _needed(conn: Connection, now: datetime) -> Iterator[str]:
    c = announcements.c
    lasts = or_(c.state != "approved", c.ends.is_(None), c.ends > now)
    may_be_public = or_(c.template, (c.state != "withdrawn") & lasts)
    having = select(c.originals).where(may_be_public, cast(c.originals, String) != "[]")
    for held in conn.execute(having).scalars():
        if isinstance(held, tuple):
            yield from (one.hash for one in held)
    for form in conn.execute(select(autosaves.c.form)).scalars():
        named = form.get(FIELD, []) if isinstance(form, dict) else []
        yield from named if isinstance(named, list) else [str(named)]
