"""Finds the names of things that audit records identify by slug or id; called by server.desk.records."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Column, select

from server.store import tables
from server.store.database.chunks import chunks
from server.store.database.engine import Database

# Kind of a subject ("board") -> the column of the key that audit records contain, and the column of the name.
_COLUMNS: Mapping[str, tuple[Column[object], Column[object]]] = {
    "person": (tables.people.c.username, tables.people.c.name),
    "area": (tables.areas.c.slug, tables.areas.c.name),
    "board": (tables.boards.c.slug, tables.boards.c.name),
    "source": (tables.sources.c.slug, tables.sources.c.name),
    "screen": (tables.screens.c.id, tables.screens.c.name),
    "token": (tables.tokens.c.id, tables.tokens.c.name),
    "webhook": (tables.webhooks.c.id, tables.webhooks.c.name),
    "announcement": (tables.announcements.c.id, tables.announcements.c.title),
    "notice": (tables.notices.c.id, tables.notices.c.headline),
    "story": (tables.stories.c.id, tables.stories.c.title),
    "alert": (tables.alert_documents.c.id, tables.alert_documents.c.identifier),
    "media": (tables.media.c.hash, tables.media.c.name),
}
NUMBERED = frozenset({"screen", "token", "webhook", "announcement", "notice", "story", "alert"})
"""The kinds whose keys are whole numbers."""


def all_of(db: Database, kind: str) -> dict[str, str]:
    """Return key -> name of every row of a kind, also of withdrawn, revoked and retired ones; {} for an unknown kind.

    Kind and key are the parts of an audit record's subject: "notice" and "7" of "notice/7".
    """
    return _read(db, kind, None)


def some_of(db: Database, kind: str, keys: Collection[str]) -> dict[str, str]:
    """Like ``all_of``, but only for ``keys``; keys that cannot belong to that kind are ignored."""
    fit = [key for key in keys if kind not in NUMBERED or (key.isascii() and key.isdecimal() and len(key) < 16)]
    found: dict[str, str] = {}
    for some in chunks(sorted(set(fit))):
        found.update(_read(db, kind, some))
    return found


def _read(db: Database, kind: str, keys: Collection[str] | None) -> dict[str, str]:
    if kind not in _COLUMNS:
        return {}
    key, name = _COLUMNS[kind]
    wanted = select(key, name)
    if keys is not None:
        wanted = wanted.where(key.in_([int(one) if kind in NUMBERED else one for one in keys]))
    with db.read() as conn:
        return {str(row[0]): row[1] for row in conn.execute(wanted) if isinstance(row[1], str) and row[1]}
