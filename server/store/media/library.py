"""The media library: what people uploaded, whose it is, until when it is kept; called by the desk and the worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, delete, exists, insert, or_, select, update

from server.core.model import Media
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.tables import announcements, columns_of, media, stories, values_of

MOST = 600


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the library; ``expires`` None is kept for good, ``address`` is where a foreign one came from."""

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
        return Media(self.hash, self.width, self.height, self.type, self.seconds)


_ALL = select(*columns_of(media, Kept))


def put(db: Database, one: Kept) -> None:
    """Note a stored file. One that is there already keeps its words, and becomes the library's where it was not."""
    with db.write() as conn:
        before = _find(conn, one.hash)
        if before is None:
            conn.execute(insert(media).values(values_of(one) | {"address": ""}))
        elif not before.added_by:
            conn.execute(update(media).where(media.c.hash == one.hash).values(values_of(one)))


def listed(db: Database, areas: Collection[str]) -> tuple[Kept, ...]:
    """What was uploaded for ``areas``, newest first."""
    wanted = _ALL.where(media.c.area.in_(areas), media.c.added_by != "")
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(media.c.added.desc(), media.c.hash).limit(MOST))
        return tuple(Kept(**row._asdict()) for row in rows)


def get(db: Database, hash: str) -> Kept:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, hash)


def describe(
    db: Database, hash: str, *, name: str, alt: str, expires: datetime | None, actor: str, now: datetime
) -> Kept:
    """Say what it shows and until when it is kept; announcements keep their own words of it. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, hash)
        after = replace(before, name=name, alt=alt, expires=expires)
        if after != before:
            conn.execute(update(media).where(media.c.hash == hash).values(values_of(after)))
            _record(conn, "media.describe", before, after, actor, now)
        return after


def remove(db: Database, hash: str, *, actor: str, now: datetime) -> Kept:
    """Take it out of the library. Raises NotFound; StoreRefusal where an announcement that may air shows it."""
    with db.write() as conn:
        before = _one(conn, hash)
        if conn.execute(select(_in_use(hash))).scalar_one():
            raise StoreRefusal("Tệp đang được dùng trong một thông báo, nên chưa xóa được")
        conn.execute(delete(media).where(media.c.hash == hash))
        _record(conn, "media.remove", before, None, actor, now)
        return before


def forget_expired(db: Database, now: datetime) -> tuple[Kept, ...]:
    """Take out of the library what has expired and is shown by nothing; gives it back, for its files may go."""
    wanted = _ALL.where(media.c.expires <= now, media.c.added_by != "")
    with db.read() as conn:
        due = [Kept(**row._asdict()) for row in conn.execute(wanted)]
    return tuple(one for one in due if _forgotten(db, one, now))


def _forgotten(db: Database, one: Kept, now: datetime) -> bool:
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


def _find(conn: Connection, hash: str) -> Kept | None:
    row = conn.execute(_ALL.where(media.c.hash == hash)).one_or_none()
    return Kept(**row._asdict()) if row else None


def _one(conn: Connection, hash: str) -> Kept:
    found = _find(conn, hash)
    if found is None or not found.added_by:
        raise NotFound("Không có tệp này trong kho")
    return found


def _record(conn: Connection, act: str, before: Kept | None, after: Kept | None, actor: str, now: datetime) -> None:
    subject = f"media/{(after or before or _NOBODY).hash}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)


_NOBODY = Kept("", 0, 0, "", 0.0, None, "", "", None, "", 0, None)
