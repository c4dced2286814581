"""Stores the id by which other servers know this one; called by content.public_feeds and worker.levels."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import server_identity

_KNOWN = select(server_identity.c.server)


def server_id(db: Database) -> str:
    """The id of this server, 32 hex digits. It is made at the first call, and then never changes.

    A backup contains it, so a restored server is the same one for the others.
    """
    with db.read() as conn:
        found = conn.execute(_KNOWN).scalar_one_or_none()
    if found is not None:
        return str(found)
    with db.write() as conn:
        insert_new(conn, server_identity, {"id": 1, "server": secrets.token_hex(16)})
        return str(conn.execute(_KNOWN).scalar_one())
