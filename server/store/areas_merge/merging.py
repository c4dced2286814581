"""Rewrites everything that refers to an area when it is merged or gets another parent; called by plans.

What boards show does not change at that moment: what was addressed to a whole area that now has more boards is
addressed to the boards that it had.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, literal, or_, select

from server.core.areas import AreaTree, attached
from server.core.geography import geojson
from server.core.model import Area, Board
from server.store import tables
from server.store.areas_merge.area_columns import KEYED, LISTS, LISTS_IN_OBJECTS, OBJECTS, SINGLE, UNIQUE
from server.store.areas_merge.row_changes import Change, Recorder
from server.store.boards import boards
from server.store.database.decoding import as_value_or_defaults
from server.store.tables import columns_of

_AREAS = tables.areas
_NOTICES = tables.notices


@dataclass(frozen=True, slots=True)
class Territory:
    """The areas in use, as a tree, and the boards in use."""

    tree: AreaTree
    boards: tuple[Board, ...]

    def reached(self, areas: Iterable[str]) -> list[str]:
        """The slugs of the boards of these areas and of the areas below them."""
        wanted = tuple(areas)
        return [one.slug for one in self.boards if any(self.tree.covers(area, one.area) for area in wanted)]


def territory(conn: Connection) -> Territory:
    """Read the areas and boards in the caller's transaction."""
    listed = select(*columns_of(_AREAS, Area)).where(_AREAS.c.retired.is_(False)).order_by(_AREAS.c.position)
    read = attached(as_value_or_defaults(Area, row) for row in conn.execute(listed))
    return Territory(AreaTree(read), boards.in_use(conn))


def move(conn: Connection, area: str, parent: str) -> list[Change]:
    """Make ``parent`` the parent of ``area``; returns what was changed. config.toml no longer changes the area."""
    recorder = Recorder(conn)
    ((key, old, desk),) = recorder.rows(_AREAS, _AREAS.c.parent, _AREAS.c.of_the_desk, where=_AREAS.c.slug == area)
    recorder.set(_AREAS.c.parent, key, old, parent)
    recorder.set(_AREAS.c.of_the_desk, key, desk, True)
    return recorder.changes


def merge(conn: Connection, area: str, into: str, now: datetime) -> list[Change]:
    """Merge ``area`` into ``into``; returns what was changed, for `row_changes.take_back`."""
    recorder, before = Recorder(conn), territory(conn)
    _keep_reach(recorder, before, area, into, now)
    _keep_places(recorder, before, area)
    _rename_everywhere(recorder, area, into)
    for table, name in KEYED:
        _replace_rows(conn, recorder, table, name, (area, into))
    _join_areas(recorder, area, into)
    return recorder.changes


def _rename_everywhere(recorder: Recorder, area: str, into: str) -> None:
    """Write ``into`` in place of ``area`` in every column that names areas outside of a key."""
    for column in SINGLE:
        for key, old in recorder.rows(column.table, column, where=column == area):
            recorder.set(column, key, old, into)
    for column, others in UNIQUE:
        there = column.table.alias()
        equal = [there.c[name] == column.table.c[name] for name in others]
        free = ~select(literal(1)).where(there.c[column.name] == into, *equal).exists()
        for key, old in recorder.rows(column.table, column, where=(column == area) & free):
            recorder.set(column, key, old, into)
    for column in LISTS:
        for key, old in recorder.rows(column.table, column):
            if isinstance(old, list) and area in old:
                recorder.set(column, key, old, _replaced(old, area, into))
    _rename_in_objects(recorder, area, into)


def _rename_in_objects(recorder: Recorder, area: str, into: str) -> None:
    for column, name in OBJECTS:
        for key, old in recorder.rows(column.table, column):
            if isinstance(old, dict) and old.get(name) == area:
                recorder.set(column, key, old, {**old, name: into})
    for column, listed, name in LISTS_IN_OBJECTS:
        for key, old in recorder.rows(column.table, column):
            if isinstance(old, dict):
                recorder.set(column, key, old, {**old, listed: _renamed(old.get(listed), name, area, into)})


def _replaced(listed: list[Any], area: str, into: str) -> list[Any]:
    return list(dict.fromkeys(into if one == area else one for one in listed))


def _renamed(listed: object, name: str, area: str, into: str) -> object:
    """Returns a list of JSON objects with ``into`` wherever ``name`` is ``area``; anything else unchanged."""
    if not isinstance(listed, list):
        return listed
    return [{**one, name: into} if isinstance(one, dict) and one.get(name) == area else one for one in listed]


def _keep_reach(recorder: Recorder, before: Territory, area: str, into: str, now: datetime) -> None:
    """Address to boards what is addressed to all boards of an area, so that no other board shows it after the merger.

    Those are all announcements of ``area``, and the notices of both areas that are not over. Where the area has no
    board, nothing is written: its announcements then appear on the boards of ``into``.
    """
    mine = tables.announcements
    for key, listed in recorder.rows(mine, mine.c.boards, where=mine.c.area == area):
        if listed == [] and (reached := before.reached([area])):
            recorder.set(mine.c.boards, key, listed, reached)
    open_ = (_NOTICES.c.until > now) & or_(_NOTICES.c.state == "live", _NOTICES.c.state == "drafted")
    for key, listed, addressed in recorder.rows(_NOTICES, _NOTICES.c.boards, _NOTICES.c.areas, where=open_):
        known = isinstance(addressed, list) and not {area, into}.isdisjoint(addressed)
        if known and listed == [] and (reached := before.reached(addressed)):
            recorder.set(_NOTICES.c.boards, key, listed, reached)


def _keep_places(recorder: Recorder, before: Territory, area: str) -> None:
    """Give the boards that stand where ``area`` is that point as their own; config.toml then changes them no more."""
    point, table = before.tree.get(area).point, tables.boards
    if point is None:
        return
    for key, place, desk in recorder.rows(table, table.c.point, table.c.of_the_desk, where=table.c.area == area):
        if place is None:
            recorder.set(table.c.point, key, None, list(point))
            recorder.set(table.c.of_the_desk, key, desk, True)


def _replace_rows(conn: Connection, recorder: Recorder, table: Table, name: str, change: tuple[str, str]) -> None:
    """Give rows with an area in their key the other area, without a second row for the same key."""
    area, into = change
    for found in conn.execute(select(table).where(table.c[name] == area)).mappings().all():
        row = dict(found)
        recorder.remove(table, row)
        moved = {**row, name: into}
        keys = [column == moved[column.name] for column in table.primary_key]
        there = conn.execute(select(table).where(*keys)).mappings().one_or_none()
        if there is None:
            recorder.add(table, moved)
            continue
        for column in table.c:
            if isinstance(there[column.name], bool) and moved[column.name]:
                recorder.set(column, [there[one.name] for one in table.primary_key], there[column.name], True)


def _join_areas(recorder: Recorder, area: str, into: str) -> None:
    """Retire ``area``, and give ``into`` its codes, its names as former ones, and its outline."""
    columns: tuple[Column[Any], ...] = (
        _AREAS.c.name, _AREAS.c.codes, _AREAS.c.former_names, _AREAS.c.retired, _AREAS.c.of_the_desk,
        _AREAS.c.merged_into, _AREAS.c.placed_at_desk,
    )  # fmt: skip
    rows = {key[0]: values for key, *values in recorder.rows(_AREAS, *columns, where=_AREAS.c.slug.in_([area, into]))}
    names = [column.name for column in columns]
    old, new = dict(zip(names, rows[area], strict=True)), dict(zip(names, rows[into], strict=True))
    for column, is_now in ((_AREAS.c.retired, True), (_AREAS.c.of_the_desk, True), (_AREAS.c.merged_into, into)):
        recorder.set(column, [area], old[column.name], is_now)
    joined = {
        "codes": _union(new["codes"], old["codes"]),
        "former_names": _union(new["former_names"], [old["name"]], old["former_names"]),
        "placed_at_desk": True,
    }
    for name, value in joined.items():
        recorder.set(_AREAS.c[name], [into], new[name], value)
    _join_outlines(recorder, area, into)


def _join_outlines(recorder: Recorder, area: str, into: str) -> None:
    """Give ``into`` the rings of both outlines. Where only one is known, neither would be true for both: it stays."""
    found = {
        key[0]: outline
        for key, outline in recorder.rows(_AREAS, _AREAS.c.outline, where=_AREAS.c.slug.in_([area, into]))
    }
    if found[area] and found[into]:
        both = (*geojson.outline_in(found[into]), *geojson.outline_in(found[area]))
        recorder.set(_AREAS.c.outline, [into], found[into], geojson.text_of(both))


def _union(*lists: object) -> list[Any]:
    return list(dict.fromkeys(one for listed in lists if isinstance(listed, list) for one in listed))
