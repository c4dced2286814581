"""Size and origin of stored pictures, whose files server.media keeps; called by worker.harvest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from server.core.model import Media
from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import columns_of, media, values_of

_FIELDS = columns_of(media, Media)


def put(db: Database, picture: Media, *, address: str = "") -> None:
    """Store a picture's size, and ``address`` as where it came from last; the picture of a hash never changes."""
    with db.write() as conn:
        if not insert_new(conn, media, values_of(picture) | {"address": address}) and address:
            conn.execute(update(media).where(media.c.hash == picture.hash).values(address=address))


def known(db: Database, addresses: Collection[str]) -> Mapping[str, Media]:
    """Address -> picture, for those of ``addresses`` that a stored picture came from."""
    with db.read() as conn:
        rows = conn.execute(select(*_FIELDS, media.c.address).where(media.c.address.in_(addresses)))
        return {row.address: Media(row.hash, row.width, row.height, row.type, row.seconds) for row in rows}
