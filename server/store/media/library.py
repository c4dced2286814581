"""The library of uploaded files, each of one area and kept until a date; called by the desk, cli and the worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, delete, exists, insert, or_, select, update

from server.core.model import Media
from server.store.audit import audit
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.tables import announcements, columns_of, media, stories, values_of

MOST = 600


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A picture or video of the library of ``area``.

    ``hash`` names the file under ``--data``/media. ``width`` and ``height`` are in pixels, ``size`` is in bytes,
    ``seconds`` is the length of a video, 0 for a picture. ``alt`` is the text alternative of a picture. ``added_by``
    is the username of the uploader. The file is kept without end if ``expires`` is None.
    """

    hash: str
    width: int
    height: int
    type: str
    seconds: float
    area: str | None
    name: str
    alt: str
    added: datetime | None
    added_by: str
    size: int
    expires: datetime | None

    @property
    def media(self) -> Media:
        """The fields of the file that slides need."""
        return Media(self.hash, self.width, self.height, self.type, self.seconds)


_ALL = select(*columns_of(media, LibraryFile))


def put(db: Database, one: LibraryFile) -> None:
    """Add a stored file to the library.

    If the library has a file with this hash, it stays unchanged. If a picture of a source is stored with this hash,
    that picture becomes a file of the library.
    """
    with db.write() as conn:
        before = _find(conn, one.hash)
        if before is None:
            conn.execute(insert(media).values(values_of(one) | {"address": ""}))
        elif not before.added_by:
            conn.execute(update(media).where(media.c.hash == one.hash).values(values_of(one)))


def listed(db: Database, areas: Collection[str]) -> tuple[LibraryFile, ...]:
    """The library files of ``areas``, newest first, at most 600."""
    wanted = _ALL.where(media.c.area.in_(areas), media.c.added_by != "")
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(media.c.added.desc(), media.c.hash).limit(MOST))
        return as_values(LibraryFile, rows)


def get(db: Database, hash: str) -> LibraryFile:
    """The library file with this hash. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, hash)


def describe(
    db: Database, hash: str, *, name: str, alt: str, expires: datetime | None, actor: str, now: datetime
) -> LibraryFile:
    """Set name, text alternative and expiry of a library file; returns the changed file. Raises NotFound.

    Announcements that show the file have text alternatives of their own, which do not change.
    """
    with db.write() as conn:
        before = _one(conn, hash)
        after = replace(before, name=name, alt=alt, expires=expires)
        if after != before:
            conn.execute(update(media).where(media.c.hash == hash).values(values_of(after)))
            _record(conn, "media.describe", before, after, actor, now)
        return after


def remove(db: Database, hash: str, *, actor: str, now: datetime) -> LibraryFile:
    """Remove a file from the library; returns it, so that the caller can delete the file on disk.

    Raises NotFound; StoreRefusal if any story, or an announcement that is not withdrawn, has the file.
    """
    with db.write() as conn:
        before = _one(conn, hash)
        if conn.execute(select(_in_use(hash))).scalar_one():
            raise StoreRefusal("Tệp đang được dùng trong một thông báo, nên chưa xóa được")
        conn.execute(delete(media).where(media.c.hash == hash))
        _record(conn, "media.remove", before, None, actor, now)
        return before


def forget_expired(db: Database, now: datetime) -> tuple[LibraryFile, ...]:
    """Remove the expired library files that `remove` does not refuse; returns them.

    The caller deletes the files on disk.
    """
    wanted = _ALL.where(media.c.expires <= now, media.c.added_by != "")
    with db.read() as conn:
        due = as_values(LibraryFile, conn.execute(wanted))
    return tuple(one for one in due if _was_removed(db, one, now))


def _was_removed(db: Database, one: LibraryFile, now: datetime) -> bool:
    try:
        remove(db, one.hash, actor="system", now=now)
    except StoreRefusal:
        return False
    return True


def _in_use(hash: str) -> ColumnElement[bool]:
    shown = cast(announcements.c.attachments, String).contains(hash, autoescape=True)
    return or_(
        exists().where(announcements.c.state != "withdrawn", shown),
        exists().where(stories.c.image == hash),
    )


def _find(conn: Connection, hash: str) -> LibraryFile | None:
    row = conn.execute(_ALL.where(media.c.hash == hash)).one_or_none()
    return as_value(LibraryFile, row) if row else None


def _one(conn: Connection, hash: str) -> LibraryFile:
    found = _find(conn, hash)
    if found is None or not found.added_by:
        raise NotFound("Không có tệp này trong kho")
    return found


def _record(
    conn: Connection, act: str, before: LibraryFile, after: LibraryFile | None, actor: str, now: datetime
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"media/{before.hash}", before=before, after=after, now=now)
