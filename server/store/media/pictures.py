"""Stores size, type and origin of pictures, whose files server.media keeps; called by worker.harvest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from server.core.model import Media
from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import columns_of, media, values_of

_FIELDS = columns_of(media, Media)


def put(db: Database, picture: Media, *, address: str = "") -> None:
    """Store a picture's size and type, and ``address``, the URL that it was last fetched from.

    If the hash is stored already, only the URL is updated, because a hash always means the same picture.
    """
    with db.write() as conn:
        if not insert_new(conn, media, values_of(picture) | {"address": address}) and address:
            conn.execute(update(media).where(media.c.hash == picture.hash).values(address=address))


def known(db: Database, addresses: Collection[str]) -> Mapping[str, Media]:
    """Return URL -> stored picture, for those URLs of ``addresses`` from which a stored picture was last fetched."""
    with db.read() as conn:
        rows = conn.execute(select(*_FIELDS, media.c.address).where(media.c.address.in_(addresses)))
        return {row.address: Media(row.hash, row.width, row.height, row.type, row.seconds) for row in rows}
