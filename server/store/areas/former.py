"""Finds areas that were merged into others, by their former slugs; called by content and desk."""

from __future__ import annotations

from sqlalchemy import select

from server.store.database import former_areas
from server.store.database.engine import Database
from server.store.tables import areas


def heirs(db: Database) -> dict[str, str]:
    """Slug of each merged area -> slug of the area that it belongs to today."""
    with db.read() as conn:
        return former_areas.heirs(conn)


def names(db: Database) -> dict[str, str]:
    """Slug -> name of each merged area."""
    with db.read() as conn:
        found = conn.execute(select(areas.c.slug, areas.c.name).where(areas.c.merged_into.is_not(None)))
        return {str(row.slug): str(row.name) for row in found}


def taken(db: Database) -> frozenset[str]:
    """The slugs of all areas, also of retired ones: a new area must have another one, because old links name them."""
    with db.read() as conn:
        return frozenset(conn.execute(select(areas.c.slug)).scalars())
