"""Uploaded files that wait for the worker, and what became of them; called by the desk and worker.uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from server.core.model import Attachment, UploadState
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.tables import columns_of, uploads, values_of

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, ``key`` under ``--data``/uploads; once done, ``attachments`` or ``table`` hold the result.

    ``reason`` is a Vietnamese sentence on why it was refused.
    """

    key: str
    person: str
    area: str
    name: str
    size: int
    created: datetime
    state: UploadState = "waiting"
    reason: str = ""
    attachments: tuple[Attachment, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


_ALL = select(*columns_of(uploads, Upload))


def add(db: Database, one: Upload) -> None:
    """Add an upload whose file is on disk; it waits for the worker."""
    with db.write() as conn:
        conn.execute(insert(uploads).values(values_of(one)))


def get(db: Database, key: str, person: str) -> Upload:
    """An upload of that person. Raises NotFound."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(uploads.c.key == key, uploads.c.person == person)).one_or_none()
        if row is None:
            raise NotFound("Không có tệp này")
        return Upload(**row._asdict())


def claim(db: Database, now: datetime) -> Upload | None:
    """Lease the longest waiting upload, or one whose lease has expired, for ten minutes; None if there is none."""
    ready = or_(uploads.c.state == "waiting", (uploads.c.state == "working") & (uploads.c.leased_until < now))
    oldest = _ALL.where(ready).order_by(uploads.c.created, uploads.c.key).limit(1)
    with db.read() as conn:
        if conn.execute(oldest).one_or_none() is None:
            return None
    with db.write() as conn:
        row = conn.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        taken = {"state": "working", "leased_until": now + LEASE}
        conn.execute(update(uploads).where(uploads.c.key == row.key).values(taken))
        return Upload(**row._asdict() | {"state": "working"})


def done(
    db: Database, key: str, *, attachments: Sequence[Attachment] = (), table: tuple[tuple[str, ...], ...] = ()
) -> None:
    """Mark an upload as done, with the files or the table it became."""
    _finish(db, key, {"state": "done", "attachments": tuple(attachments), "table": table})


def refused(db: Database, key: str, reason: str) -> None:
    """Mark an upload as refused, with the reason."""
    _finish(db, key, {"state": "refused", "reason": reason})


def forget(db: Database, now: datetime) -> tuple[str, ...]:
    """Delete uploads older than two days; returns their keys, so that the caller can delete the files."""
    with db.write() as conn:
        old = delete(uploads).where(uploads.c.created < now - KEPT).returning(uploads.c.key)
        return tuple(conn.execute(old).scalars())


def _finish(db: Database, key: str, values: dict[str, object]) -> None:
    with db.write() as conn:
        conn.execute(update(uploads).where(uploads.c.key == key).values(values | {"leased_until": None}))
