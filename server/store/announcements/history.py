"""Converts past versions of an announcement to and from JSON; called by announcements and listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.dialects import sqlite

from server.core.announcements.parts import CONTENT
from server.core.model import Announcement
from server.store.database.decoding import UnreadableRow, unreadable
from server.store.tables import announcements
from server.store.tables.columns import Defensive, attempted

# SQLAlchemy's methods require a dialect; the column types make the same JSON with every dialect.
_DIALECT = sqlite.dialect()


def past_body(one: Announcement) -> dict[str, object]:
    """The fields that people edit (``parts.CONTENT``) by name, as values that JSON can hold."""
    return {name: _pack(name, getattr(one, name)) for name in CONTENT}


def past_announcement(now: Announcement, version: int, body: object) -> Announcement:
    """The past ``version`` of an announcement: its fields from ``body`` (see ``past_body``), the others from ``now``.

    Raises UnreadableRow if a value in ``body`` cannot be read.
    """
    if not isinstance(body, dict):
        raise UnreadableRow(("body",))
    then = {name: _unpack(name, body[name]) for name in CONTENT if name in body}
    if damaged := unreadable(Announcement, then):
        raise UnreadableRow(damaged)
    # ``replace`` without its checked signature: the names of the fields are known at run time only.
    with_changes: Callable[..., Announcement] = replace
    return with_changes(now, **then, version=version)


def _pack(name: str, value: object) -> object:
    column_type = announcements.c[name].type
    if isinstance(column_type, Defensive):
        return column_type.process_bind_param(value, _DIALECT)
    return value


def _unpack(name: str, value: object) -> object:
    column_type = announcements.c[name].type
    if isinstance(column_type, Defensive):
        return attempted(lambda stored: column_type.process_result_value(stored, _DIALECT), value)
    return value
