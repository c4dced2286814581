"""Finds what a change of the tree of areas concerns: boards, people, announcements and more; called by plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from server.core.model import PlanKind
from server.store import tables
from server.store.areas_merge.merging import Territory

_GRANTS, _PUSH = tables.grants, tables.push_choices


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan concerns: boards (slugs) and people (names) in order, and how many of other things.

    Those are announcements under way, sources, browsers and areas below.

    ``elsewhere`` is how many announcements under way will be on further boards: those of the receiving area that
    name no boards, and those of the merged area if it has no board itself. ``boards`` and the areas ``below`` are
    those of all levels below.
    """

    boards: tuple[str, ...]
    people: tuple[str, ...]
    announcements: int
    elsewhere: int
    sources: int
    browsers: int
    below: int


def effect_of(conn: Connection, at: Territory, kind: PlanKind, area: str, target: str, now: datetime) -> Effect:
    """Find what the change would concern at ``now``, in the caller's transaction; ``at`` is the tree of today."""
    tree = at.tree
    mine = [area] if kind == "merge" else [slug for slug in tree.slugs() if tree.covers(area, slug)]
    held = select(_GRANTS.c.person).where(_GRANTS.c.area.in_(mine))
    people = select(tables.people.c.name).where(tables.people.c.id.in_(held))
    read = select(tables.sources.c.slug).where(tables.sources.c.area.in_(mine), tables.sources.c.retired.is_(False))
    browsers = select(_PUSH.c.browser).where(_PUSH.c.area.in_(mine)).distinct()
    own, boards = _under_way(conn, mine, now), at.reached([area])
    wider = _under_way(conn, [target], now) if boards and kind == "merge" else []
    return Effect(
        boards=tuple(boards),
        people=tuple(str(name) for name in conn.execute(people.order_by(tables.people.c.name)).scalars()),
        announcements=len(own),
        elsewhere=len([one for one in wider if not one]) + (0 if boards or kind == "move" else len(own)),
        sources=_count(conn, read),
        browsers=_count(conn, browsers),
        below=len([slug for slug in tree.slugs() if tree.is_above(area, slug)]),
    )


def _under_way(conn: Connection, areas: Iterable[str], now: datetime) -> list[object]:
    """The boards that each approved announcement of these areas names which is not over; () stands for all boards."""
    table = tables.announcements
    wanted = select(table.c.boards).where(
        table.c.area.in_(tuple(areas)), table.c.state == "approved", table.c.template.is_(False),
        or_(table.c.ends.is_(None), table.c.ends > now),
    )  # fmt: skip
    return list(conn.execute(wanted).scalars())


def _count(conn: Connection, wanted: Select[Any]) -> int:
    return conn.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
