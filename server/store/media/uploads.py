"""Stores which uploads wait for the worker, and the results of checking them; called by desk and worker.uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from server.core.model import AnnouncementKind, Attachment, Original, UploadState
from server.store.database.claims import claim_next
from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.tables import columns_of, uploads, values_of

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, stored as ``--data``/uploads/``key`` until the worker has checked it.

    ``person`` is the username of the sender, ``name`` the file's original name, ``size`` in bytes. In the state
    "done", ``attachments`` or ``table`` hold the result, ``original`` the kept file of a document. ``reason`` is
    Vietnamese text: why the file was refused, or what the sender has to know about the result.
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
    original: Original | None = None

    @property
    def kind(self) -> AnnouncementKind:
        """The kind of announcement that has the checked file as its content.

        Pages of a document are stored as pictures. So a file with several pictures is a document, whatever its name.
        """
        if self.table:
            return "table"
        if any(one.type.startswith("video/") for one in self.attachments):
            return "video"
        return "pdf" if len(self.attachments) > 1 or self.name.lower().endswith(".pdf") else "pictures"


_ALL = select(*columns_of(uploads, Upload))


def add(db: Database, one: Upload) -> None:
    """Add an upload whose file is on disk; it waits for the worker."""
    with db.write() as conn:
        conn.execute(insert(uploads).values(values_of(one)))


def get(db: Database, key: str, person: str) -> Upload:
    """The upload with this key, if ``person`` sent it. Raises NotFound."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(uploads.c.key == key, uploads.c.person == person)).one_or_none()
        if row is None:
            raise NotFound("Không có tệp này")
        return as_value(Upload, row)


def claim(db: Database, now: datetime) -> Upload | None:
    """Lease an upload to the calling worker for ten minutes: the oldest one that waits or whose lease has expired.

    Returns None if there is none.
    """
    # A lease that ends further in the future than leases last was made while the clock was ahead: it does not count.
    over = or_(uploads.c.leased_until < now, uploads.c.leased_until > now + 2 * LEASE)
    waiting = _ALL.where(or_(uploads.c.state == "waiting", (uploads.c.state == "working") & over))
    leased = {"state": "working", "leased_until": now + LEASE}
    return claim_next(db, Upload, uploads, waiting.order_by(uploads.c.created, uploads.c.key), leased)


def done(
    db: Database,
    key: str,
    *,
    attachments: Sequence[Attachment] = (),
    table: tuple[tuple[str, ...], ...] = (),
    notes: Sequence[str] = (),
    original: Original | None = None,
) -> None:
    """Mark an upload as done. ``attachments`` or ``table`` is its result, ``notes`` are sentences for its sender."""
    found = {"attachments": tuple(attachments), "table": table, "reason": " ".join(notes), "original": original}
    _finish(db, key, {"state": "done", **found})


def refused(db: Database, key: str, reason: str) -> None:
    """Mark an upload as refused; ``reason`` is a Vietnamese sentence for its sender."""
    _finish(db, key, {"state": "refused", "reason": reason})


def forget(db: Database, now: datetime) -> tuple[str, ...]:
    """Delete uploads older than two days; returns their keys, so that the caller can delete the files on disk."""
    with db.write() as conn:
        old = delete(uploads).where(uploads.c.created < now - KEPT).returning(uploads.c.key)
        return tuple(conn.execute(old).scalars())


def keys(db: Database) -> set[str]:
    """The keys of all uploads, which are the names of files under ``--data``/uploads."""
    with db.read() as conn:
        return set(conn.execute(select(uploads.c.key)).scalars())


def _finish(db: Database, key: str, values: dict[str, object]) -> None:
    with db.write() as conn:
        conn.execute(update(uploads).where(uploads.c.key == key).values(values | {"leased_until": None}))
