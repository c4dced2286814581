"""What an announcement said before, as JSON and back; called by announcements and the newsroom's lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.dialects import sqlite

from server.core.announcements.parts import CONTENT
from server.core.model import Announcement
from server.store.tables import announcements

# Packed types make the same JSON on every database: the dialect is asked for by the interface only.
_DIALECT = sqlite.dialect()


def past_body(one: Announcement) -> dict[str, Any]:
    """What people wrote of it, as JSON knows it."""
    return {name: _Column(name).bind(getattr(one, name)) for name in CONTENT}


def past_announcement(now: Announcement, version: int, body: dict[str, Any]) -> Announcement:
    """The announcement as it was: what people wrote then, everything else as it is now."""
    then = {name: _Column(name).result(body[name]) for name in CONTENT if name in body}
    return replace(now, **then, version=version)


class _Column:
    """How the column of that name packs a value and unpacks it again."""

    def __init__(self, name: str) -> None:
        self._type: Any = announcements.c[name].type

    def bind(self, value: Any) -> Any:
        pack = getattr(self._type, "process_bind_param", None)
        return pack(value, _DIALECT) if pack else value

    def result(self, value: Any) -> Any:
        unpack = getattr(self._type, "process_result_value", None)
        return unpack(value, _DIALECT) if unpack else value
