"""The JSON that past versions of an announcement are stored as; called by announcements and listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import TypeDecorator
from sqlalchemy.dialects import sqlite

from server.core.announcements.parts import CONTENT
from server.core.model import Announcement
from server.store.tables import announcements

# SQLAlchemy's interface requires a dialect; the packed types make the same JSON with every one.
_DIALECT = sqlite.dialect()


def past_body(one: Announcement) -> dict[str, object]:
    """The fields that people write (parts.CONTENT), as values that JSON can hold."""
    return {name: _pack(name, getattr(one, name)) for name in CONTENT}


def past_announcement(now: Announcement, version: int, body: dict[str, object]) -> Announcement:
    """The announcement with the fields of ``body``; all others as they are now."""
    then = {name: _unpack(name, body[name]) for name in CONTENT if name in body}
    # ``replace`` without its checked signature: the names of the fields are known at run time only.
    with_changes: Callable[..., Announcement] = replace
    return with_changes(now, **then, version=version)


def _pack(name: str, value: object) -> object:
    column_type = announcements.c[name].type
    if isinstance(column_type, TypeDecorator):
        return column_type.process_bind_param(value, _DIALECT)
    return value


def _unpack(name: str, value: object) -> object:
    column_type = announcements.c[name].type
    if isinstance(column_type, TypeDecorator):
        return column_type.process_result_value(value, _DIALECT)
    return value
