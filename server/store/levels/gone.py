"""Finds in the audit what left the boards lately; called by content.public_feeds for the feed to other servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import or_, select

from server.store.database.engine import Database
from server.store.tables import audit

# The acts after which an item is on no board any more, and what the audit's subject begins with.
_ACTS = ("announcement.withdraw", "announcement.replace", "announcement.requeue", "story.withdraw", "notice.clear",
         "notice.correct")  # fmt: skip
_WAS_SHOWN = ("approved", "live")


@dataclass(frozen=True, slots=True)
class Departure:
    """An item that boards showed until ``at``. ``subject`` is "announcement/12"; ``row`` are its stored fields."""

    subject: str
    act: str
    at: datetime
    row: Mapping[str, object]


def departures(db: Database, since: datetime) -> tuple[Departure, ...]:
    """What was taken off boards after ``since``, the newest first, each subject once."""
    acts = or_(*(audit.c.act == act for act in _ACTS))
    wanted = select(audit.c.subject, audit.c.act, audit.c.at, audit.c.before).where(audit.c.at > since, acts)
    found: dict[str, Departure] = {}
    with db.read() as conn:
        for row in conn.execute(wanted.order_by(audit.c.id.desc())):
            before = cast(Mapping[str, object] | None, row.before)
            if isinstance(before, Mapping) and before.get("state") in _WAS_SHOWN:
                found.setdefault(row.subject, Departure(row.subject, row.act, row.at, before))
    return tuple(found.values())
